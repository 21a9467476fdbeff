// Charts of speed: throughput and share of the peak by batch size, roofline, latency.

// Inference has its precision in its colour already.
function batchVariants(series) {
  return variantNames(series, series.every((one) => !one.optimizer));
}

// What a colour says: the optimizer, or of inference, which has none, the precision.
const kPrecisionColours = {f32: 'other', bf16: 'second', int8: 'third'};

function seriesColour(one) {
  return one.optimizer ? colourName(one.optimizer) : kPrecisionColours[one.precision] || 'soft';
}

function seriesTitle(one) {
  return one.optimizer ? optimizerTitle(one.optimizer) : `Inference, ${one.precision}`;
}

// Datasets of throughput series; `read` takes the estimate of a point, colour is seriesColour, shape and dash say the file or variant;
// those that are drawn at first are told apart first.
function batchDatasets(series, read) {
  const nameOf = batchVariants(series);
  const datasets = series.map((one) => ({
    label: seriesTitle(one), colour: seriesColour(one), interval: 'y', pointRadius: 4.5,
    machine: report.sources[one.source].machine,
    keyA: seriesTitle(one), nameA: seriesTitle(one),
    keyB: nameOf(one), nameB: nameOf(one),
    data: one.points.filter((point) => read(point)).map((point) => {
      const estimate = read(point);
      return {x: point.batch, y: estimate.median, low: estimate.low, high: estimate.high, estimate, variant: nameOf(one),
        source: sourceName(one.source), disturbed: point.disturbed};
    }),
  })).filter((dataset) => dataset.data.length);
  const later = crowdedOut(datasets);
  const variants = [...new Set(datasets.map((dataset) => dataset.keyB))].sort((a, b) => later.has(a) - later.has(b));
  return datasets.map((dataset) => {
    const variant = variants.indexOf(dataset.keyB);
    return {...dataset, pointStyle: kShapes[variant % kShapes.length], borderDash: kDashes[variant % kDashes.length],
      sign: kShapeSigns[variant % kShapeSigns.length]};
  });
}

function batchChart(series, read, yAxis, format) {
  const datasets = batchDatasets(series, read);
  const batches = [...new Set(datasets.flatMap((dataset) => dataset.data.map((point) => point.x)))].sort((a, b) => a - b);
  return {
    datasets,
    scales: {x: logAxis('Batch size', batches, {min: batches[0] / 1.25, max: batches[batches.length - 1] * 1.25}), y: yAxis(datasets)},
    title: (point, dataset) => `${dataset.label}, batch ${whole(point.x)}`,
    describe: (point) => {
      const lines = [format(point.y)];
      if (point.estimate.spread !== 'none') lines.push(`${format(point.low)} to ${format(point.high)}`);
      lines.push(spreadWords(point.estimate), point.variant);
      if (point.variant !== point.source) lines.push(point.source);
      return lines;
    },
  };
}

function logValues(datasets) {
  const values = datasets.flatMap((dataset) => dataset.data.flatMap((point) => [point.low, point.high]));
  return {min: least(values) / 1.12, max: greatest(values) * 1.12};
}

// Lines across batch sizes; of one size alone, bars instead of lone dots. `axes`: {unit, yAxis, tick, format}.
function addBatchFigure(figure, series, read, {unit, yAxis, tick, format}) {
  if (new Set(series.flatMap((one) => one.points.filter(read).map((point) => point.batch))).size > 1) {
    addChart(figure, {chart: batchChart(series, read, yAxis, format)});
    return;
  }
  const nameOf = batchVariants(series);
  const several = new Set(series.map(nameOf)).size > 1;
  const rows = series.flatMap((one) => one.points.filter(read).map((point) => {
    const estimate = read(point);
    return {
      label: several ? `${seriesTitle(one)}, ${nameOf(one)}` : seriesTitle(one), value: estimate.median, low: estimate.low, high: estimate.high,
      colour: seriesColour(one), disturbed: point.disturbed,
      lines: [withInterval(estimate, format), spreadWords(estimate), `batch ${whole(point.batch)}`, sourceName(one.source)],
    };
  })).sort((a, b) => b.value - a.value);
  dotChart(figure, {rows, unit, bars: true, tick, kMostRows: 24, names: Object.fromEntries(series.map((one) => [seriesColour(one), seriesTitle(one)]))});
}

