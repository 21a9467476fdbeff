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

// Above the captions that stand in the page; samples have none.
function addPictures() {
  for (const list of document.querySelectorAll('[data-samples]')) {
    const set = report.data_samples[list.dataset.samples];
    const name = (label) => set.class_names[label] || String(label);
    list.append(...set.images.map((image) =>
      el('li', {}, picture(image.pixels, set.rows, set.columns, `training image ${image.index}: ${name(image.label)}`))));
  }
  for (const list of document.querySelectorAll('[data-mistakes]')) {
    const [place, index, from] = list.dataset.mistakes.split(' ').map(Number);
    const experiment = report.experiments[place];
    const optimizer = experiment.optimizers[index];
    const name = (label) => experiment.class_names[label] || String(label);
    optimizer.mistakes.slice(from, from + list.children.length).forEach((m, i) => {
      const runs = optimizer.runs.length > 1 ? `, in ${m.runs} of ${optimizer.runs.length} seeds` : '';
      const description = `test image ${m.index}: ${name(m.label)}, taken for ${name(m.predicted)} with ${percent(m.probability, 2)}${runs}`;
      list.children[i].prepend(picture(m.pixels, experiment.rows, experiment.columns, description));
    });
  }
}
