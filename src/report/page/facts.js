// Where the figures come from: machine, build, data and settings of every file, and the command that measures them again.

const kFactGroups = [['mnist.machine.', 'Machine'], ['mnist.build.', 'Build'], ['mnist.dataset.', 'Data'], ['mnist.config.', 'Settings'], ['mnist.run.', 'Run'], ['', 'Everything else']];

function factGroups(facts) {
  let left = facts;
  return kFactGroups.map(([start, title]) => {
    const rows = left.filter(([key]) => key.startsWith(start));
    left = left.filter(([key]) => !key.startsWith(start));
    return {title, rows: rows.map(([key, value]) => [key.slice(start.length), value])};
  }).filter((group) => group.rows.length);
}

const kGigabyte = 1e9;

// What people compare CPUs by, a row a file.
function machineTable() {
  const fact = (source, key) => (source.facts.find(([name]) => name === key) || [null, null])[1];
  const number = (text) => (text === null || !Number.isFinite(Number(text)) ? null : Number(text));
  // Of several counts of threads, the last one is the greatest.
  const peak = (source) => number(fact(source, 'mnist.fma_peak_gflops')) ||
    number(fact(source, `mnist.fma_peak_gflops.threads:${source.threads.split(',').at(-1)}`));
  const ours = report.sources.filter((source) => source.cpu_model);
  if (!ours.length) return [];
  return [
    el('h3', {}, 'Machines'),
    table([
      {name: 'File', wide: true, cell: (source) => source.name},
      {name: 'CPU', cell: (source) => source.cpu_model},
      {name: 'Cores', number: true, cell: (source) => fact(source, 'mnist.machine.usable_cores')},
      {name: 'Threads', number: true, cell: (source) => source.threads},
      {name: 'Instructions', cell: (source) => fact(source, 'mnist.machine.isa')},
      {name: 'Multiply-add peak, GFLOP/s', number: true, cell: (source) => (peak(source) === null ? null : short(peak(source)))},
      {name: 'Memory, GB', number: true, cell: (source) => {
        const bytes = number(fact(source, 'mnist.machine.memory_bytes'));
        return bytes === null ? null : short(bytes / kGigabyte);
      }},
      {name: 'Measured', cell: (source) => (source.created ? el('span', {class: 'together'}, source.created.slice(0, 10)) : null)},
    ], ours),
  ];
}

// Lines end between words only, not behind the dashes of a flag; a word that is longer than a line is the exception.
function commandBlock(command) {
  return el('code', {class: 'command'}, command.split(' ').flatMap((word, i) => [i > 0 ? ' ' : null, el('span', {}, word)]));
}

function sourceFacts(source) {
  const when = source.created ? `, ${source.created}` : '';
  const build = source.version ? ` Version ${source.version}${source.commit ? `, commit ${source.commit.slice(0, 12)}` : ''}.` : '';
  return [
    el('h3', {}, source.name),
    el('p', {class: 'note'}, `${source.kind === 'train' ? 'Training' : 'Benchmarks'}${source.label ? ` on ${source.label}` : ''}${when}.${build}`),
    source.disturbed ? el('p', {}, `The machine was busy: ${source.disturbed} of ${plural(source.repetitions, 'repetition')} lost more than 2\u00a0% of their ` +
      'time to other virtual machines.') : null,
    source.disturbed ? disclosure(`Disturbed benchmarks (${source.disturbed_rows.length})`, () => sentences(source.disturbed_rows)) : null,
    source.command ? commandBlock(source.command) : null,
    source.command_note ? el('p', {class: 'note'}, source.command_note) : null,
    source.skipped.length ? disclosure(`Rows that were left out (${source.skipped.length})`, () =>
      sentences(source.skipped.map((row) => `${row.name}: ${row.reason}`))) : null,
    disclosure(`Machine, build and data (${source.facts.length} facts)`, () => el('div', {}, factGroups(source.facts).map((group) => [
      el('h4', {class: 'spaced'}, group.title),
      el('dl', {}, group.rows.map(([key, value]) => [el('dt', {}, key), el('dd', {}, value)]).flat()),
    ]).flat())),
  ];
}