function throughputFigure(figure, family) {
  addBatchFigure(figure, report.throughput.filter((one) => one.family === family), (point) => point.samples_per_second, {
    unit: 'Samples/s', tick: compact, format: (value) => `${whole(value)} samples/s`,
    yAxis: (datasets) => logAxis('Samples/s', null, logValues(datasets)),
  });
}

function shareFigure(figure, family) {
  const read = (point) => point.peak_fraction;
  addBatchFigure(figure, report.throughput.filter((one) => one.family === family && one.points.some(read)), read, {
    unit: 'Share of the peak', tick: (value) => percent(value, 0), format: (value) => percent(value, 1),
    yAxis: () => axis('Share of the peak', {type: 'linear', min: 0, max: 1, ticks: {callback: (value) => percent(value, 0)}}),
  });
}

const kDirections = {Forward: 'other', BackwardData: 'second', BackwardWeights: 'third'};

function rooflineFigure(figure, index) {
  const roofline = report.rooflines[index];
  const directions = [...new Set(roofline.points.map((point) => point.direction))];
  const datasets = directions.map((direction, i) => ({
    label: direction, colour: kDirections[direction] || 'other', interval: 'y', showLine: false, pointStyle: kShapes[i % kShapes.length], pointRadius: 5,
    keyA: direction, nameA: direction, keyB: '', nameB: '', sign: '',
    data: roofline.points.filter((point) => point.direction === direction).map((point) =>
      ({x: point.intensity, y: point.gflops.median, low: point.gflops.low, high: point.gflops.high, disturbed: point.disturbed, point})),
  }));
  const xs = roofline.points.map((point) => point.intensity);
  const {peak_gflops: peak, memory_gb_per_second: memory} = roofline;
  const ridge = peak && memory ? peak / memory : null;
  const left = least([...xs, ridge || Infinity]) / 1.5;
  const right = greatest([...xs, ridge || 0]) * 1.5;
  if (peak) {
    const corners = ridge ? [[left, left * memory], [ridge, peak], [right, peak]] : [[left, peak], [right, peak]];
    datasets.push({label: 'Roof', colour: 'soft', pointRadius: 0, pointHitRadius: 0, borderWidth: 1.5, keyA: 'roof', nameA: 'Measured roof', keyB: '',
      nameB: '', sign: '', data: corners.map(([x, y]) => ({x, y, low: null, high: null, point: null}))});
  }
  const ys = [...roofline.points.flatMap((point) => [point.gflops.low, point.gflops.high]), ...(peak ? [peak] : [])];
  const lowest = least([...ys, ridge ? left * memory : Infinity]);
  addChart(figure, {
    chart: {
      datasets,
      scales: {x: logAxis('FLOP per byte', null, {min: left, max: right}), y: logAxis('GFLOP/s', null, {min: lowest / 1.3, max: greatest(ys) * 1.3})},
      title: (at) => (at.point ? at.point.name : 'Measured roof'),
      describe: (at) => (at.point ? [withInterval(at.point.gflops, (v) => `${short(v)} GFLOP/s`), spreadWords(at.point.gflops),
        `${short(at.point.intensity)} FLOP per byte`, sourceName(roofline.source)] : [`${short(at.y)} GFLOP/s`]),
    },
  });
}

const kPercentiles = [['p50_us', 'Half of the calls', 'circle'], ['p90_us', '90 %', 'rect'], ['p99_us', '99 %', 'triangle'],
  ['max_us', 'Longest', 'rectRot']];
const kLatencyColours = ['other', 'second', 'third', 'soft'];
const kFileColours = ['other', 'second', 'third', 'sgd', 'momentum', 'adam', 'soft'];

