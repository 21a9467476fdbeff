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

// What the page calls it: its machine and what tells it apart, or its file.
function sourceTitle(source) {
  return report.sources[source].title;
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

// What a series is beside its optimizer: its result, and threads, copies or jobs, precision as far as they distinguish series of one result.
// `knownPrecision`: it is said elsewhere.
function variantNames(rows, knownPrecision) {
  const bySource = new Map();
  const differs = (row, read) => {
    if (!bySource.has(row.source)) bySource.set(row.source, rows.filter((other) => other.source === row.source));
    return bySource.get(row.source).some((other) => read(other) !== read(row));
  };
  const several = new Set(rows.map((row) => row.source)).size > 1;
  return (row) => {
    const words = [];
    if (differs(row, (one) => one.threads)) words.push(row.threads ? `${row.threads} ${row.threads === '1' ? 'thread' : 'threads'}` : 'threads unknown');
    if (differs(row, (one) => one.ranks)) words.push(row.ranks ? `${row.ranks} ranks` : '1 rank');
    if (differs(row, besideWords)) words.push(besideWords(row));
    if (!knownPrecision && differs(row, (one) => one.precision)) words.push(row.precision);
    if (several || !words.length) words.unshift(sourceTitle(row.source));
    return words.join(', ');
  };
}
