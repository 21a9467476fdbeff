// Charts: in a figure that stands in the page with its caption and its numbers, the legend as buttons (a keyboard reaches them, a screen
// reader names them) and the canvas. Intervals are drawn by a plugin of a few lines, because Chart.js has none of its own.

const kCharts = [];
const kPending = new Map();  // what draws a figure, by the box that it will be drawn in

// Charts are drawn when they come near the window: a page of twenty files has more of them than anybody sees at once.
const drawer = 'IntersectionObserver' in window ? new IntersectionObserver((entries) => {
  entries.filter((entry) => entry.isIntersecting).forEach((entry) => drawNow(entry.target));
}, {rootMargin: '600px'}) : null;

function drawNow(box) {
  const draw = kPending.get(box);
  if (!draw) return;
  kPending.delete(box);
  if (drawer) drawer.unobserve(box);
  draw();
}

// Paper has no window to come near to.
function drawAll() {
  [...kPending.keys()].forEach(drawNow);
}

// Bands (along a line) and bars (at a point) from `low` to `high` of the raw points of a dataset.
const intervalPlugin = {
  id: 'intervals',
  beforeDatasetsDraw(chart) {
    const {ctx, scales: {x, y}, chartArea: area} = chart;
    ctx.save();
    ctx.beginPath();
    ctx.rect(area.left, area.top, area.width, area.height);
    ctx.clip();
    chart.data.datasets.forEach((dataset, i) => {
      if (!dataset.interval || !chart.isDatasetVisible(i)) return;
      const points = dataset.data.filter((p) => p.low !== null && p.low !== undefined && p.high > p.low);
      ctx.strokeStyle = dataset.borderColor;
      ctx.fillStyle = dataset.borderColor;
      if (dataset.bars) {
        const half = 7;
        ctx.globalAlpha = 0.3;
        for (const p of dataset.data) ctx.fillRect(x.getPixelForValue(0), y.getPixelForValue(p.y) - half, x.getPixelForValue(p.x) - x.getPixelForValue(0), 2 * half);
      }
      if (dataset.interval === 'band') {
        ctx.globalAlpha = 0.16;
        ctx.beginPath();
        points.forEach((p) => ctx.lineTo(x.getPixelForValue(p.x), y.getPixelForValue(p.high)));
        points.slice().reverse().forEach((p) => ctx.lineTo(x.getPixelForValue(p.x), y.getPixelForValue(p.low)));
        ctx.fill();
      } else {
        ctx.globalAlpha = 0.75;
        ctx.lineWidth = 1.5;
        for (const p of points) {
          const across = dataset.interval === 'x';
          const fromX = x.getPixelForValue(across ? p.low : p.x);
          const toX = x.getPixelForValue(across ? p.high : p.x);
          const fromY = y.getPixelForValue(across ? p.y : p.low);
          const toY = y.getPixelForValue(across ? p.y : p.high);
          ctx.beginPath();
          ctx.moveTo(fromX, fromY);
          ctx.lineTo(toX, toY);
          for (const [cx, cy] of [[fromX, fromY], [toX, toY]]) {
            ctx.moveTo(cx - (across ? 0 : 3), cy - (across ? 3 : 0));
            ctx.lineTo(cx + (across ? 0 : 3), cy + (across ? 3 : 0));
          }
          ctx.stroke();
        }
      }
      ctx.globalAlpha = 1;
    });
    ctx.restore();
  },
};

function axis(title, options) {
  return {
    title: {display: true, text: title}, ...options,
    grid: {tickLength: 0, ...(options && options.grid)},
    ticks: {maxRotation: 0, ...(options && options.ticks)},
  };
}

// Ticks of a log axis where people expect them: the coarsest of these that gives a few.
function logTicks(min, max) {
  const steps = (size) => Array.from({length: 9 / size}, (unused, i) => Number((1 + i * size).toFixed(1)));
  for (const digits of [[1], [1, 2, 5], [1, 1.5, 2, 3, 4, 5, 6, 8], steps(0.5), steps(0.1)]) {
    const ticks = [];
    for (let size = Math.floor(Math.log10(min)); size <= Math.log10(max); ++size)
      ticks.push(...digits.map((digit) => Number(`${digit}e${size}`)).filter((value) => value >= min && value <= max));
    if (ticks.length > 2) return ticks;
  }
  return [min, max];
}

