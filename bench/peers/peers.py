"""Trains and predicts with mnist_bench and with other libraries, in turns and in random order on the same cores; prints how many times as fast mnist_bench
is and keeps every measurement in a file. README.md says what is timed. ./run builds what is needed and starts this. Left out: statistics;
`mnist compare` and `mnist report` read the file."""
import argparse
import gzip
import os
import random
import sys
import tempfile
import time
import zlib

import models
import processes
import table
from catalogue import DEBIAN, LIBRARIES, OPTIMIZERS, PEERS, USUAL, benchmarks, title_of
from install import HERE, install, say
from measure import Measurer, error_row
from processes import Failed
from progress import Progress
from result import context_of, write_new

FILES = [f'{part}-{kind}' for part in ('train', 't10k') for kind in ('images-idx3-ubyte', 'labels-idx1-ubyte')]
MOST_FAILURES = 3  # of a library in one precision that never succeeded; then that is left alone


def words_of(known):
    def parsed(text):
        words = text.split(',')
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(f'expected some of {",".join(known)}, found {word!r}')
        return list(dict.fromkeys(words))
    return parsed


def number(text):
    if not text.isdecimal() or not 0 < int(text) < 10**9:
        raise argparse.ArgumentTypeError(f'expected a whole number above 0, found {text!r}')
    return int(text)


def numbers(text):
    return [number(word) for word in dict.fromkeys(text.split(','))]


def has_bf16():
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as f:
            flags = next((line for line in f if line.startswith('flags')), '').split()
    except OSError:
        return False
    return 'avx512_bf16' in flags or 'amx_bf16' in flags


def arguments():
    usual = [peer for peer in PEERS if peer not in DEBIAN]
    parser = argparse.ArgumentParser(prog='bench/peers/run', description=__doc__.split(';')[0] + '.',
                                     epilog='Exit codes: 0 fine; 1 no peer could be measured; 2 bad usage; 130 interrupted, what was measured is kept.')
    parser.add_argument('peers', nargs='*', metavar='PEER', help=f'{", ".join(PEERS)} (default: all but Debian\'s)')
    parser.add_argument('--debian', action='store_true', help=f'Debian\'s older builds, {", ".join(DEBIAN)}, in place of those that are not named')
    parser.add_argument('--benchmarks', default='train,infer', type=words_of(['train', 'infer']), help='default: %(default)s')
    parser.add_argument('--optimizers', default=','.join(USUAL), type=words_of(OPTIMIZERS), help=f'of {", ".join(OPTIMIZERS)} (default: %(default)s)')
    parser.add_argument('--batches', default='64,256,1024,4096', type=numbers, help='of training (default: %(default)s)')
    parser.add_argument('--infer-batches', default='1,64,1024', type=numbers, help='default: %(default)s')
    parser.add_argument('--precisions', default='f32,bf16,int8', type=words_of(['f32', 'bf16', 'int8']),
                        help='bf16 only where the CPU has it, int8 only of inference (default: %(default)s)')
    parser.add_argument('--threads', type=number, help='the number that is measured beside 1 (default: one for each physical core that may be used)')
    parser.add_argument('--rounds', type=number, default=3, help='default: %(default)s')
    parser.add_argument('--epochs', type=number, default=2, help='timed in each round, behind one that is not timed (default: %(default)s)')
    parser.add_argument('--seed', type=int, help='of the order (default: a new one, which is printed)')
    parser.add_argument('--time-limit', type=number, default=600, metavar='SECONDS', help='of one process (default: %(default)s)')
    parser.add_argument('--data-dir', default=os.environ.get('MNIST_DATA_DIR', 'data/mnist'), help='default: $MNIST_DATA_DIR, data/mnist')
    parser.add_argument('--out', default='peers.json', help='never overwritten (default: %(default)s)')
    parser.add_argument('--build', default=os.path.join(HERE, '../../build/peers'), help='where the libraries are installed')
    parser.add_argument('--bench', default=os.path.join(HERE, '../../build/release/bench/mnist_bench'), help='the program mnist_bench')
    parser.add_argument('--mnist', default=os.path.join(HERE, '../../build/release/src/cli/mnist'), help='the program mnist')
    parser.add_argument('--scripts', default=HERE, help=argparse.SUPPRESS)  # for tests
    options = parser.parse_intermixed_args()
    unknown = [peer for peer in options.peers if peer not in PEERS]
    if unknown:
        parser.error(f'expected some of {", ".join(PEERS)}, found {unknown[0]}')
    options.peers = list(dict.fromkeys(options.peers + (DEBIAN if options.debian else []))) or usual
    for path in ('build', 'bench', 'mnist', 'scripts'):
        setattr(options, path, os.path.abspath(getattr(options, path)))
    if os.path.exists(options.out):
        parser.error(f'{options.out} exists already; choose another --out')
    if not os.access(os.path.dirname(os.path.abspath(options.out)), os.W_OK):
        parser.error(f'expected a folder that can be written to around {options.out}')
    return options


def unpack(source, target):
    for name in FILES:
        path = os.path.join(source, name)
        if os.path.exists(path):
            with open(path, 'rb') as f:
                data = f.read()
        elif os.path.exists(path + '.gz'):
            with gzip.open(path + '.gz') as f:
                data = f.read()
        else:
            raise FileNotFoundError(f'{path}[.gz] is missing. Fetch the set with ./run fetch, or name its folder with --data-dir')
        with open(os.path.join(target, name), 'wb') as f:
            f.write(data)


