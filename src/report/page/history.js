// The course of one benchmark: its speed, the machine's own, and the changes, told apart by form and colour.

const kCauses = {
  program: {colour: 'momentum', pointStyle: 'triangle', hollow: false}, machine: {colour: 'sgd', pointStyle: 'rect', hollow: true},
  undecided: {colour: 'second', pointStyle: 'circle', hollow: true},
};

// Who measured what there: commit, label, oneDNN.
function placeLines({commit, label, onednn}) {
  return [commit && `commit ${commit}`, label, onednn && `oneDNN ${onednn}`].filter((line) => line);
}

function secondsWords(seconds) {
  const [factor, unit] = [[1, 's'], [1e3, 'ms'], [1e6, 'µs'], [1e9, 'ns']].find(([size]) => seconds * size >= 1) || [1e9, 'ns'];
  return `${short(seconds * factor)} ${unit}`;
}

function historyPoint(series, places, i) {
  const {drawn} = series;
  const count = drawn.counts[i];
  const measured = [['peak', drawn.peak[i]], ['bandwidth', drawn.bandwidth[i]]].filter(([, value]) => value !== null);
  return {
    x: drawn.places[i], y: drawn.speed[i], low: count > 1 ? drawn.low[i] : null, high: count > 1 ? drawn.high[i] : null,
    disturbed: drawn.disturbed.includes(i) ? {spoilt: true, reason: 'its time says nothing'} : null,
    lines: [`${secondsWords(series.seconds / drawn.speed[i])}, ${fixed(drawn.speed[i], 3)} of the median speed`,
      count > 1 ? `median of ${count} points, ${fixed(drawn.low[i], 3)} to ${fixed(drawn.high[i], 3)}` : '',
      measured.length ? `machine: ${measured.map(([name, value]) => `${name} ${fixed(value, 3)}`).join(', ')}` : '',
      ...placeLines(places[drawn.places[i]])].filter((line) => line),
  };
}

// The first, the last and what lies between them, each text once: as many as fit into a small chart. Days, or of one day the times.
function timeTicks(places) {
  const kMost = 3;
  const last = places.length - 1;
  const dayOf = (value) => places[value].name.slice(0, 10);
  const text = (value) => (dayOf(0) === dayOf(last) ? places[value].name.slice(11, 16) : dayOf(value));
  const even = Array.from({length: kMost}, (unused, i) => Math.round(i * last / (kMost - 1)));
  return even.map((value) => ({value, label: text(value)})).filter((tick, i, all) => i === 0 || tick.label !== all[i - 1].label);
}

function historyFigure(figure, group, index) {
  const {places, series: all} = report.history.groups[group];
  const series = all[index];
  const points = series.drawn.places.map((unused, i) => historyPoint(series, places, i));
  const common = {keyA: '', nameA: '', keyB: '', nameB: '', sign: ''};
  const machine = (values, dash) => ({
    ...common, data: points.map((point, i) => ({...point, y: values[i], low: null, high: null, disturbed: null})).filter((point) => point.y !== null),
    colour: 'soft', borderDash: dash, borderWidth: 1, pointRadius: 0, pointHitRadius: 0, order: 3,
  });
  const marks = Object.entries(kCauses).map(([cause, look]) => ({
    ...common, ...look, cause, showLine: false, pointRadius: 7, pointHoverRadius: 9, pointBorderWidth: 2, order: 1,
    data: series.changes.filter((change) => change.cause === cause).map((change) => {
      const at = points.find((point) => point.x === change.place);
      return {x: at.x, y: at.y, lines: [change.sentence, ...at.lines]};
    }),
  }));
  const line = {...common, data: points, colour: 'ink', interval: 'band', borderWidth: 1.5, pointRadius: points.length > 60 ? 0 : 2.5, order: 2};
  const datasets = [line, machine(series.drawn.peak, [6, 4]), machine(series.drawn.bandwidth, [2, 3]), ...marks].filter((dataset) => dataset.data.length);
  const times = timeTicks(places);
  addChart(figure, {
    height: 220,
    chart: {
      datasets,
      scales: {
        x: axis('', {type: 'linear', min: -0.5, max: places.length - 0.5, title: {display: false},
          ticks: {callback: (value, i) => times[i].label, align: 'inner'}, afterBuildTicks: (scale) => { scale.ticks = times.map(({value}) => ({value})); }}),
        y: axis('Speed', {type: 'linear', ticks: {maxTicksLimit: 6}}),
      },
      title: (point) => places[point.x].name,
      describe: (point) => point.lines,
    },
  });
}