// `values`: the only ticks, where they were measured; else logTicks().
function logAxis(title, values, options) {
  const format = values ? whole : compact;
  return axis(title, {
    type: 'logarithmic', ...options,
    ticks: {callback: (value) => format(value)},
    afterBuildTicks: (scale) => {
      scale.ticks = (values || logTicks(scale.min, scale.max)).map((value) => ({value}));
    },
  });
}

// Points of which disturbances leave nothing to decide.
function isSpoilt(point) {
  return Boolean(point && point.disturbed && point.disturbed.spoilt);
}

function disturbedLines({disturbed}) {
  if (!disturbed) return [];
  return [`${disturbed.spoilt ? '' : `${disturbed.repetitions} of ${disturbed.of} `}disturbed: ${disturbed.reason}`];
}

// Colours by name, so that a change between light and dark (or paper) can set them anew.
function paintDatasets(datasets) {
  for (const dataset of datasets) {
    dataset.borderColor = colour(dataset.colour);
    dataset.backgroundColor = dataset.hollow ? colour('ground') : colour(dataset.colour);
    dataset.pointBorderColor = dataset.borderColor;
    dataset.pointBackgroundColor = (context) => (isSpoilt(context.raw) ? colour('ground') : dataset.backgroundColor);
  }
}

function paint(chart) {
  paintDatasets(chart.data.datasets);
  chart.options.color = colour('soft');
  for (const scale of Object.values(chart.options.scales)) {
    scale.grid.color = colour('grid');
    scale.grid.borderColor = colour('line');
    scale.ticks.color = colour('soft');
    scale.ticks.padding = 6;
    scale.title.color = colour('soft');
  }
  chart.options.plugins.tooltip.backgroundColor = colour('ink');
  chart.options.plugins.tooltip.titleColor = colour('ground');
  chart.options.plugins.tooltip.bodyColor = colour('ground');
}

function repaint() {
  for (const chart of kCharts) {
    paint(chart);
    chart.update('none');
  }
}

// Chart.js with what all charts share. Hover texts come from `describe(point, dataset)`: lines of text.
function drawChart(canvas, {datasets, scales, describe, title}) {
  paintDatasets(datasets);  // before the points are made: they keep the colours that they were made with
  const chart = new Chart(canvas, {
    type: 'line',
    data: {datasets},
    plugins: [intervalPlugin],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, parsing: false, scales,
      interaction: {mode: 'nearest', intersect: false, axis: 'xy'},
      font: {family: 'system-ui, sans-serif'},
      elements: {line: {borderWidth: 2, tension: 0}, point: {radius: 3.5, hoverRadius: 6, borderWidth: 1.5}},
      plugins: {
        legend: {display: false},
        tooltip: {
          displayColors: false, padding: 10, cornerRadius: 6,
          callbacks: {
            title: (items) => (items.length ? title(items[0].raw, items[0].dataset) : ''),
            label: (item) => [describe(item.raw, item.dataset), disturbedLines(item.raw)].flat(),
          },
        },
      },
    },
  });
  paint(chart);
  chart.update('none');
  kCharts.push(chart);
  return chart;
}

// Which variants a chart does not begin with, because all of them would be a tangle: of each machine the one with the most points is drawn,
// then the others by their points, while there is room.
function crowdedOut(datasets) {
  const kMostLines = 12;
  if (datasets.length <= kMostLines) return new Set();
  const variants = [...new Set(datasets.map((dataset) => dataset.keyB))].filter((key) => key).map((key) => {
    const own = datasets.filter((dataset) => dataset.keyB === key);
    return {key, lines: own.length, machine: own[0].machine, points: own.reduce((sum, dataset) => sum + dataset.data.length, 0)};
  }).sort((a, b) => b.points - a.points);
  const turns = new Map();
  for (const variant of variants) {
    variant.turn = turns.get(variant.machine) || 0;
    turns.set(variant.machine, variant.turn + 1);
  }
  let lines = 0;
  return new Set(variants.sort((a, b) => a.turn - b.turn).filter((variant, i) => {
    lines += variant.lines;
    return i > 0 && lines > kMostLines;
  }).map((variant) => variant.key));
}

