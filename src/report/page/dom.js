// Elements are made by name and text only. Nothing here parses text as HTML, so nothing in a file can become markup.
'use strict';

// el('p', {class: 'note'}, 'text', element): attributes by name, `on` + event for listeners; null children are left out.
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined) element.append(child);
  }
  return element;
}

function sentences(list) {
  return el('ul', {class: 'sentences'}, list.map((text) => el('li', {}, text)));
}

// A table. Columns: {name, number, wide, cell(row)}; the first one heads its row. A cell is text, an element, or null for "–".
// The roles are said aloud, because on a phone the rows are laid out as blocks and would lose them.
function table(columns, rows, caption) {
  const cell = (column, row, index) => {
    const content = column.cell(row);
    const kind = [column.number ? 'number' : '', column.wide ? 'wide' : ''].join(' ').trim();
    const attributes = {class: kind || null};
    const shown = content === null || content === undefined || content === '' ? '–' : content;
    if (index === 0) return el('th', {...attributes, scope: 'row', role: 'rowheader'}, shown);
    return el('td', {...attributes, role: 'cell', 'data-name': column.name}, el('span', {}, shown));
  };
  const whole = el('table', {class: 'stack', role: 'table'},
    caption ? el('caption', {}, caption) : null,
    el('thead', {role: 'rowgroup'}, el('tr', {role: 'row'}, columns.map((column) =>
      el('th', {scope: 'col', role: 'columnheader', class: column.number ? 'number' : null}, column.name)))),
    el('tbody', {role: 'rowgroup'}, rows.map((row) => el('tr', {role: 'row'}, columns.map((column, i) => cell(column, row, i))))));
  return el('div', {class: 'tablebox'}, whole);  // its width decides how the rows are laid out
}

// Made when it is first opened: a page of twenty files has more table cells than anybody reads.
function disclosure(title, make, open) {
  const element = el('details', {}, el('summary', {}, title));
  let made = false;
  const fill = () => {
    if (made) return;
    made = true;
    element.append(make());
  };
  element.addEventListener('toggle', fill);
  if (open) {
    element.open = true;
    fill();
  }
  return element;
}

// Buttons of which one is chosen. Options: [value, text].
function choice(name, options, chosen, onChoose) {
  const buttons = options.map(([value, text]) => el('button', {
    type: 'button', class: 'choice', 'aria-pressed': String(value === chosen), onclick: () => {
      buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(options[i][0] === value)));
      onChoose(value);
    },
  }, text));
  return el('div', {class: 'group', role: 'group', 'aria-label': name}, buttons);
}

// A button that is on or off.
function toggle(content, onToggle, isOn = true) {
  const button = el('button', {type: 'button', class: 'toggle', 'aria-pressed': String(isOn), onclick: () => {
    const on = button.getAttribute('aria-pressed') !== 'true';
    button.setAttribute('aria-pressed', String(on));
    onToggle(on);
  }}, content);
  return button;
}

// A menu. Options: texts; the value is the place in them.
function menu(name, options, chosen, onChoose) {
  const select = el('select', {'aria-label': name, onchange: () => onChoose(Number(select.value))},
    options.map((text, i) => el('option', {value: i, selected: i === chosen ? '' : null}, text)));
  return select;
}
