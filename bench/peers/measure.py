"""Measures one benchmark once, in a process of its own, and returns rows as Google Benchmark writes them. Whatever goes wrong in that process is a row with
the reason. Left out: what the scripts compute; each of them says that itself."""
import json
import math
import os
import tempfile

from catalogue import LIBRARIES, OURS
from install import PYTHON, python_of
from processes import Failed, output_of, plain

WORDS = ('version', 'how')  # keys of a script's line that are no numbers
MOST_WORDS = 200


def cores():
    """One CPU of each physical core that may be used."""
    chosen = {}
    for cpu in sorted(os.sched_getaffinity(0)):
        try:
            with open(f'/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list', encoding='ascii') as f:
                core = f.read()
        except OSError:
            core = cpu
        chosen.setdefault(core, cpu)
    return list(chosen.values())


def figures_of(text, needed):
    """The one line that a script prints, with `needed` numbers above 0 in it; all other numbers are finite."""
    shown = repr(text[:80])
    try:
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError
        words = {key: plain(str(found[key]))[:MOST_WORDS] for key in WORDS if key in found}
        numbers = {key: value for key, value in found.items() if key not in WORDS}
        wrong = [key for key, value in numbers.items() if type(value) not in (int, float) or not 0 <= float(value) < math.inf]
    except (ValueError, RecursionError, OverflowError):
        raise Failed(f'expected one line of JSON, found {shown}') from None
    wrong += [key for key in needed if not numbers.get(key)]
    if wrong:
        raise Failed(f'expected a number as {wrong[0]}, found {str(found.get(wrong[0]))[:80]!r} in {shown}')
    return {**numbers, **words}


def row(name, round_index, rounds, seconds, unit, **more):
    scale = {'ms': 1e3, 'us': 1e6}[unit]
    return {'name': name, 'run_name': name, 'run_type': 'iteration', 'repetitions': rounds, 'repetition_index': round_index, 'threads': 1, 'iterations': 1,
            'real_time': seconds * scale, 'cpu_time': seconds * scale * more.get('cpus', 1), 'time_unit': unit, **more}


def error_row(name, reason, round_index=0, rounds=1):
    return {'name': name, 'run_name': name, 'run_type': 'iteration', 'repetitions': rounds, 'repetition_index': round_index, 'threads': 1,
            'error_occurred': True, 'error_message': reason}


