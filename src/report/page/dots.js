// Dot plots: one line a row with a dot and its interval. For times, for ratios and, with `bars` from 0 to the dot, for throughputs: where the rows have names
// rather than numbers.

// Rows: {label, value, low, high, colour, lines, disturbed}; `unit` is the axis' title, `log` asks for a log axis, `mark` is a value to draw a rule at.
// Of more than `kMostRows` nobody reads a plot, and canvases have a greatest height. `names`: what a row's colour stands for; without it, the optimizer of that colour.
function dotChart(figure, {rows: everything, unit, log, mark, names, bars, tick = compact, kMostRows = 60}) {
  const rows = everything.slice(0, kMostRows);
  if (everything.length > rows.length)
    figure.querySelector('figcaption').append(el('p', {class: 'note'}, `The first ${kMostRows} of ${everything.length}; the table has all.`));
  const kRowPixels = 26;
  const kNarrow = 560;
  const labels = rows.map((row, i) => `${i}`);  // unique, unlike names
  const points = rows.map((row, i) => ({x: row.value, y: i, low: row.low, high: row.high, disturbed: row.disturbed, row}));
  const groups = [...new Set(rows.map((row) => row.colour))];
  const datasets = groups.map((group) => ({
    data: points.filter((point) => point.row.colour === group), colour: group, interval: 'x', showLine: false, pointStyle: 'circle',
    bars, keyA: group, nameA: (names || kTitles)[group] || group, keyB: '', nameB: '', sign: '',
  }));
  const all = points.flatMap((point) => [point.x, point.low, point.high]).filter((value) => typeof value === 'number');
  const low = least(mark ? [...all, mark] : all);
  const high = greatest(mark ? [...all, mark] : all);
  const x = log ? logAxis(unit, null, {min: low / 1.15, max: high * 1.15})
    : axis(unit, {type: 'linear', min: 0, suggestedMax: high, ...(bars ? {ticks: {callback: (value) => (value ? tick(value) : '0')}} : {})});
  const shorten = (text, width) => {
    const room = Math.max(10, Math.floor((width < kNarrow ? 0.38 : 0.45) * width / 7));
    const start = Math.floor(room / 3);  // names differ at their ends as well
    return text.length > room ? `${text.slice(0, start)}…${text.slice(text.length - room + start + 1)}` : text;
  };
  const y = axis('', {
    type: 'linear', reverse: true, min: -0.6, max: labels.length - 0.4,
    afterBuildTicks: (scale) => { scale.ticks = rows.map((row, value) => ({value})); },
    ticks: {autoSkip: false, callback(value) { return rows[value] ? shorten(rows[value].label, this.chart.width) : ''; }},
  });
  y.title.display = false;
  if (mark) x.grid.lineWidth = (context) => (context.tick && context.tick.value === mark ? 3 : 1);
  addChart(figure, {
    height: 70 + kRowPixels * rows.length,
    chart: {
      datasets, scales: {x, y},
      title: (point) => point.row.label,
      describe: (point) => point.row.lines,
    },
  });
}
