// What the page's script adds to the page, which is whole without it: charts, pictures, switches.

const kFigures = {
  accuracy: accuracyFigure, loss: lossFigure, losses: lossesFigure, samples_per_second: throughputFigure, peak_fraction: shareFigure, time: timeFigure,
  roofline: rooflineFigure, libraries: librariesFigure, history: historyFigure, latency: latencyFigure, ratios: ratioFigure,
};

// On a phone rows are laid out as blocks, and browsers do not take these for rows any more.
function nameTableRoles() {
  const roles = {table: 'table', thead: 'rowgroup', tbody: 'rowgroup', tr: 'row', td: 'cell', 'thead th': 'columnheader', 'tbody th': 'rowheader'};
  for (const [tag, role] of Object.entries(roles))
    document.querySelectorAll(`.tablebox ${tag}`).forEach((element) => element.setAttribute('role', role));
}

function build() {
  nameTableRoles();
  addUnitSwitches();
  addDifferenceMenus();
  addPictures();
  if (!chartsAvailable) return;
  for (const figure of document.querySelectorAll('[data-chart]')) {
    const [kind, ...of] = figure.dataset.chart.split(' ');
    kFigures[kind](figure, ...of);
  }
}

build();
if (chartsAvailable) document.querySelectorAll('.unscripted').forEach((note) => note.remove());
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
matchMedia('print').addEventListener('change', repaint);
window.addEventListener('beforeprint', () => {
  drawAll();
  repaint();
  kCharts.forEach((chart) => chart.resize());
});
window.addEventListener('afterprint', () => kCharts.forEach((chart) => chart.resize()));
document.documentElement.dataset.ready = 'true';
