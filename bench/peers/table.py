"""The result as Markdown, one table for training and inference in each precision: in each case the libraries, the fastest first, and how many times as fast
mnist_bench is. Left out: intervals; `mnist report` draws those from the file."""
import statistics

from catalogue import OURS, title_of

SAME = 0.005  # ratios that round to 1.00


def median(rows, key):
    values = [row[key] for row in rows if key in row]
    return statistics.median(values) if values else None


def seconds(row):
    return row['real_time'] / {'ns': 1e9, 'us': 1e6, 'ms': 1e3, 's': 1}[row['time_unit']]


def net_seconds(row):
    """Of a call of inference without what an empty model's call takes: Python's share is not the library's."""
    return max(seconds(row) - row.get('empty_us', 0) / 1e6, 1e-9)


class Entry:
    """One library in one case, with the number of threads that was faster."""

    def __init__(self, benchmark, rows):
        self.benchmark, self.rows = benchmark, rows
        self.rate = median(rows, 'samples_per_second')
        training = benchmark.family == 'Train'
        self.seconds = statistics.median(seconds(row) if training else net_seconds(row) for row in rows)


def entries(measured):
    """By case, the fastest first. `measured`: good rows by benchmark."""
    best = {}
    for benchmark, rows in measured.items():
        entry = Entry(benchmark, rows)
        of_case = best.setdefault(benchmark.case, {})
        if benchmark.library not in of_case or entry.seconds < of_case[benchmark.library].seconds:
            of_case[benchmark.library] = entry
    return {case: sorted(of_case.values(), key=lambda entry: entry.seconds) for case, of_case in best.items()}


def factor(ours, entry):
    if ours is None or entry is ours:
        return ''
    ratio = entry.seconds / ours.seconds
    text = f'**{ratio:.2f}x**' if ratio < 1.995 else f'**{ratio:.1f}x**'
    return text + (', ahead of mnist_bench' if ratio < 1 - SAME else '')


def cells(ours, entry):
    rows, benchmark = entry.rows, entry.benchmark
    rates = [row['samples_per_second'] / 1000 for row in rows]
    accuracy = median(rows, 'test_accuracy')
    shown = [', '.join(part for part in (benchmark.optimizer, f'batch {benchmark.batch}') if part), title_of(benchmark.library), f'{entry.rate / 1000:.1f}',
             f'{min(rates):.1f}-{max(rates):.1f}', str(benchmark.threads), '' if accuracy is None else f'{accuracy:.1f} %']
    if benchmark.family == 'Infer':
        p50, p99, empty = (median(rows, key) for key in ('p50_us', 'p99_us', 'empty_us'))
        shown += ['' if value is None else f'{value:.1f}' for value in (p50, p99, empty)] + [f'{entry.seconds * 1e6:.1f}']
    return shown + [factor(ours, entry)]


def aligned(header, lines):
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    number = [column > 1 and column < len(header) - 1 for column in range(len(header))]

    def text(line):
        return '| ' + ' | '.join(cell.rjust(width) if right else cell.ljust(width) for cell, width, right in zip(line, widths, number)) + ' |'
    rule = '| ' + ' | '.join('-' * (width - 1) + ':' if right else '-' * width for width, right in zip(widths, number)) + ' |'
    return [text(header), rule, *map(text, lines)]


HEADER = ['case', 'library', 'thousand samples/s', 'lowest-highest', 'threads', 'test accuracy']
INFER_HEADER = ['p50 us', 'p99 us', 'empty call us', 'mean less empty us']


def lines(measured, reasons, rounds):
    """`reasons`: why something could not be measured, by its name."""
    by_case = entries(measured)
    shown = []
    for group in dict.fromkeys(case[:2] for case in by_case):
        family, precision = group
        shown += [f'### {"Training" if family == "Train" else "Inference"}, {precision}', '',
                  f'Medians of {rounds} round{"s" * (rounds > 1)}, with the better number of threads; last, how many times as fast mnist_bench is.', '']
        table, ahead = [], []
        for case in (case for case in by_case if case[:2] == group):
            ours = next((entry for entry in by_case[case] if entry.benchmark.library == OURS), None)
            table += [cells(ours, entry) for entry in by_case[case]]
            ahead += [f'{line[1]} in {line[0]}' for line in table[-len(by_case[case]):] if 'ahead' in line[-1]]
        header = [*HEADER, *(INFER_HEADER if family == 'Infer' else []), 'mnist_bench is']
        shown += [*aligned(header, table), '', 'Ahead of mnist_bench: ' + ('; '.join(ahead) if ahead else 'none of them') + '.', '']
    if reasons:
        shown += ['Not measured:', '', *(f'- `{name}`: {reason}' for name, reason in reasons.items()), '']
    return shown