def kind_of(benchmark):
    """What tends to fail together."""
    return benchmark.library, benchmark.family, benchmark.precision


class Session:
    """All rows so far, in the order in which they were measured."""

    def __init__(self, measurer, reasons):
        self.measurer = measurer
        self.rows = []
        self.good = {}  # rows by benchmark
        self.reasons = reasons  # by name
        self.failures = {}  # by kind, until one of the kind succeeds

    def skip(self, benchmark):
        if benchmark.name in self.reasons:
            return True
        if not benchmark.library or self.failures.get(kind_of(benchmark), 0) < MOST_FAILURES:
            return False
        self.reasons[benchmark.name] = f'not tried: {MOST_FAILURES} others of its kind failed and none succeeded'
        self.rows.append(error_row(benchmark.name, self.reasons[benchmark.name]))
        return True

    def measure(self, benchmark, round_index):
        rows, fine = self.measurer.measure(benchmark, round_index)
        self.rows += rows
        if fine:
            self.good.setdefault(benchmark, []).append(rows[0])
            self.failures[kind_of(benchmark)] = -10**9
        else:
            self.reasons[benchmark.name] = rows[0].get('error_message', 'no reason')
            self.failures[kind_of(benchmark)] = self.failures.get(kind_of(benchmark), 0) + 1


def run_rounds(session, todo, rounds, order):
    progress = Progress([benchmark.library for benchmark in todo] * rounds)
    try:
        for round_index in range(rounds):
            order.shuffle(todo)
            for benchmark in todo:
                progress.start(f'round {round_index + 1}: {benchmark}')
                start = time.monotonic()
                skipped = session.skip(benchmark)
                if not skipped:
                    session.measure(benchmark, round_index)
                progress.done(benchmark.library, None if skipped else time.monotonic() - start)
        return False
    except KeyboardInterrupt:
        return True
    finally:
        progress.end()


def prepared(options, folder):
    """What measures, and the benchmarks it is to measure."""
    try:
        unpack(options.data_dir, folder)
    except (OSError, EOFError, zlib.error) as error:
        sys.exit(f'peers: the images of {options.data_dir} cannot be read or unpacked: {error}')
    if not has_bf16() and 'bf16' in options.precisions:
        options.precisions.remove('bf16')
        say('this CPU has no bf16, so it is left out')
    words = [word for word, library in LIBRARIES.items() if library.peer in options.peers and any(getattr(library, name) for name in options.benchmarks)]
    if not words or not options.precisions:
        sys.exit('peers: nothing of what was asked for can be measured here')
    try:
        reasons = install(options.build, words)
    except OSError as error:
        sys.exit(f'peers: expected a folder that can be written to as --build: {error}')
    if len(reasons) == len(words):
        sys.exit('peers: none of the libraries can be measured; the reasons stand above')
    measurer = Measurer(options, folder)
    if measurer.most_threads > len(measurer.cores):
        sys.exit(f'peers: --threads: expected at most {len(measurer.cores)}, one for each physical core that may be used, found {measurer.most_threads}')
    if 'infer' in options.benchmarks:
        try:
            measurer.models = models.make(options, folder, options.data_dir)
        except (Failed, OSError) as error:
            say(f'inference is left out: {error}')
            options.benchmarks.remove('infer')
            reasons.update({f'Infer/library:{word}': str(error) for word in words if LIBRARIES[word].infer})
    todo = benchmarks(options, [word for word in words if word not in reasons], sorted({1, measurer.most_threads}))
    named = {f'{"Train" if LIBRARIES[word].train and "train" in options.benchmarks else "Infer"}/library:{word}' if word in LIBRARIES else word: reason for word, reason in reasons.items()}
    named.update({benchmark.name: f'{title_of(benchmark.library)} has no {benchmark.optimizer}' for benchmark in todo if benchmark.lacks_rule})
    session = Session(measurer, named)
    session.rows = [error_row(name, reason) for name, reason in named.items()]
    return session, [benchmark for benchmark in todo if not benchmark.lacks_rule]


def main():
    options = arguments()
    processes.listen()
    seed = options.seed if options.seed is not None else random.randrange(10**6)
    with tempfile.TemporaryDirectory() as folder:
        session, todo = prepared(options, folder)
        say(f'{len(todo)} measurements in each of {options.rounds} rounds, in random order (--seed {seed}); Ctrl-C keeps what is measured')
        interrupted = run_rounds(session, todo, options.rounds, random.Random(seed))
    measurer = session.measurer
    failure = None
    try:
        write_new(options.out, {'context': context_of(measurer.context or measurer.facts, measurer.versions, options, seed, interrupted), 'benchmarks': session.rows})
    except OSError as error:
        failure = error
    print('\n'.join(table.lines(session.good, session.reasons, options.rounds)), flush=True)
    if failure:
        sys.exit(f'peers: {options.out} is not written, the table above is all there is: {failure}')
    say(f'the rows ({len(session.rows)}) are in {options.out}: mnist report {options.out} shows them')
    if interrupted:
        return 130
    return 0 if any(benchmark.library for benchmark in session.good) else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Failed as error:
        sys.exit(f'peers: {error}')
    except KeyboardInterrupt:
        say('interrupted before anything was measured; no file is written')
        sys.exit(130)
