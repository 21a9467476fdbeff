// Elements of controls, made by name and text only. Nothing here parses text as HTML, so nothing in a file can become markup.
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
