// Numbers as people read them: grouped, rounded to what the measurement carries, with their unit.

const kNone = '–';

function fixed(value, digits) {
  return value === null || value === undefined ? kNone : value.toFixed(digits);
}

function whole(value) {
  return value === null || value === undefined ? kNone : Math.round(value).toLocaleString('en-US');
}

// Three significant digits, without an exponent where people would not use one.
function short(value) {
  if (value === null || value === undefined) return kNone;
  if (value === 0) return '0';
  const size = Math.floor(Math.log10(Math.abs(value)));
  if (size < -4 || size > 8) return value.toExponential(2);
  return size >= 3 ? whole(Number(value.toPrecision(3))) : value.toFixed(Math.max(0, 2 - size));
}

// 1250 as "1.25k", for the ticks of axes.
function compact(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (value >= 1e3) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function percent(share, digits = 1) {
  return share === null || share === undefined ? kNone : `${(100 * share).toFixed(digits)}\u00a0%`;
}

// "12.3 (11.9 to 12.8)" of an estimate; `format` is for one number.
function withInterval(estimate, format) {
  if (!estimate) return kNone;
  if (estimate.spread === 'none') return format(estimate.median);
  return `${format(estimate.median)} (${format(estimate.low)} to ${format(estimate.high)})`;
}

function spreadWords(estimate) {
  if (!estimate) return '';
  if (estimate.spread === 'interval') return `95 % interval of the median, ${estimate.n} repetitions`;
  return estimate.spread === 'range' ? `lowest to highest of ${estimate.n} repetitions` : 'one repetition';
}

function plural(count, word) {
  return `${whole(count)} ${word}${count === 1 ? '' : 's'}`;
}

// Of any number of values: Math.max(...values) fails beyond some ten thousand.
function least(values) {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function greatest(values) {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
