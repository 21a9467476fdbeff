// The experiment: its table and its curves, one block a result file of `mnist train`.

function meanCell(value, format) {
  if (!value) return null;
  return value.deviation === null ? format(value.mean)
    : [format(value.mean), el('span', {class: 'deviation'}, `± ${format(value.deviation)}`)];
}

function firstEpochs(optimizer) {
  return optimizer.runs.map((run) => (run.first_epoch_at_target === null ? kNone : String(run.first_epoch_at_target))).join(', ');
}

// A mean over those seeds that got there says so.
function reachedNote(optimizer) {
  const reached = optimizer.runs.filter((run) => run.first_epoch_at_target !== null).length;
  return reached === 0 || reached === optimizer.runs.length ? null
    : el('span', {class: 'deviation'}, `(${reached} of ${optimizer.runs.length} seeds)`);
}

function resultColumns(experiment) {
  const target = fixed(experiment.target_accuracy, 2);
  const best = (key, better) => {
    const means = experiment.optimizers.map((o) => (o[key] ? o[key].mean : null)).filter((mean) => mean !== null);
    return means.length > 1 ? better(...means) : null;
  };
  const column = (name, key, format, better) => {
    const winner = better ? best(key, better) : null;
    return {name, number: true, cell: (o) => {
      const content = meanCell(o[key], format);
      return content !== null && winner !== null && o[key].mean === winner ? el('span', {class: 'best'}, content) : content;
    }};
  };
  const seconds = column(`Seconds to ${target}\u00a0%`, 'seconds_to_target', (v) => fixed(v, 2), Math.min);
  return [
    {name: 'Optimizer', cell: (o) => {
      const mark = el('span', {class: 'swatch'});
      mark.style.backgroundColor = `var(--${colourName(o.optimizer)})`;
      return el('span', {}, mark, o.title);
    }},
    {name: `First epoch at ${target}\u00a0%`, number: true, cell: firstEpochs},
    column('Best accuracy, %', 'best_accuracy', (v) => fixed(v, 2), Math.max),
    column('Last accuracy, %', 'last_accuracy', (v) => fixed(v, 2), Math.max),
    column('Last train loss', 'last_train_loss', (v) => fixed(v, 4), Math.min),
    column('Last test loss', 'last_test_loss', (v) => fixed(v, 4), Math.min),
    {name: 'Convergence speed', cell: (o) => o.convergence_speed},
    column('Samples/s', 'samples_per_second', whole, Math.max),
    {...seconds, cell: (o) => (o.seconds_to_target ? [seconds.cell(o), reachedNote(o)].flat() : null)},
  ];
}

function experimentHeading(experiment) {
  return report.experiments.length > 1 ? el('h3', {}, sourceHeading(experiment.source)) : null;
}

function resultTable(experiment) {
  const seeds = experiment.seeds > 1 ? `${experiment.seeds} seeds from ${experiment.seed}: mean ± standard deviation` : `seed ${experiment.seed}`;
  const troubles = experiment.optimizers.flatMap((o) => o.runs.filter((run) => run.status !== 'completed').map((run) =>
    `${o.title}, seed ${run.seed}, ${run.status}${run.message ? `: ${run.message}` : ''}.`));
  return [
    experimentHeading(experiment),
    el('p', {class: 'note'}, `${experiment.dataset}${experiment.synthetic ? ' (synthetic digits)' : ''}: ` +
      `${whole(experiment.train_samples)} training and ${whole(experiment.test_samples)} test images; ` +
      `${plural(experiment.epochs, 'epoch')}, batch ${experiment.batch_size}, ` +
      `${experiment.precision === 'f32' ? '' : `${experiment.precision}, `}` +
      `${experiment.schedule === 'constant' ? '' : `${experiment.schedule} learning rate, `}${seeds}.`),
    table(resultColumns(experiment), experiment.optimizers),
    troubles.length ? sentences(troubles) : null,
  ];
}

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

function curveNumbers(experiment, keys) {
  const epochs = greatest([0, ...experiment.optimizers.map((o) => o.curves.seconds.length)]);
  const columns = [{name: 'Epoch', cell: (e) => String(e + 1)}];
  for (const o of experiment.optimizers) {
    columns.push({name: `${o.title}, seconds`, number: true, cell: (e) => fixed(o.curves.seconds[e], 2)});
    for (const [key, name, digits] of keys) {
      columns.push({name: `${o.title}, ${name}`, number: true, cell: (e) => {
        const value = o.curves[key][e];
        if (!value) return null;
        return value.high > value.low ? `${fixed(value.mean, digits)} (${fixed(value.low, digits)} to ${fixed(value.high, digits)})`
          : fixed(value.mean, digits);
      }});
    }
  }
  return {columns, rows: Array.from({length: epochs}, (unused, e) => e)};
}

function accuracyChart(experiment) {
  const datasets = experiment.optimizers.filter((o) => o.curves.test_accuracy.length).map((o) => ({
    label: o.title, data: curvePoints(o, 'test_accuracy', experiment), colour: colourName(o.optimizer), interval: 'band',
    keyA: o.optimizer, nameA: o.title, keyB: '', nameB: '', sign: '', pointStyle: kShapes[kOptimizers.indexOf(o.optimizer)] || 'circle',
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

function curves(experiment) {
  const shown = experiment.optimizers.filter((o) => o.curves.seconds.length);
  if (!shown.length) return [experimentHeading(experiment), el('p', {}, 'Nothing was trained: there are no epochs.')];
  const drawn = [];
  let across = 'epoch';
  const place = (chart) => {
    const points = chart.data.datasets.flatMap((dataset) => dataset.data);
    const end = greatest(points.filter((point) => point.seconds !== undefined).map((point) => point.seconds));
    for (const point of points) point.x = across === 'epoch' ? point.epoch : point.end ? end : point.seconds;
    chart.options.scales.x.title.text = across === 'epoch' ? 'Epoch' : 'Seconds of training';
    chart.options.scales.x.min = across === 'epoch' ? 1 : 0;
    chart.update('none');
  };
  const setAxis = (key) => {
    across = key;
    drawn.forEach(place);
  };
  const onDraw = (chart) => {
    drawn.push(chart);
    place(chart);
  };
  const losses = shown.flatMap((o) => [...o.curves.train_loss, ...o.curves.test_loss]).filter((value) => value);
  const top = greatest([0, ...losses.map((value) => value.high)]);
  const several = experiment.seeds > 1 ? 'The line is the mean over the seeds, the band reaches from the lowest to the highest.' : null;
  const switcher = el('div', {class: 'controls'}, el('span', {class: 'note'}, 'Across:'),
    choice('Axis of the curves', [['epoch', 'Epochs'], ['seconds', 'Seconds']], 'epoch', setAxis));
  return [
    experimentHeading(experiment),
    chartsAvailable ? switcher : null,
    chartFigure({
      title: 'Test accuracy', note: several, chart: accuracyChart(experiment), onDraw,
      numbers: curveNumbers(experiment, [['test_accuracy', 'accuracy, %', 2]]),
    }),
    el('div', {class: 'grid thirds'}, shown.map((o) => chartFigure({
      title: `Loss of ${o.title}`, chart: lossChart(experiment, o, top), onDraw,
      numbers: curveNumbers({...experiment, optimizers: [o]}, [['train_loss', 'train loss', 4], ['test_loss', 'test loss', 4]]),
    }))),
  ];
}
