// Where the figures come from: machine, build, data and settings of every file, and the command that measures them again.

const kFactGroups = [['mnist.machine.', 'Machine'], ['mnist.build.', 'Build'], ['mnist.dataset.', 'Data'], ['mnist.config.', 'Settings'], ['', 'Everything else']];

function factGroups(facts) {
  let left = facts;
  return kFactGroups.map(([start, title]) => {
    const rows = left.filter(([key]) => key.startsWith(start));
    left = left.filter(([key]) => !key.startsWith(start));
    return {title, rows: rows.map(([key, value]) => [key.slice(start.length), value])};
  }).filter((group) => group.rows.length);
}

function sourceFacts(source) {
  const when = source.created ? `, ${source.created}` : '';
  const build = source.version ? ` Version ${source.version}${source.commit ? `, commit ${source.commit.slice(0, 12)}` : ''}.` : '';
  return [
    el('h3', {}, source.name),
    el('p', {class: 'note'}, `${source.kind === 'train' ? 'Training' : 'Benchmarks'}${source.label ? ` on ${source.label}` : ''}${when}.${build}`),
    source.command ? el('code', {class: 'command'}, source.command) : null,
    source.skipped.length ? disclosure(`Rows that were left out (${source.skipped.length})`, () =>
      sentences(source.skipped.map((row) => `${row.name}: ${row.reason}`))) : null,
    disclosure(`Machine, build and data (${source.facts.length} facts)`, () => el('div', {}, factGroups(source.facts).map((group) => [
      el('h4', {class: 'spaced'}, group.title),
      el('dl', {}, group.rows.map(([key, value]) => [el('dt', {}, key), el('dd', {}, value)]).flat()),
    ]).flat())),
  ];
}
