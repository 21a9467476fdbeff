// Time to the target: every file's seconds in one plot, and the record with its rules.

const kRecordRules = [
  'MNIST as published and the 784-128-64-10 network, in any precision; optimizer, settings, batches and order are free.',
  'Every run starts from random weights that its seed gives. Ten seeds, 0 to 9: all must reach the target, and none is dropped.',
  'What counts is all training from the first epoch to the last: shuffling, gathering, forward, backward, update. Reading files, building ' +
    'primitives, first weights and evaluation do not.',
  'At least 97.00 % of the test images after the last epoch. The number of epochs is fixed beforehand, and the test set measures that end only: ' +
    'whatever is chosen is chosen on training images.',
  'Reported are median and worst time, with machine, cores and threads. Another machine has a record of its own.',
];

function timeTitle(row) {
  return row.record ? 'Record' : optimizerTitle(row.optimizer);
}

// What all of them ran is not a time any more: "missed by 2 of 10".
function worstSeconds(row) {
  if (row.worst !== null) return fixed(row.worst, 3);
  return `${row.runs - row.reached} of ${row.runs} missed it`;
}

function timeFigures() {
  return [...new Set(report.times.map((row) => row.target))].map((target) => {
    const all = report.times.filter((row) => row.target === target);
    const nameOf = variantNames(all);
    const order = (row) => (row.record ? -1 : kOptimizers.indexOf(row.optimizer));
    const rows = all.filter((row) => row.seconds).sort((a, b) => order(a) - order(b) || a.seconds.median - b.seconds.median);
    if (!rows.length) return el('p', {}, `No run reached ${target} %.`);
    const runs = (row) => `${row.reached} of ${plural(row.runs, 'run')} reached it`;
    const seconds = (value) => fixed(value, 3);
    return dotFigure({
      title: `Seconds of training to ${target} % test accuracy`, unit: 'Seconds', names: {...kTitles, other: 'Record'},
      note: all.some((row) => row.record) ? 'The record trains a fixed number of epochs; all others stop counting after the first epoch at the target.' : null,
      rows: rows.map((row) => ({
        label: `${timeTitle(row)}, ${nameOf(row)}`, value: row.seconds.median, low: row.seconds.low, high: row.seconds.high,
        colour: row.record ? 'other' : colourName(row.optimizer),
        lines: [withInterval(row.seconds, (v) => `${seconds(v)} s`), spreadWords(row.seconds), runs(row),
          row.batch === null ? '' : `batch ${whole(row.batch)}, ${row.precision}`, sourceName(row.source)].filter((line) => line),
      })),
      numbers: {rows: all, columns: [
        {name: 'Training', cell: timeTitle},
        {name: 'Batch', number: true, cell: (row) => (row.batch === null ? null : whole(row.batch))},
        {name: 'Precision', cell: (row) => row.precision},
        {name: 'Median,\u00a0s', number: true, cell: (row) => (row.seconds ? seconds(row.seconds.median) : null)},
        {name: 'Low,\u00a0s', number: true, cell: (row) => (row.seconds && row.seconds.spread !== 'none' ? seconds(row.seconds.low) : null)},
        {name: 'High,\u00a0s', number: true, cell: (row) => (row.seconds && row.seconds.spread !== 'none' ? seconds(row.seconds.high) : null)},
        {name: 'Low and high are', cell: (row) => spreadWords(row.seconds)},
        {name: 'Worst,\u00a0s', number: true, cell: worstSeconds},
        {name: 'Reached', number: true, cell: (row) => `${row.reached} of ${row.runs}`},
        {name: 'Threads', number: true, cell: (row) => row.threads},
        {name: 'File', wide: true, cell: (row) => sourceName(row.source)},
      ]},
    });
  });
}

function recordBlock() {
  const rows = report.times.filter((row) => row.record);
  if (!rows.length) return [];
  return [
    el('h3', {}, 'The record: 97 % as fast as possible'),
    table([
      {name: 'Recipe', wide: true, cell: (row) => row.record.recipe || 'not said in the file'},
      {name: 'Precision', cell: (row) => row.precision},
      {name: 'Median,\u00a0s', number: true, cell: (row) => (row.seconds ? fixed(row.seconds.median, 3) : null)},
      {name: 'Worst,\u00a0s', number: true, cell: worstSeconds},
      {name: 'Reached', number: true, cell: (row) => `${row.reached} of ${row.runs}`},
      {name: 'Lowest accuracy,\u00a0%', number: true, cell: (row) => fixed(row.record.lowest_accuracy, 2)},
      {name: 'Median accuracy,\u00a0%', number: true, cell: (row) => fixed(row.record.median_accuracy, 2)},
      {name: 'By the rules', cell: (row) => (row.record.objections.length ? `no: ${row.record.objections.join('; ')}` : 'as far as the file shows')},
      {name: 'File', wide: true, cell: (row) => sourceHeading(row.source)},
    ], rows),
    disclosure('The rules in short (bench/RECORD.md has them whole)', () => sentences(kRecordRules), true),
  ];
}