// The legend: one button an optimizer and one a variant; a series shows while both are on. `sync` is called with the wanted state.
function legend(datasets, sync) {
  const off = crowdedOut(datasets);
  const update = () => sync((dataset) => !off.has(dataset.keyA) && !off.has(dataset.keyB));
  // What would fill a screen has to be opened: those that are not drawn at first, and all beyond a few.
  const group = (name, all, content) => {
    const drawn = all.filter((key) => !off.has(key)).length;
    const kMostButtons = drawn < all.length ? Math.min(drawn, 6) : 8;
    const keys = [...all].sort((a, b) => off.has(a) - off.has(b));
    const buttons = keys.map((key) => toggle(content(key), (on) => {
      if (on) off.delete(key);
      else off.add(key);
      update();
    }, !off.has(key)));
    const rest = buttons.slice(kMostButtons);
    return keys.length < 2 ? null : el('div', {class: 'group', role: 'group', 'aria-label': name}, buttons.slice(0, kMostButtons),
      rest.length ? el('details', {class: 'rest'}, el('summary', {}, `${rest.length} more`), el('div', {class: 'group'}, rest)) : null);
  };
  const unique = (key) => [...new Set(datasets.map((dataset) => dataset[key]))].filter((value) => value);
  const first = (key, value) => datasets.find((dataset) => dataset[key] === value);
  const swatch = (key) => {
    const mark = el('span', {class: 'swatch'});
    mark.style.backgroundColor = `var(--${first('keyA', key).colour})`;
    return [mark, first('keyA', key).nameA];
  };
  // Where colours do not stand for series, each variant has one of its own, and so has its sign.
  const shape = (key) => {
    const mark = el('span', {class: 'shape', 'aria-hidden': 'true'}, first('keyB', key).sign);
    if (unique('keyA').length < 2) mark.style.color = `var(--${first('keyB', key).colour})`;
    return [mark, first('keyB', key).nameB];
  };
  const groups = [group('Series', unique('keyA'), swatch), group('Files and variants', unique('keyB'), shape)].filter((part) => part);
  if (off.size) groups.push(showAll(groups, off, unique('keyB').length, update));
  update();
  return groups;
}

// Says that a chart does not show all that there is, with a button that does.
function showAll(groups, off, all, update) {
  const shown = all - off.size;
  const line = el('p', {class: 'note'}, `${shown} of ${all} are drawn, the table has all. `, el('button', {type: 'button', class: 'all', onclick: () => {
    off.clear();
    groups.forEach((part) => part.querySelectorAll('button.toggle').forEach((button) => button.setAttribute('aria-pressed', 'true')));
    update();
    groups[0].querySelector('button').focus();
    line.remove();
  }}, `Draw all ${all}`));
  return line;
}

// Puts a chart above the numbers of its figure and closes these. chart: {datasets, scales, describe, title}; `onDraw` gets the chart once it
// exists.
function addChart(figure, {chart, onDraw, height}) {
  const details = figure.querySelector('details');
  const canvas = el('canvas', {role: 'img', 'aria-label': `${figure.querySelector('h4').textContent}. The numbers are in the table below.`});
  const box = el('div', {class: 'canvas'}, canvas);
  if (height) box.style.height = `${height}px`;
  let drawn = null;
  let isOn = () => true;
  const show = () => {
    if (!drawn) return;
    drawn.data.datasets.forEach((dataset, i) => drawn.setDatasetVisibility(i, isOn(dataset)));
    drawn.update('none');
  };
  kPending.set(box, () => {
    drawn = drawChart(canvas, chart);
    if (onDraw) onDraw(drawn);
    show();
  });
  const buttons = legend(chart.datasets, (wanted) => {
    isOn = wanted;
    show();
  });
  if (buttons.length) details.before(el('div', {class: 'controls'}, buttons));
  if (chart.datasets.some((dataset) => dataset.data.some(isSpoilt)))
    figure.querySelector('figcaption').append(el('p', {class: 'note'}, 'Hollow points are disturbed; nothing is decided from them.'));
  details.before(box);
  details.open = false;
  if (drawer) drawer.observe(box);
}
