"""Trains with mnist_bench, PyTorch, libtorch and scikit-learn in turns and prints how many times as fast mnist_bench is. README.md says what is
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
LABELS = {'ours': 'mnist_bench', 'ours-bf16': 'the same in bf16', 'torch': 'PyTorch', 'libtorch': 'libtorch', 'sklearn': 'scikit-learn'}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--bench', required=True, help='the program mnist_bench')
    parser.add_argument('--libtorch', required=True, help='the program libtorch_mlp')
    parser.add_argument('--data-dir', default=os.environ.get('MNIST_DATA_DIR', 'data/mnist'))
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--epochs', type=int, default=2, help='timed epochs of each peer in each round, behind one that is not timed')
    parser.add_argument('--optimizers', default='SGD,Adam', type=lambda text: text.split(','))
    parser.add_argument('--batches', default='64,256,1024', type=lambda text: [int(word) for word in text.split(',')])
    parser.add_argument('--out', default='peers.json')
    return parser.parse_args()


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


def ours(options, folder, optimizer, batch, threads, precision):
    name = f'Train/{optimizer}/batch:{batch}' + ('' if precision == 'f32' else f'/precision:{precision}')
    run = subprocess.run([options.bench, f'--benchmark_filter=^{name}$', '--benchmark_format=json', '--threads', str(threads), '--data-dir', folder,
                          '--precision', precision, '--epochs', str(options.epochs + 1)],
                         check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    file = json.loads(run.stdout)
    row = file['benchmarks'][0]
    if 'samples_per_second' not in row:
        return None  # this CPU has no bf16
    return {'version': file['context'].get('mnist.build.version', ''), 'samples_per_second': row['samples_per_second'], 'accuracy': row['test_accuracy'],
            'peak_fraction': row.get('peak_fraction')}


def peer(which, options, folder, optimizer, batch, threads):
    program = [options.libtorch] if which == 'libtorch' else [sys.executable, os.path.join(HERE, which + '_mlp.py')]
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), OPENBLAS_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    run = subprocess.run(program + [folder, optimizer, str(batch), str(threads), str(options.epochs)], check=True, stdout=subprocess.PIPE,
                         env=environment, text=True)
    return json.loads(run.stdout)


def measured(options, folder, optimizer, batch, all_threads):
    rates = {}
    for round_index in range(options.rounds):
        for which in LABELS:
            for threads in sorted({1, all_threads}):
                print(f'\r\033[K{optimizer}, batch {batch}: round {round_index + 1}, {LABELS[which]}, {threads} threads', end='', file=sys.stderr)
                if which in ('ours', 'ours-bf16'):
                    got = ours(options, folder, optimizer, batch, threads, 'f32' if which == 'ours' else 'bf16')
                else:
                    got = peer(which, options, folder, optimizer, batch, threads)
                if got is not None:
                    rates.setdefault(which, {}).setdefault(threads, []).append(got)
    print('\r\033[K', end='', file=sys.stderr)
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
        for optimizer in options.optimizers:
            for batch in options.batches:
                rates = measured(options, folder, optimizer, batch, len(os.sched_getaffinity(0)))
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
            factor = '' if which in ('ours', 'ours-bf16') else f"**{row['medians']['ours'] / row['medians'][which]:.1f}x**: "
            cells.append(f"{factor}{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f}), {threads}, {statistics.median(one['accuracy'] for one in all_of_it):.1f} %")
        print(f"| {row['optimizer']}, {row['batch']} | " + ' | '.join(cells) + ' |')
    with open(options.out, 'x', encoding='utf-8') as f:
        json.dump({'schema': 'mnist-peers/1', 'versions': versions, 'rows': rows}, f, indent=1)


if __name__ == '__main__':
    main()
