"""Trains with mnist_bench, PyTorch, libtorch, scikit-learn and JAX in turns and prints how many times as fast mnist_bench is. README.md says what is
timed. Called by ./run, which installs and builds. Left out: statistics; the spread over rounds is printed instead."""
import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = [f'{part}-{kind}' for part in ('train', 't10k') for kind in ('images-idx3-ubyte', 'labels-idx1-ubyte')]
LABELS = {'ours': 'mnist_bench', 'ours-bf16': 'the same in bf16', 'torch': 'PyTorch', 'libtorch': 'libtorch', 'sklearn': 'scikit-learn', 'jax': 'JAX'}
OURS = ('ours', 'ours-bf16')
PEERS = [which for which in LABELS if which not in OURS]


def words_of(known):
    def parsed(text):
        words = text.split(',')
        for word in words:
            if word not in known:
                raise argparse.ArgumentTypeError(f'expected some of {",".join(known)}, found {word!r}')
        return words
    return parsed


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--bench', required=True, help='the program mnist_bench')
    parser.add_argument('--peers', default=','.join(PEERS), type=words_of(PEERS), help='default: all, %(default)s')
    parser.add_argument('--libtorch', help='the program libtorch_mlp')
    parser.add_argument('--jax-python', default=sys.executable, help='the Python that has JAX')
    parser.add_argument('--threads', type=int, help='the number that is measured beside 1 (default: one for each '
                        'physical core that may be used)')
    parser.add_argument('--data-dir', default=os.environ.get('MNIST_DATA_DIR', 'data/mnist'))
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--epochs', type=int, default=2, help='timed epochs of each peer in each round, behind one that is not timed')
    parser.add_argument('--optimizers', default='SGD,Adam', type=words_of(['SGD', 'Momentum', 'Adam']))
    parser.add_argument('--batches', default='64,256,1024', type=lambda text: [int(word) for word in text.split(',')])
    parser.add_argument('--out', default='peers.json')
    options = parser.parse_args()
    if 'libtorch' in options.peers and not options.libtorch:
        parser.error('expected --libtorch PROGRAM, or --peers without libtorch')
    return options


def unpack(source, target):
    for name in FILES:
        path = os.path.join(source, name)
        if os.path.exists(path):
            data = open(path, 'rb').read()
        elif os.path.exists(path + '.gz'):
            data = gzip.open(path + '.gz').read()
        else:
            sys.exit(f'peers: {path}[.gz] is missing. Fetch the set with ./run fetch, or name its folder with --data-dir')
        with open(os.path.join(target, name), 'wb') as f:
            f.write(data)


def bench(options, folder, name, *more):
    run = subprocess.run([options.bench, f'--benchmark_filter=^{name}$', '--benchmark_format=json', '--data-dir', folder, *more],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(run.stdout)


def auto_threads(options, folder):
    return int(bench(options, folder, 'Train/SGD/batch:1024', '--threads', 'auto', '--epochs', '1')['context']['mnist.config.threads'])


def ours(options, folder, optimizer, batch, threads, precision):
    name = f'Train/{optimizer}/batch:{batch}' + ('' if precision == 'f32' else f'/precision:{precision}')
    file = bench(options, folder, name, '--threads', str(threads), '--precision', precision, '--epochs', str(options.epochs + 1))
    row = file['benchmarks'][0]
    if 'samples_per_second' not in row:
        return None  # this CPU has no bf16
    return {'version': file['context'].get('mnist.build.version', ''), 'samples_per_second': row['samples_per_second'], 'accuracy': row['test_accuracy'],
            'test_loss': row['test_loss'], 'peak_fraction': row.get('peak_fraction')}


def peer(which, options, folder, optimizer, batch, threads):
    python = options.jax_python if which == 'jax' else sys.executable
    program = [options.libtorch] if which == 'libtorch' else [python, os.path.join(HERE, which + '_mlp.py')]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    run = subprocess.run(program + [folder, optimizer, str(batch), str(threads), str(options.epochs)], stdout=subprocess.PIPE, env=environment,
                         text=True)
    if run.returncode != 0:
        sys.exit(f'\npeers: {LABELS[which]} failed with status {run.returncode}; what it says stands above. Leave it out by naming the others: '
                 f'bench/peers/run {" ".join(name for name in options.peers if name != which)}')
    return json.loads(run.stdout)


def show(text):
    """One line that the next overwrites; in a pipe a line each."""
    if sys.stderr.isatty():
        print(f'\r\033[K{text}', end='', file=sys.stderr, flush=True)
    elif text:
        print(text, file=sys.stderr, flush=True)


def measured(options, folder, optimizer, batch, most_threads):
    rates = {}
    for round_index in range(options.rounds):
        for which in [*OURS, *options.peers]:
            for threads in sorted({1, most_threads}):
                show(f'{optimizer}, batch {batch}: round {round_index + 1}, {LABELS[which]}, {threads} thread{"s" * (threads > 1)}')
                if which in OURS:
                    got = ours(options, folder, optimizer, batch, threads, 'f32' if which == 'ours' else 'bf16')
                else:
                    got = peer(which, options, folder, optimizer, batch, threads)
                if got is not None:
                    rates.setdefault(which, {}).setdefault(threads, []).append(got)
    show('')
    return rates


def best(by_threads):
    """The number of threads with the higher median, and its measurements."""
    return max(by_threads.items(), key=lambda item: statistics.median(one['samples_per_second'] for one in item[1]))


def main():
    options = arguments()
    if os.path.exists(options.out):
        sys.exit(f'peers: {options.out} exists already; choose another --out')
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        unpack(options.data_dir, folder)
        most_threads = options.threads or auto_threads(options, folder)
        for optimizer in options.optimizers:
            for batch in options.batches:
                rates = measured(options, folder, optimizer, batch, most_threads)
                rows.append({'optimizer': optimizer, 'batch': batch, 'measurements': rates})
    shown = [which for which in LABELS if which in rows[0]['measurements']]
    versions = {which: best(rows[0]['measurements'][which])[1][0]['version'] for which in shown}
    versions.pop('ours-bf16', None)  # of the same program
    print('Thousand samples/s: median of %d rounds, lowest to highest, threads, test accuracy; and how many times as fast mnist_bench is, in f32.\n' % options.rounds)
    print('| optimizer, batch | ' + ' | '.join(f'{LABELS[which]} {versions.get(which, "")}'.strip() for which in shown) + ' |')
    print('| --- |' + ' --- |' * len(shown))
    for row in rows:
        cells = []
        for which in shown:
            threads, all_of_it = best(row['measurements'][which])
            values = [one['samples_per_second'] / 1000 for one in all_of_it]
            row.setdefault('medians', {})[which] = statistics.median(values)
            factor = '' if which in OURS else f"**{row['medians']['ours'] / row['medians'][which]:.1f}x**: "
            cells.append(f"{factor}{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f}), {threads}, {statistics.median(one['accuracy'] for one in all_of_it):.1f} %")
        print(f"| {row['optimizer']}, {row['batch']} | " + ' | '.join(cells) + ' |')
    with open(options.out, 'x', encoding='utf-8') as f:
        json.dump({'schema': 'mnist-peers/1', 'versions': versions, 'rows': rows}, f, indent=1)


if __name__ == '__main__':
    main()
