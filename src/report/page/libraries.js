// Other libraries beside ours: a bar for each at each batch size, ours in the optimizer's colour.

function librariesFigure(figure, index) {
  const table = report.libraries[index];
  const colours = {true: colourName(table.optimizer), false: 'soft'};
  dotChart(figure, {
    unit: table.family === 'Infer' ? 'Samples/s, calls included' : 'Samples/s', bars: true, names: {[colours.true]: 'mnist_bench', soft: 'Other libraries'},
    rows: table.rows.map((row) => ({
      label: `${whole(row.batch)} · ${row.title}`, value: row.samples_per_second.median, low: row.samples_per_second.low,
      high: row.samples_per_second.high, disturbed: row.disturbed, colour: colours[row.library === ''],
      lines: [`${withInterval(row.samples_per_second, whole)} samples/s`, spreadWords(row.samples_per_second),
        `${row.title} ${row.version}`, `${row.threads} thread${row.threads === '1' ? '' : 's'}`,
        row.accuracy === null ? '' : `${fixed(row.accuracy, 2)} % of the test images`,
        row.call_us === null ? '' : `${short(row.call_us)} µs a call of an empty model`].filter((line) => line),
    })),
  });
}