function latencyPoints(rows, key) {
  return rows.filter((row) => row[key] !== null).sort((a, b) => a.batch - b.batch).map((row) => ({x: row.batch, y: row[key], low: null, high: null, disturbed: row.disturbed, row}));
}

// Of one file: its percentiles. Of several: a line a file, all at one percentile, or there would be four times as many as can be told apart.
function latencyDatasets(rows, nameOf, variants) {
  if (variants.length === 1)
    return kPercentiles.map(([key, name, shape], k) => ({
      label: name, colour: kLatencyColours[k], pointStyle: shape, keyA: key, nameA: name, keyB: '', nameB: '', sign: '', data: latencyPoints(rows, key),
    })).filter((dataset) => dataset.data.length);
  return variants.map((variant, v) => {
    const own = rows.filter((row) => nameOf(row) === variant);
    return {
      label: variant, colour: kFileColours[v % kFileColours.length], pointStyle: kShapes[v % kShapes.length], borderDash: kDashes[v % kDashes.length],
      keyA: '', nameA: '', keyB: variant, nameB: variant, sign: kShapeSigns[v % kShapeSigns.length], own, data: latencyPoints(own, kPercentiles[0][0]),
      machine: own.length ? report.sources[own[0].source].machine : '', order: -v,  // dashes over lines: files that agree are both seen
    };
  }).filter((dataset) => dataset.own.length);
}

// Microseconds from the least to the greatest of what is drawn, the same for all precisions.
function latencyRange(keys) {
  const values = report.latencies.flatMap((row) => keys.map((key) => row[key])).filter((value) => value !== null);
  return {min: least(values) / 1.4, max: greatest(values) * 1.4};
}

// What several files have in common is the percentile that is drawn of them; the switch above the figures says which.
const kLatencies = {drawn: [], shown: kPercentiles[0]};

function placeLatency(chart) {
  const [key, name] = kLatencies.shown;
  for (const dataset of chart.data.datasets) dataset.data = latencyPoints(dataset.own, key);
  Object.assign(chart.options.scales.y, latencyRange([key]));
  chart.options.scales.y.title.text = `Microseconds, ${name === 'Longest' ? 'the longest call' : name === kPercentiles[0][1] ? 'half of the calls' : `${name} of the calls`}`;
  chart.update('none');
}

function addLatencySwitch(figure) {
  figure.parentElement.before(el('div', {class: 'controls'}, el('span', {class: 'note'}, 'At most this long:'),
    choice('Percentile of the calls', kPercentiles.map(([key, name]) => [key, name]), kLatencies.shown[0], (wanted) => {
      kLatencies.shown = kPercentiles.find(([key]) => key === wanted);
      kLatencies.drawn.forEach(placeLatency);
    })));
}

// A chart a precision.
function latencyFigure(figure, precision) {
  const nameOf = variantNames(report.latencies, true);
  const variants = [...new Set(report.latencies.map(nameOf))];
  const several = variants.length > 1;
  if (several && !figure.previousElementSibling) addLatencySwitch(figure);
  const rows = report.latencies.filter((row) => row.precision === precision);
  const batches = [...new Set(report.latencies.map((row) => row.batch))].sort((a, b) => a - b);
  addChart(figure, {
    onDraw: several ? (chart) => {
      kLatencies.drawn.push(chart);
      placeLatency(chart);
    } : null,
    chart: {
      datasets: latencyDatasets(rows, nameOf, variants),
      scales: {x: logAxis('Images a call', batches, {min: batches[0] / 1.25, max: batches[batches.length - 1] * 1.25}),
        y: logAxis('Microseconds', null, latencyRange(several ? ['p50_us'] : kPercentiles.map(([key]) => key)))},
      title: (point) => `${plural(point.x, 'image')} a call, ${precision}`,
      describe: ({row}) => [...kPercentiles.filter(([key]) => row[key] !== null).map(([key, name]) => `${name}: ${short(row[key])} µs`),
        plural(row.repetitions, 'repetition'), nameOf(row), nameOf(row) === sourceName(row.source) ? null : sourceName(row.source)].filter((line) => line),
    },
  });
}
