// Pictures of the data: what the digits look like, and where each optimizer was surest and wrong. Pixels are drawn, never loaded.

function picture(pixels, rows, columns, description) {
  const canvas = el('canvas', {width: columns, height: rows, role: 'img', 'aria-label': description, title: description});
  const context = canvas.getContext('2d');
  const bytes = atob(pixels);
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < bytes.length; ++i) {
    const ink = 255 - bytes.charCodeAt(i);
    image.data.set([ink, ink, ink, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

function sampleGrid(set) {
  const name = (label) => set.class_names[label] || String(label);
  return [
    el('h3', {}, `What ${set.dataset} looks like`),
    el('p', {class: 'note'}, 'The first training images of each class.'),
    el('ul', {class: 'pictures samples'}, set.images.map((image) =>
      el('li', {}, picture(image.pixels, set.rows, set.columns, `training image ${image.index}: ${name(image.label)}`)))),
  ];
}

function mistakes(experiment) {
  const name = (label) => experiment.class_names[label] || String(label);
  const shown = experiment.optimizers.filter((o) => o.mistakes.length);
  if (!shown.length) return [];
  return [experimentHeading(experiment), ...shown.flatMap((o) => [
    el('h4', {class: 'spaced'}, `${o.title}: surest when wrong`),
    el('ul', {class: 'pictures'}, o.mistakes.map((m) => {
      const runs = o.runs.length > 1 ? `, in ${m.runs} of ${o.runs.length} seeds` : '';
      const description = `test image ${m.index}: ${name(m.label)}, taken for ${name(m.predicted)} with ${percent(m.probability, 2)}${runs}`;
      return el('li', {}, picture(m.pixels, experiment.rows, experiment.columns, description),
        `${name(m.label)} → ${name(m.predicted)}`, el('br'), el('span', {class: 'soft'}, percent(m.probability, 2)));
    })),
  ])];
}
