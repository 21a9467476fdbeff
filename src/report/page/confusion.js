// Confusion matrices as heat maps that are tables: a screen reader reads them, they print, and they need no canvas. Errors are shaded by
// their share of the true class, against the worst cell; the diagonal is muted, so that errors stand out.

function rowTotals(matrix) {
  return matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
}

function shares(matrix) {
  const totals = rowTotals(matrix);
  return matrix.map((row, i) => row.map((count) => (totals[i] ? count / totals[i] : 0)));
}

// A grid of cells. `cell(i, j)` gives {text, strength 0 to 1, cold, muted, title}.
function heatTable(names, caption, cell) {
  const named = names.some((name) => name.length > 2);
  const make = (i, j) => {
    const {text, strength, cold, muted, title} = cell(i, j);
    const td = el('td', {title, class: muted ? 'muted' : text === '·' ? 'zero' : strength > 0.55 ? 'hot' : null}, text);
    if (strength > 0) td.style.backgroundColor = `rgba(var(--${cold ? 'cold' : 'error'}), ${(0.1 + 0.8 * strength).toFixed(3)})`;
    return td;
  };
  return el('table', {class: named ? 'heat names' : 'heat'},
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, el('td', {'aria-label': 'true class, by row; predicted class, by column'}, ''),
      names.map((name) => el('th', {scope: 'col'}, el('span', {}, name))))),
    el('tbody', {}, names.map((name, i) => el('tr', {}, el('th', {scope: 'row'}, name), names.map((unused, j) => make(i, j))))));
}

function matrixTable(optimizer, names, unit) {
  const matrix = optimizer.confusion;
  const part = shares(matrix);
  let worst = 0;
  part.forEach((row, i) => row.forEach((share, j) => { if (i !== j) worst = Math.max(worst, share); }));
  const runs = optimizer.confusion_runs > 1 ? `, sum over ${optimizer.confusion_runs} seeds` : '';
  return heatTable(names, `${optimizer.title}${runs}. Rows are the true classes, columns the predictions.`, (i, j) => ({
    text: matrix[i][j] === 0 ? '·' : unit === 'counts' ? String(matrix[i][j]) : fixed(100 * part[i][j], 1),
    strength: i === j || worst === 0 ? 0 : part[i][j] / worst,
    muted: i === j,
    title: `true ${names[i]}, predicted ${names[j]}: ${whole(matrix[i][j])}, ${percent(part[i][j], 2)} of the true class`,
  }));
}

// First minus second, in points of percent of the true class, so that different numbers of seeds do not matter. More errors are warm, fewer
// are cold; on the diagonal fewer hits are warm.
function differenceTable(first, second, names) {
  const a = shares(first.confusion);
  const b = shares(second.confusion);
  const difference = a.map((row, i) => row.map((share, j) => 100 * (share - b[i][j])));
  const most = greatest(difference.flat().map(Math.abs));
  return heatTable(names, `${first.title} minus ${second.title}, in points of percent of the true class.`, (i, j) => {
    const value = difference[i][j];
    const text = value.toFixed(1);
    const signed = Number(text) === 0 ? '·' : value > 0 ? `+${text}` : text.replace('-', '−');
    return {
      text: signed, strength: most === 0 || signed === '·' ? 0 : Math.abs(value) / most, cold: i === j ? value > 0 : value < 0, muted: false,
      title: `true ${names[i]}, predicted ${names[j]}: ${percent(a[i][j], 2)} against ${percent(b[i][j], 2)}`,
    };
  });
}

function confusions(experiment) {
  const shown = experiment.optimizers.filter((o) => o.confusion.length);
  if (!shown.length) return [experimentHeading(experiment), el('p', {}, 'There was no evaluation.')];
  const names = experiment.class_names;
  const grid = el('div', {class: 'grid thirds'});
  const draw = (unit) => grid.replaceChildren(...shown.map((o) => matrixTable(o, names, unit)));
  draw('counts');
  const parts = [
    experimentHeading(experiment),
    el('div', {class: 'controls'}, el('span', {class: 'note'}, 'Cells:'),
      choice('Unit of the matrices', [['counts', 'Counts'], ['percent', 'Percent of the row']], 'counts', draw)),
    grid,
    experiment.insights.length ? el('h4', {class: 'spaced'}, 'In words') : null,
    sentences(experiment.insights),
  ];
  return parts;
}

// Of matrices that have the same classes, of one file or of several.
function differences(experiments) {
  const kinds = new Map();
  for (const experiment of experiments) {
    const key = JSON.stringify(experiment.class_names);
    const place = report.experiments.length > 1 ? `, ${sourceName(experiment.source)}` : '';
    const shown = experiment.optimizers.filter((o) => o.confusion.length).map((o) => ({confusion: o.confusion, title: `${o.title}${place}`}));
    const known = kinds.get(key) || {names: experiment.class_names, shown: []};
    known.shown.push(...shown);
    kinds.set(key, known);
  }
  return [...kinds.values()].filter(({shown}) => shown.length > 1).map(({shown, names}) => difference(shown, names));
}

function difference(shown, names) {
  const titles = shown.map((o) => o.title);
  const picked = [0, shown.length - 1];
  const place = el('div', {});
  const draw = () => place.replaceChildren(differenceTable(shown[picked[0]], shown[picked[1]], names));
  const pick = (which) => (value) => {
    picked[which] = value;
    draw();
  };
  draw();
  return el('div', {class: 'difference'}, el('h4', {}, 'Difference of two'),
    el('p', {class: 'note'}, 'Warm cells are where the first errs more often, cold ones where it errs less; on the diagonal warm is fewer hits.'),
    el('div', {class: 'controls'}, menu('First matrix', titles, picked[0], pick(0)), 'minus', menu('Second matrix', titles, picked[1], pick(1))),
    place);
}
