// The curves of all trainings in one chart each, across epochs or seconds: colour says the optimizer, dash and mark the training, a band the
// seeds. Of one training the losses of each optimizer have a chart of their own.

// The points of a curve, with both of its x values. A log axis has no place for a loss of 0.
function curvePoints(optimizer, key, experiment) {
  return optimizer.curves[key].map((value, i) => (value === null || !(value.mean > 0) ? null : {
    x: i + 1, y: value.mean, low: value.low > 0 ? value.low : value.mean, high: value.high, epoch: i + 1, seconds: optimizer.curves.seconds[i],
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
const kWholePoints = 6;  // pixels beyond the axes: the first epoch lies on one
const epochAxis = () => axis('Epoch', {type: 'linear', ticks: {precision: 0}});

// One curve of every optimizer of every training.
function allCurves(key) {
  const several = report.experiments.length > 1;
  return report.experiments.flatMap((experiment, place) => experiment.optimizers.filter((o) => o.curves[key].length).map((o) => {
    const title = several ? sourceTitle(experiment.source) : '';
    return {
      label: o.title, data: curvePoints(o, key, experiment), colour: colourName(o.optimizer), interval: 'band', pointRadius: several ? 2.5 : 3.5,
      clip: kWholePoints,
      keyA: o.optimizer, nameA: o.title, keyB: title, nameB: title, sign: kShapeSigns[place % kShapeSigns.length],
      machine: report.sources[experiment.source].machine, borderDash: several ? kDashes[place % kDashes.length] : [],
      pointStyle: several ? kShapes[place % kShapes.length] : report.optimizers[kOptimizers.indexOf(o.optimizer)].mark,
    };
  })).filter((dataset) => dataset.data.length);
}

// Of those that are drawn at first.
function ends(datasets) {
  const later = crowdedOut(datasets);
  return datasets.filter((dataset) => !later.has(dataset.keyB)).flatMap((dataset) => dataset.data).flatMap((point) => [point.low, point.high]);
}

function accuracyChart() {
  const datasets = allCurves('test_accuracy');
  const reach = ends(datasets);
  const last = greatest(datasets.flatMap((dataset) => dataset.data).map((point) => point.epoch));
  for (const target of new Set(report.experiments.map((experiment) => experiment.target_accuracy))) {
    const point = {y: target, low: null, high: null};
    datasets.push({
      label: 'Target', data: [{...point, x: 1, epoch: 1, seconds: 0}, {...point, x: last, epoch: last, end: true}],
      colour: 'soft', borderDash: [4, 4], borderWidth: 1, pointRadius: 0, pointHitRadius: 0, keyA: `target ${target}`, keyB: '', nameB: '', sign: '',
      nameA: `Target, ${target} %`,
    });
  }
  return {
    datasets, scales: {x: epochAxis(), y: axis('Test accuracy, %', {type: 'linear', suggestedMin: least(reach), suggestedMax: greatest(reach)})},
    title: epochTitle, describe: describeCurve((value) => `${fixed(value, 2)} %`),
  };
}

// Losses fall by factors, so their axis is logarithmic, and ends where they do, not at the next power of ten; `range`: the datasets that
// share it.
function lossScales(range) {
  return {x: epochAxis(), y: logAxis('Loss, nats', null, {bounds: 'data', suggestedMin: least(ends(range)) / 1.1, suggestedMax: greatest(ends(range)) * 1.1})};
}

function lossesChart(key) {
  const datasets = allCurves(key);
  return {datasets, scales: lossScales(datasets), title: epochTitle, describe: describeCurve((value) => fixed(value, 4))};
}

function lossDatasets(experiment, optimizer) {
  return [['train_loss', 'Train loss'], ['test_loss', 'Test loss']].map(([key, name], number) => ({
    label: name, data: curvePoints(optimizer, key, experiment), colour: colourName(optimizer.optimizer), interval: 'band',
    hollow: number === 1, borderDash: number === 1 ? [6, 4] : [], pointStyle: number === 1 ? 'rect' : 'circle', pointRadius: 3, clip: kWholePoints,
    keyA: '', nameA: '', keyB: key, nameB: name, sign: number === 1 ? '□' : '●',
  }));
}

const kCurves = {across: 'epoch', drawn: []};

function placeCurve(chart) {
  const byEpoch = kCurves.across === 'epoch';
  const points = chart.data.datasets.flatMap((dataset) => dataset.data);
  const end = greatest(points.filter((point) => point.seconds !== undefined).map((point) => point.seconds));
  for (const point of points) point.x = byEpoch ? point.epoch : point.end ? end : point.seconds;
  chart.options.scales.x.title.text = byEpoch ? 'Epoch' : 'Seconds of training';
  chart.options.scales.x.min = byEpoch ? 1 : 0;
  chart.update('none');
}

function onDrawCurve(chart) {
  kCurves.drawn.push(chart);
  placeCurve(chart);
}

function accuracyFigure(figure) {
  const grid = figure.closest('.grid') || figure;
  grid.before(el('div', {class: 'controls'}, el('span', {class: 'note'}, 'Across:'),
    choice('Axis of the curves', [['epoch', 'Epochs'], ['seconds', 'Seconds']], kCurves.across, (key) => {
      kCurves.across = key;
      kCurves.drawn.forEach(placeCurve);
    })));
  addChart(figure, {chart: accuracyChart(), onDraw: onDrawCurve});
}

function lossesFigure(figure, key) {
  addChart(figure, {chart: lossesChart(key), onDraw: onDrawCurve});
}

function lossFigure(figure, optimizer) {
  const [experiment] = report.experiments;
  const datasets = lossDatasets(experiment, experiment.optimizers[optimizer]);
  const all = experiment.optimizers.flatMap((one) => lossDatasets(experiment, one));
  addChart(figure, {
    chart: {datasets, scales: lossScales(all), title: epochTitle, describe: describeCurve((value) => fixed(value, 4))}, onDraw: onDrawCurve,
  });
}
