// The page put together, section by section; sections without data are left out.

const kSections = [
  {id: 'summary', title: 'Summary', make: () => (report.summary.length ?
    [el('p', {class: 'lead'}, report.summary[0]), sentences(report.summary.slice(1))] : [])},
  {id: 'results', title: 'Optimizers', make: () => report.experiments.flatMap(resultTable)},
  {id: 'curves', title: 'Learning curves', make: () => report.experiments.flatMap(curves)},
  {id: 'confusion', title: 'Confusion', make: () => [...report.experiments.flatMap(confusions),
    ...differences(report.experiments)]},
  {id: 'throughput', title: 'Throughput', make: () => {
    const figures = throughputFigures().filter((figure) => figure);
    return figures.length ? [el('p', {class: 'note'}, 'Both axes are logarithmic. Points are medians; bars are 95 % intervals of the median ' +
      'where there are six repetitions or more, else they reach from the lowest to the highest.'), el('div', {class: 'grid'}, figures)] : [];
  }},
  {id: 'share', title: 'Share of the peak', make: () => {
    const figures = shareFigures().filter((figure) => figure);
    return figures.length ? [el('p', {class: 'note'}, 'Of the multiply-add peak that the same threads reached in the same process. That peak is of f32, so bf16 and ' +
      'int8, which multiply faster, have no share of it.'),
      el('div', {class: 'grid'}, figures)] : [];
  }},
  {id: 'time', title: 'Time to accuracy', make: () => (report.times.length ? [...timeFigures(), ...recordBlock()] : [])},
  {id: 'roofline', title: 'Roofline', make: () => {
    const drawable = report.rooflines.filter((roofline) => roofline.points.length);
    return drawable.length ? [el('div', {class: drawable.length > 1 ? 'grid' : ''}, drawable.map(rooflineFigure))] : [];
  }},
  {id: 'latency', title: 'Latency', make: latencyBlock},
  {id: 'benchmarks', title: 'Other benchmarks', make: () => report.bench_rows.flatMap(otherBenchmarks)},
  {id: 'comparison', title: 'Comparison', make: () => [report.pooled.length ? sentences(report.pooled) : null,
    ...report.rankings.flatMap(rankingBlock), ...report.comparisons.flatMap(comparisonBlock),
    report.not_compared.length ? sentences(report.not_compared) : null].filter((part) => part)},
  {id: 'pictures', title: 'Pictures', make: () => [...report.data_samples.flatMap(sampleGrid), ...report.experiments.flatMap(mistakes)]},
  {id: 'facts', title: 'Where this comes from', make: () => [...machineTable(), ...report.sources.flatMap(sourceFacts)]},
];

// What is in the page stays in the page: an error in one section must not cost the others, but it must be seen.
function build() {
  const content = document.getElementById('content');
  const links = [];
  if (!chartsAvailable) {
    content.append(el('p', {class: 'banner'}, 'This build had no Chart.js, so there are tables in the place of charts. ' +
      'On Debian: install libjs-chart.js and build again.'));
  }
  for (const {id, title, make} of kSections) {
    const section = el('section', {id, 'aria-labelledby': `${id}-title`}, el('h2', {id: `${id}-title`}, title));
    content.append(section);
    const parts = make().filter((part) => part !== null && part !== undefined);
    if (!parts.length) {
      section.remove();
      continue;
    }
    section.append(...parts);
    links.push(el('li', {}, el('a', {href: `#${id}`}, title)));
  }
  document.getElementById('contents').append(el('ul', {}, links));
  const files = report.sources.map((source) => source.name);
  document.getElementById('provenance').textContent = files.length > 3 ? `${files.length} result files` : files.join(', ');
  document.title = `mnist report: ${files.length > 1 ? `${files.length} files` : files[0]}`;
}

build();
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
matchMedia('print').addEventListener('change', repaint);
window.addEventListener('beforeprint', () => {
  drawAll();
  repaint();
  kCharts.forEach((chart) => chart.resize());
});
window.addEventListener('afterprint', () => kCharts.forEach((chart) => chart.resize()));
document.documentElement.dataset.ready = 'true';
