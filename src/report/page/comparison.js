// What `mnist compare` says about two files: the ratios as a plot.

const kVerdictColours = {faster: 'adam', slower: 'momentum', equivalent: 'sgd', inconclusive: 'soft', disturbed: 'second'};
const kVerdictNames = {adam: 'Faster', momentum: 'Slower', sgd: 'Equivalent', soft: 'Inconclusive', second: 'Disturbed'};

function ratioFigure(figure, index) {
  const comparison = report.comparisons[index];
  const rows = comparison.rows.filter((row) => row.ratio !== null);
  if (!rows.length) return;
  const ratio = (row) => fixed(row.ratio, 2) + (row.ratio_low === null ? '' : ` (${fixed(row.ratio_low, 2)} to ${fixed(row.ratio_high, 2)})`);
  dotChart(figure, {
    unit: 'Time of the base over time of the new one', log: true, mark: 1, names: kVerdictNames,
    rows: rows.map((row) => ({
      label: row.name, value: row.ratio, low: row.ratio_low, high: row.ratio_high, colour: kVerdictColours[row.verdict] || 'soft',
      disturbed: row.verdict === 'disturbed' ? {spoilt: true, reason: row.disturbed_by} : null,
      lines: [`${ratio(row)}: ${row.verdict}`, `${row.samples_base} and ${plural(row.samples_new, 'repetition')}`,
        `${comparison.base} to`, comparison.new],
    })),
  });
}
