// The data of the page and what is asked of it everywhere: names of sources, colours and shapes of series.

const report = JSON.parse(document.getElementById('report-data').textContent);
const chartsAvailable = typeof Chart !== 'undefined';

const kOptimizers = report.optimizers.map((one) => one.optimizer);
const kTitles = Object.fromEntries(report.optimizers.map((one) => [one.optimizer, one.title]));
const kShapes = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'cross', 'line'];
const kShapeSigns = ['●', '■', '▲', '◆', '✳', '✕', '✚', '━'];
const kDashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

function sourceName(source) {
  return report.sources[source].name;
}

// A colour of the page as it is now; charts cannot read custom properties themselves.
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// The same optimizer has the same colour everywhere; what has none is of a colour of its own.
function colourName(optimizer) {
  return kOptimizers.includes(optimizer) ? optimizer : 'other';
}

function optimizerTitle(optimizer) {
  return kTitles[optimizer] || 'Inference';
}

// Of copies it is the sum, of jobs one of them.
function besideWords(row) {
  if (row.copies) return row.copies === '1' ? '1 copy' : `sum of ${row.copies} copies`;
  return row.jobs ? `one of ${row.jobs} jobs` : 'alone';
}

// What a series is beside its optimizer: file, machine, threads, copies or jobs, precision, as far as they distinguish series at all.
// `knownPrecision`: it is said elsewhere.
function variantNames(rows, knownPrecision) {
  const differs = (read) => new Set(rows.map(read)).size > 1;
  const threads = differs((row) => row.threads);
  const beside = differs(besideWords);
  const precision = !knownPrecision && differs((row) => row.precision);
  const file = differs((row) => row.source);
  const machine = differs((row) => report.sources[row.source].cpu_model);
  return (row) => {
    const words = [];
    if (file || !(threads || beside || precision)) words.push(sourceName(row.source));
    if (machine) words.push(report.sources[row.source].cpu_model || 'machine unknown');
    if (threads) words.push(row.threads ? `${row.threads} ${row.threads === '1' ? 'thread' : 'threads'}` : 'threads unknown');
    if (beside) words.push(besideWords(row));
    if (precision) words.push(row.precision);
    return words.join(', ');
  };
}
