// The curves of a training: accuracy of all optimizers in one chart, losses in one each, across epochs or seconds.

// The points of a curve, with both of its x values.
function curvePoints(optimizer, key, experiment) {
  return optimizer.curves[key].map((value, i) => (value === null ? null : {
    x: i + 1, y: value.mean, low: value.low, high: value.high, epoch: i + 1, seconds: optimizer.curves.seconds[i],
    seeds: optimizer.runs.length, source: sourceName(experiment.source),
  })).filter((point) => point !== null);
}

function describeCurve(format) {
  return (point, dataset) => {
    const lines = [`${dataset.label}: ${format(point.y)}`];
    if (point.high > point.low) lines.push(`${format(point.low)} to ${format(point.high)} over the seeds`);
    if (point.source) lines.push(point.source);
    return lines;
  };
}

const epochTitle = (point) => (point.epoch ? `Epoch ${point.epoch}, after ${fixed(point.seconds, 2)} s` : '');

function accuracyChart(experiment) {
  const datasets = experiment.optimizers.filter((o) => o.curves.test_accuracy.length).map((o) => ({
    label: o.title, data: curvePoints(o, 'test_accuracy', experiment), colour: colourName(o.optimizer), interval: 'band',
    keyA: o.optimizer, nameA: o.title, keyB: '', nameB: '', sign: '', pointStyle: report.optimizers[kOptimizers.indexOf(o.optimizer)].mark,
  }));
  const reach = datasets.flatMap((dataset) => dataset.data).flatMap((point) => [point.low, point.high]);
  const ends = datasets.flatMap((dataset) => dataset.data).map((point) => point.epoch);
  const target = {y: experiment.target_accuracy, low: null, high: null};
  datasets.push({
    label: 'Target', data: [{...target, x: 1, epoch: 1, seconds: 0}, {...target, x: greatest(ends), epoch: greatest(ends), end: true}],
    colour: 'soft', borderDash: [4, 4], borderWidth: 1, pointRadius: 0, pointHitRadius: 0, keyA: 'target', keyB: '', nameB: '', sign: '',
    nameA: `Target, ${experiment.target_accuracy} %`,
  });
  return {
    datasets, scales: {x: axis('Epoch', {type: 'linear', ticks: {precision: 0}}), y: axis('Test accuracy, %', {type: 'linear', suggestedMin: least(reach), suggestedMax: greatest(reach)})},
    title: epochTitle, describe: describeCurve((value) => `${fixed(value, 2)} %`),
  };
}

function lossChart(experiment, optimizer, top) {
  const dataset = (key, name, number) => ({
    label: name, data: curvePoints(optimizer, key, experiment), colour: colourName(optimizer.optimizer), interval: 'band',
    hollow: number === 1, borderDash: number === 1 ? [6, 4] : [], pointStyle: number === 1 ? 'rect' : 'circle', pointRadius: 3,
    keyA: '', nameA: '', keyB: key, nameB: name, sign: number === 1 ? '□' : '●',
  });
  return {
    datasets: [dataset('train_loss', 'Train loss', 0), dataset('test_loss', 'Test loss', 1)],
    scales: {x: axis('Epoch', {type: 'linear', ticks: {precision: 0}}), y: axis('Loss, nats', {type: 'linear', min: 0, suggestedMax: top})},
    title: epochTitle, describe: describeCurve((value) => fixed(value, 4)),
  };
}

function place(chart, across) {
  const points = chart.data.datasets.flatMap((dataset) => dataset.data);
  const end = greatest(points.filter((point) => point.seconds !== undefined).map((point) => point.seconds));
  for (const point of points) point.x = across === 'epoch' ? point.epoch : point.end ? end : point.seconds;
  chart.options.scales.x.title.text = across === 'epoch' ? 'Epoch' : 'Seconds of training';
  chart.options.scales.x.min = across === 'epoch' ? 1 : 0;
  chart.update('none');
}

const kCurves = new Map();  // of each experiment: {across, drawn}

function onDrawCurve(experiment) {
  return (chart) => {
    const curves = kCurves.get(experiment);
    curves.drawn.push(chart);
    place(chart, curves.across);
  };
}

function accuracyFigure(figure, index) {
  const experiment = report.experiments[index];
  const curves = {across: 'epoch', drawn: []};
  kCurves.set(experiment, curves);
  figure.before(el('div', {class: 'controls'}, el('span', {class: 'note'}, 'Across:'),
    choice('Axis of the curves', [['epoch', 'Epochs'], ['seconds', 'Seconds']], 'epoch', (key) => {
      curves.across = key;
      curves.drawn.forEach((chart) => place(chart, key));
    })));
  addChart(figure, {chart: accuracyChart(experiment), onDraw: onDrawCurve(experiment)});
}

function lossFigure(figure, index, optimizer) {
  const experiment = report.experiments[index];
  const losses = experiment.optimizers.flatMap((o) => [...o.curves.train_loss, ...o.curves.test_loss]).filter((value) => value);
  const top = greatest([0, ...losses.map((value) => value.high)]);
  addChart(figure, {chart: lossChart(experiment, experiment.optimizers[optimizer], top), onDraw: onDrawCurve(experiment)});
}
