"""The result as Markdown, tables for training and for latency and throughput of inference in each precision: in each case the libraries, the fastest
first, and how many times as fast mnist_bench is. Who is ahead stands there where the page of `mnist report` would claim it too: each of a library's rounds
is faster than each of ours, by more than THRESHOLD, in enough rounds that chance does that in no table. Left out: intervals; the page draws those."""
import itertools
import math
import re
import statistics
from collections import Counter

from catalogue import LIBRARIES, OURS, title_of
from processes import plain

SAME = 0.005  # ratios that round to 1.00
ALPHA, THRESHOLD, LEAST_ROUNDS = 0.05, 0.05, 4  # those of VerdictSettings (compare/verdict.hpp)
AHEAD, NOT_DECIDED = ', ahead of mnist_bench', ', not decided'
TITLES = {'Train': 'Training', 'Latency': 'Inference, one call at a time', 'Throughput': 'Inference, samples a second'}
HEADERS = {'Train': ['thousand samples/s', 'lowest-highest', 'threads', 'test accuracy'],
           'Latency': ['p50 us', 'p99 us', 'empty call us', 'p50 less that', 'threads', 'test accuracy'],
           'Throughput': ['thousand samples/s', 'lowest-highest', 'empty call us', 'without empty calls', 'threads', 'test accuracy']}


def median(rows, key):
    values = [row[key] for row in rows if key in row]
    return statistics.median(values) if values else None


NOTHING = 'nothing'  # where an empty model's call takes as long


def without(call, empty):
    """Infinite where nothing is left that could be compared."""
    left = call - (empty or 0)
    return left if left > 0 else math.inf


def shown(value):
    return '' if value is None else f'{value:.1f}'


class Entry:
    """One library with one number of threads in one table. `cost` is what is compared: seconds a sample, or of a call. Of a call of inference what an
    empty model's call takes is left out: that share is Python's."""

    def __init__(self, table, benchmark, rows):
        self.benchmark = benchmark
        rates = [row['samples_per_second'] / 1000 for row in rows]
        accuracy = median(rows, 'test_accuracy')
        last = [str(benchmark.threads), '' if accuracy is None else f'{accuracy:.1f} %']
        spread = [shown(statistics.median(rates)), f'{min(rates):.1f}-{max(rates):.1f}']
        if table == 'Train':
            self.cost = 1 / statistics.median(rates)
            self.costs = [1 / rate for rate in rates]
            self.cells = spread + last
        elif table == 'Latency':
            empty = median(rows, 'empty_p50_us') or median(rows, 'empty_us')
            self.cost = without(median(rows, 'p50_us'), empty)
            self.costs = [without(row['p50_us'], row.get('empty_p50_us', row.get('empty_us'))) for row in rows]
            self.cells = [shown(median(rows, 'p50_us')), shown(median(rows, 'p99_us')), shown(empty), NOTHING if self.cost == math.inf else shown(self.cost)] + last
        else:
            empty = median(rows, 'empty_us')
            left = without(1000 * benchmark.batch / statistics.median(rates), empty)
            self.cost = left / benchmark.batch  # us
            self.costs = [without(1000 * benchmark.batch / rate, row.get('empty_us')) / benchmark.batch for rate, row in zip(rates, rows)]
            self.cells = spread + [shown(empty), NOTHING if left == math.inf else shown(1000 / self.cost)] + last


def tables_of(benchmark, rows):
    if benchmark.family == 'Train':
        return ['Train']
    latency = benchmark.library == OURS or LIBRARIES[benchmark.library].setting == 'latency'
    return ['Latency', 'Throughput'] if latency and all('p50_us' in row for row in rows) else ['Throughput']


def entries(measured):
    """By table, precision and case, the faster number of threads of each library, the fastest library first. `measured`: good rows by benchmark."""
    best = {}
    for benchmark, rows in measured.items():
        for table in tables_of(benchmark, rows):
            entry = Entry(table, benchmark, rows)
            of_case = best.setdefault((table, benchmark.precision), {}).setdefault((benchmark.optimizer, benchmark.batch), {})
            if benchmark.library not in of_case or entry.cost < of_case[benchmark.library].cost:
                of_case[benchmark.library] = entry
    return {group: {case: sorted(of_case.values(), key=lambda entry: entry.cost) for case, of_case in sorted(cases.items())}
            for group, cases in sorted(best.items(), key=lambda item: (list(TITLES).index(item[0][0]), item[0][1] != 'f32', item[0][1]))}


