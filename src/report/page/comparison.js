// What `mnist compare` says about two files: the answer, the ratios as a plot, the table, and what makes it unfair.

const kVerdictColours = {faster: 'adam', slower: 'momentum', equivalent: 'sgd', inconclusive: 'soft'};

function ratioWords(row) {
  if (row.ratio === null) return kNone;
  const interval = row.ratio_low === null ? '' : ` (${fixed(row.ratio_low, 2)} to ${fixed(row.ratio_high, 2)})`;
  return `${fixed(row.ratio, 2)}${interval}`;
}

function accuracyWords(row) {
  if (row.accuracy_difference === null) return null;
  const signed = (value) => `${value >= 0 ? '+' : '−'}${fixed(Math.abs(value), 2)}`;
  const interval = row.accuracy_low === null ? '' : ` (${signed(row.accuracy_low)} to ${signed(row.accuracy_high)})`;
  return `${signed(row.accuracy_difference)}${interval}`;
}

// Who is first in each family of benchmarks, of three files or more. Members that nothing is known to be between share their rank.
function rankingBlock(ranking) {
  const ratio = (row) => (row.ratio_low === null ? fixed(row.ratio, 2) : ratioWords(row));
  return [
    el('h3', {}, 'Ranking'),
    el('p', {}, `${ranking.summary}.`),
    el('p', {class: 'note'}, `Ratios are of speed to ${sourceNames(ranking.base_sources)}, above 1 is faster. "=": nothing is known to be between these; ` +
      'that is not to say that they are equal.'),
    ...ranking.families.map((family) => table([
      {name: 'File', wide: true, cell: (row) => row.file},
      {name: 'Rank', cell: (row) => (row.rank === null ? 'none: too few repetitions' : `${row.rank}${row.tied ? '=' : ''}`)},
      {name: 'Ratio', number: true, cell: ratio},
      {name: 'Accuracy, points', number: true, cell: accuracyWords},
    ], family.members, `${family.family}: ${plural(family.rows, 'row')} that all files have`)),
  ];
}

const kVerdictNames = {adam: 'Faster', momentum: 'Slower', sgd: 'Equivalent', soft: 'Inconclusive'};

// One half of a verdict may be known without the other.
function verdictWords(row) {
  if (row.measures === 'machine') return `machine: ${row.verdict}`;
  const isClaim = row.verdict === 'faster' || row.verdict === 'slower';
  return row.joint_verdict === 'inconclusive' && isClaim ? `${row.verdict}, accuracy undecided` : row.joint_verdict;
}

function comparisonBlock(comparison) {
  const rows = comparison.rows.filter((row) => row.ratio !== null);
  const plot = !rows.length ? null : dotFigure({
    title: 'Ratio of times', note: 'Right of 1 the new one is faster. Bars are 95 % intervals.', unit: 'Time of the base over time of the new one',
    log: true, mark: 1, names: kVerdictNames,
    rows: rows.map((row) => ({
      label: row.name, value: row.ratio, low: row.ratio_low, high: row.ratio_high, colour: kVerdictColours[row.verdict] || 'soft',
      lines: [`${ratioWords(row)}: ${row.verdict}`, `${row.samples_base} and ${plural(row.samples_new, 'repetition')}`,
        `${sourceNames(comparison.base_sources)} to`, sourceNames(comparison.new_sources)],
    })),
    numbers: {rows: comparison.rows, columns: [
      {name: 'Benchmark', wide: true, cell: (row) => row.name},
      {name: 'Verdict', cell: verdictWords},
      {name: 'Ratio', number: true, cell: ratioWords},
      {name: 'p, adjusted', number: true, cell: (row) => (row.p_adjusted === null ? null : short(row.p_adjusted))},
      {name: 'Accuracy, points', number: true, cell: accuracyWords},
      {name: 'Share of the peak', number: true, cell: (row) => (row.peak_fraction_base === null || row.peak_fraction_new === null ? null :
        `${percent(row.peak_fraction_base, 0)} → ${percent(row.peak_fraction_new, 0)}`)},
      {name: 'Repetitions', number: true, cell: (row) => `${row.samples_base}, ${row.samples_new}`},
    ]},
  });
  const differences = comparison.fingerprint_differences.map((d) => `${d.key}: ${d.base === null ? kNone : d.base} → ${d.new === null ? kNone : d.new}`);
  const unmatched = [...comparison.unmatched.base, ...comparison.unmatched.new];
  return [
    el('h3', {}, `${sourceNames(comparison.new_sources)} against ${sourceNames(comparison.base_sources)}`),
    el('p', {}, `${comparison.summary}.`),
    plot,
    differences.length ? disclosure(`What differs between the machines (${differences.length})`, () => sentences(differences)) : null,
    comparison.warnings.length ? disclosure(`What to keep in mind (${comparison.warnings.length})`, () => sentences(comparison.warnings)) : null,
    comparison.bits.length ? disclosure('Are the weights the same bits?', () => sentences(comparison.bits)) : null,
    unmatched.length ? disclosure(`In one of the two only (${unmatched.length})`, () => sentences(unmatched)) : null,
  ];
}
