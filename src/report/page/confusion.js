// Switches of the confusion matrices, which stand in the page: counts or percent, and the difference of any two.

function addUnitSwitches() {
  for (const grid of document.querySelectorAll('#confusion .grid')) {
    const cells = [...grid.querySelectorAll('[data-percent]')].map((cell) => ({cell, counts: cell.textContent, percent: cell.dataset.percent}));
    grid.before(el('div', {class: 'controls'}, el('span', {class: 'note'}, 'Cells:'),
      choice('Unit of the matrices', [['counts', 'Counts'], ['percent', 'Percent of the row']], 'counts',
        (unit) => cells.forEach((each) => { each.cell.textContent = each[unit]; }))));
  }
}

function shares(matrix) {
  return matrix.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total ? count / total : 0));
  });
}

// Fills the cells of a difference as the page was written with the first pair's (sections_confusion.cpp says what warm and cold mean).
function fillDifference(table, first, second) {
  const a = shares(first.confusion);
  const b = shares(second.confusion);
  const most = greatest(a.flatMap((row, i) => row.map((share, j) => Math.abs(share - b[i][j]))));
  table.caption.textContent = `${first.title} minus ${second.title}, in points of percent of the true class.`;
  [...table.tBodies[0].rows].forEach((row, i) => [...row.cells].slice(1).forEach((cell, j) => {
    const value = a[i][j] - b[i][j];
    const size = Math.abs(100 * value).toFixed(1);
    const none = size === '0.0';
    const cold = i === j ? value > 0 : value < 0;
    cell.textContent = none ? '·' : `${value > 0 ? '+' : '−'}${size}`;
    cell.className = none ? 'zero' : `${cold ? 'c' : 'e'}${Math.min(9, Math.max(1, Math.ceil(9 * Math.abs(value) / most)))}`;
    cell.title = cell.title.replace(/: .*/s, `: ${percent(a[i][j], 2)} against ${percent(b[i][j], 2)}`);
  }));
}

function addDifferenceMenus() {
  for (const box of document.querySelectorAll('[data-matrices]')) {
    const shown = box.dataset.matrices.split(' ').map((place) => {
      const [experiment, optimizer] = place.split('.').map(Number);
      const {confusion, title} = report.experiments[experiment].optimizers[optimizer];
      return {confusion, title: report.experiments.length > 1 ? `${title}, ${sourceTitle(report.experiments[experiment].source)}` : title};
    });
    const titles = shown.map((one) => one.title);
    const picked = [0, shown.length - 1];
    const table = box.querySelector('table');
    const pick = (which) => (value) => {
      picked[which] = value;
      fillDifference(table, shown[picked[0]], shown[picked[1]]);
    };
    table.before(el('div', {class: 'controls'}, menu('First matrix', titles, picked[0], pick(0)), 'minus',
      menu('Second matrix', titles, picked[1], pick(1))));
  }
}