def chance(count, other_count):
    """That all values of one sample lie on one side of all of another, though both are of one kind."""
    return 2 / math.comb(count + other_count, count)


def rounds_needed(comparisons):
    return next(rounds for rounds in itertools.count(LEAST_ROUNDS) if chance(rounds, rounds) * comparisons < ALPHA)


def is_ahead(ours, entry, comparisons):
    counts = len(ours.costs), len(entry.costs)
    enough = min(counts) >= LEAST_ROUNDS and chance(*counts) * comparisons < ALPHA
    return enough and max(entry.costs) < min(ours.costs) and entry.cost * (1 + THRESHOLD) < ours.cost


def factor(ours, entry, comparisons):
    """`comparisons`: with others, in one figure of the page."""
    if ours is None or entry is ours or math.inf in (ours.cost, entry.cost):
        return ''
    ratio = entry.cost / ours.cost
    standing = AHEAD if is_ahead(ours, entry, comparisons) else NOT_DECIDED if ratio < 1 - SAME else ''
    return f'**{ratio:.{2 if ratio < 1.995 else 1}f}x**' + standing


def aligned(header, lines):
    widths = [max(len(line[column]) for line in [header, *lines]) for column in range(len(header))]
    right = [1 < column < len(header) - 1 for column in range(len(header))]

    def text(line):
        return '| ' + ' | '.join(cell.rjust(width) if is_number else cell.ljust(width) for cell, width, is_number in zip(line, widths, right)) + ' |'
    rule = '| ' + ' | '.join('-' * (width - 1) + ':' if is_number else '-' * width for width, is_number in zip(widths, right)) + ' |'
    return [text(header), rule, *map(text, lines)]


def escaped(text):
    """What another program said, as text of Markdown."""
    return re.sub(r'([\\`*_{}\[\]<>|~&#])', r'\\\1', plain(text))


def standings(rows, rounds, needed):
    """What is said below a table about who is ahead."""
    def those(standing):
        return '; '.join(f'{row[1]} in {row[0]}' for row in rows if row[-1].endswith(standing))
    if rounds >= needed:
        yield f'Ahead of mnist_bench: {those(AHEAD) or "none of them"}.'
    if those(NOT_DECIDED):
        yield f'Faster than mnist_bench in these rounds, which do not decide it: {those(NOT_DECIDED)}.'
    if rounds < needed:
        yield f'Who is ahead is not said: {needed} rounds or more can decide it (`--rounds`).'


def lines(measured, reasons, rounds):
    """`reasons`: why something could not be measured, by its name."""
    text = []
    for (table, precision), cases in entries(measured).items():
        text += [f'### {TITLES[table]}, {precision}', '',
                 f'Medians of up to {rounds} round{"s" * (rounds > 1)}, with the better number of threads; last, how many times as fast mnist_bench is.', '']
        comparisons = Counter(optimizer for (optimizer, _), ranked in cases.items() for entry in ranked if entry.benchmark.library != OURS)
        most = max(len(entry.costs) for ranked in cases.values() for entry in ranked)
        rows = []
        for (optimizer, batch), ranked in cases.items():
            ours = next((entry for entry in ranked if entry.benchmark.library == OURS), None)
            case = ', '.join(part for part in (optimizer, f'batch {batch}') if part)
            rows += [[case, title_of(entry.benchmark.library), *entry.cells, factor(ours, entry, comparisons[optimizer])] for entry in ranked]
        text += [*aligned(['case', 'library', *HEADERS[table], 'mnist_bench is'], rows), '',
                 *standings(rows, most, rounds_needed(max(comparisons.values(), default=1))), '']
    if reasons:
        text += ['Not measured:', '', *(f'- `{name}`: {escaped(reason)}' for name, reason in reasons.items()), '']
    return text
