// Time to the target: every file's seconds in one plot.

function timeTitle(row) {
  if (row.record) return 'Record';
  return row.schedule === 'constant' ? row.title : `${row.title}, ${row.schedule}`;
}

function timeFigure(figure, target) {
  const all = report.times.filter((row) => row.target === Number(target));
  const nameOf = variantNames(all);
  const alone = new Set(all.map(nameOf)).size < 2;  // then the name says nothing, and takes the room of the bars
  const order = (row) => (row.record ? -1 : kOptimizers.indexOf(row.optimizer));
  const kMostRows = 16;
  const known = all.filter((row) => row.seconds);
  const grouped = known.length <= kMostRows;  // of more the fastest are drawn
  const rows = known.sort((a, b) => (grouped && order(a) - order(b)) || a.seconds.median - b.seconds.median);
  const seconds = (value) => `${fixed(value, 3)} s`;
  dotChart(figure, {
    unit: 'Seconds', bars: true, kMostRows, names: {...kTitles, other: 'Record'},
    rows: rows.map((row) => ({
      label: alone ? timeTitle(row) : `${timeTitle(row)}, ${nameOf(row)}`, value: row.seconds.median, low: row.seconds.low, high: row.seconds.high,
      disturbed: row.disturbed, colour: row.record ? 'other' : colourName(row.optimizer),
      lines: [withInterval(row.seconds, seconds), spreadWords(row.seconds), `${row.reached} of ${plural(row.runs, 'run')} reached it`,
        row.batch === null ? '' : `batch ${whole(row.batch)}, ${row.precision}`, sourceName(row.source)].filter((line) => line),
    })),
  });
}