class Measurer:
    """`folder`: the four plain IDX files. Raises Failed where our own program does not run at all."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.models = {}  # the files of inference, by format
        self.cores = cores()
        try:
            self.facts = self.bench('Train/SGD/batch:1024', '--threads', 'auto', '--epochs', '1')['context']  # of the machine, whatever is measured later
        except Failed as error:
            raise Failed(f'{options.bench}: {error}') from error
        self.most_threads = options.threads or int(self.facts['mnist.config.threads'])
        self.context = {}
        self.versions = {}

    def bench(self, name, *more, cpus=None):
        """The result file of our own program, held to `cpus` as the others are."""
        with tempfile.TemporaryDirectory() as place:
            out = os.path.join(place, 'ours.json')
            output_of([self.options.bench, f'--benchmark_filter=^{name}$', f'--benchmark_out={out}', '--data-dir', self.folder, *more],
                      self.options.time_limit, cpus=cpus, accepted=(0, 1))  # 1: a row says why it could not be measured
            try:
                with open(out, encoding='utf-8') as f:
                    return json.load(f)
            except (OSError, ValueError) as error:
                raise Failed(f'it wrote no result: {error}') from error

    def ours(self, benchmark, round_index):
        threads = f'1,{self.most_threads}' if self.most_threads > 1 else '1'
        # A single count stands in no name of mnist_bench; here it does, so that all rows are named alike.
        asked = benchmark.name if self.most_threads > 1 else benchmark.name.replace('/threads:1', '')
        more = ['--precision', benchmark.precision, '--seed', str(round_index)] if benchmark.family == 'Train' else []
        file = self.bench(asked, '--threads', threads, '--epochs', str(self.options.epochs + 1), *more,
                          cpus=set(self.cores[:benchmark.threads]))
        self.context = {**file['context'], **self.context}
        for found in file['benchmarks']:
            if found.get('run_type') == 'iteration':
                return [{**found, 'name': benchmark.name, 'run_name': benchmark.name, 'repetitions': self.options.rounds, 'repetition_index': round_index}]
        raise Failed(f'{self.options.bench} wrote no row for {asked}')

    def command(self, benchmark):
        library = LIBRARIES[benchmark.library]
        script = library.train if benchmark.family == 'Train' else library.infer
        build = self.options.build
        if library.source != 'debian':
            program = [python_of(build, library.source), os.path.join(self.options.scripts, script)]
        elif script.endswith('.py'):
            program = [PYTHON, os.path.join(self.options.scripts, script)]
        else:
            program = [os.path.join(build, library.word, script)]
        numbers = [str(benchmark.batch), str(benchmark.threads)]
        if benchmark.family == 'Train':
            return [*program, self.folder, benchmark.optimizer, *numbers, str(self.options.epochs), benchmark.precision]
        precision = 'int8' if benchmark.precision == 'int8' else 'f32'
        model = self.models[precision + ('.safetensors' if library.peer == 'torch' else '.onnx')]
        return [*program, self.folder, model, *numbers, benchmark.precision, library.setting]

    def environment(self, benchmark):
        count = str(benchmark.threads)
        changed = dict(os.environ, OMP_NUM_THREADS=count, OPENBLAS_NUM_THREADS=count, MKL_NUM_THREADS=count, PYTHONDONTWRITEBYTECODE='1',
                       TORCHINDUCTOR_CACHE_DIR=os.path.join(self.options.build, 'torchinductor'))
        if LIBRARIES[benchmark.library].source != 'debian':
            # Meant for an older OpenBLAS than the one in the wheels, which chooses well by itself.
            for name in ('OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE'):
                changed.pop(name, None)
        return changed

    def peer(self, benchmark, round_index):
        output = output_of(self.command(benchmark), self.options.time_limit, self.environment(benchmark), set(self.cores[:benchmark.threads]))
        training = benchmark.family == 'Train'
        found = figures_of(output, ['samples_per_second', *([] if training else ['seconds_per_call'])])
        self.versions[benchmark.library] = found.pop('version', 'unknown')
        counters = {'samples_per_second': found['samples_per_second']}
        counters.update((key, found[key]) for key in ('test_loss', 'p50_us', 'p99_us', 'empty_p50_us', 'cpus') if key in found)
        if 'accuracy' in found:
            counters['test_accuracy'] = found['accuracy']
        if 'how' in found:
            counters['label'] = str(found['how'])
        rounds = self.options.rounds
        if training:
            return [row(benchmark.name, round_index, rounds, self.train_samples / found['samples_per_second'], 'ms', **counters)]
        empty = found.get('empty_seconds_per_call')
        if empty is not None:
            counters['empty_us'] = empty * 1e6
        rows = [row(benchmark.name, round_index, rounds, found['seconds_per_call'], 'us', **counters)]
        if empty and benchmark.precision == 'f32':  # the empty model is the same in all precisions
            rows.append(row(benchmark.name + '_empty', round_index, rounds, empty, 'us'))
        return rows

    @property
    def train_samples(self):
        return os.path.getsize(os.path.join(self.folder, 'train-labels-idx1-ubyte')) - 8

    def measure(self, benchmark, round_index):
        """Rows, and whether they are of a success."""
        try:
            rows = self.ours(benchmark, round_index) if benchmark.library == OURS else self.peer(benchmark, round_index)
        except Exception as error:  # whatever one measurement meets, the others' rows stand
            rows = [error_row(benchmark.name, str(error), round_index, self.options.rounds)]
        return rows, not any(one.get('error_occurred') for one in rows)
