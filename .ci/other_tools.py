"""What mnist convert writes, read by the tools themselves: other_tools.py MNIST SCRATCH FILE FILE. Otava analyses the CSV, LNT checks its report, Conbench's
adapter takes each result and reads our own files of Google Benchmark, and Bencher, whose adapter is not in Python, is held to its published schema. Left
out: servers, which none of them needs to read a file. Called by ./run check convert."""

import csv
import json
import os
import pathlib
import subprocess
import sys
import warnings

from benchadapt.adapters.gbench import GoogleBenchmarkAdapter
from benchadapt.result import BenchmarkResult

mnist, scratch, *files = sys.argv[1:]
scratch = pathlib.Path(scratch)
tools = pathlib.Path(sys.executable).parent
warnings.simplefilter('error')


def convert(to, name, *words):
    path = scratch / name
    path.unlink(missing_ok=True)
    subprocess.run([mnist, 'convert', *words, '--to', to, '--out', path], check=True)
    return path


def expect(found, what):
    if not found:
        sys.exit(f'other_tools: expected {what}')


def bencher():
    bmf = json.loads(convert('bencher', 'bmf.json', files[0]).read_text())
    for name, measures in bmf.items():
        expect(0 < len(name) <= 1024 and measures, f'a name of at most 1024 characters and a measure: {name}')
        for measure, metric in measures.items():
            expect(len(measure) <= 64 and set(metric) == {'value', 'lower_value', 'upper_value'}, f'a metric of BMF: {name}, {measure}')
            expect(metric['lower_value'] <= metric['value'] <= metric['upper_value'], f'an ordered metric: {name}, {measure}')
    return f'Bencher Metric Format: {len(bmf)} benchmarks'


def otava():
    table = convert('otava', 'history.csv', *files)
    with open(table, newline='') as file:
        heading, *lines = csv.reader(file)
    columns = heading[4:]
    metrics = {f'm{i}': {'column': column, 'direction': 1 if column.endswith(' accuracy') else -1} for i, column in enumerate(columns)}
    test = {'type': 'csv', 'file': str(table), 'time_column': 'time', 'attributes': ['commit'], 'metrics': metrics}
    config = scratch / 'otava.yaml'
    config.write_text(json.dumps({'tests': {'mnist': test}}))  # JSON is YAML
    said = subprocess.run([tools / 'otava', 'analyze', 'mnist', '--config-file', config, '--output', 'json'], capture_output=True, text=True, check=True)
    listed = subprocess.run([tools / 'otava', 'list-metrics', 'mnist', '--config-file', config], capture_output=True, text=True, check=True)
    expect('ERROR' not in said.stdout + said.stderr, 'an analysis without errors, found ' + said.stdout + said.stderr)
    expect(len(listed.stdout.split()) >= len(columns) > 0 and len(lines) == len(files), 'a metric a column and a line a result')
    return f'Otava: {len(columns)} metrics of {len(lines)} results'


def lnt():
    report = convert('lnt', 'lnt.json', files[0])
    done = subprocess.run([tools / 'lnt', 'checkformat', report], capture_output=True, text=True)
    expect(done.returncode == 0 and 'succeeded' in done.stdout + done.stderr, 'LNT to take the report, found ' + done.stdout + done.stderr)
    return 'LNT: ' + (done.stdout + done.stderr).strip().splitlines()[-1]


def conbench():
    results = json.loads(convert('conbench', 'conbench.json', *files, '--repository', 'https://github.com/me/kernels').read_text())
    for result in results:
        expect(BenchmarkResult(**result, run_name='x').to_publishable_dict()['stats'] == result['stats'], 'a result that Conbench publishes')
    return f'Conbench: {len(results)} results'


def own_files():
    """Rates, not the CPU time of one thread, and no statistic among the measurements."""
    rows = json.loads(pathlib.Path(files[0]).read_text())['benchmarks']
    rates = {row['name'] for row in rows if 'samples_per_second' in row and row['run_type'] == 'iteration'}
    os.environ.update(CONBENCH_PROJECT_REPOSITORY='https://github.com/me/kernels', CONBENCH_PROJECT_COMMIT='0' * 40, CONBENCH_PROJECT_PR_NUMBER='1')
    _, groups = GoogleBenchmarkAdapter(['true'], files[0])._parse_gbench_json(json.loads(pathlib.Path(files[0]).read_text()))
    cases = {case.name: case for group in groups.values() for case in group['cases']}
    expect(rates and all(cases[name].unit == 'items_per_second' for name in rates), 'Conbench to take items_per_second for the rate')
    expect(not any(name.endswith(('_mean', '_median', '_stddev', '_cv')) for name in cases), 'no statistic among the measurements')
    return f"Conbench's adapter: {len(cases)} rows of ours, {len(rates)} with a rate"


for check in (bencher, otava, lnt, conbench, own_files):
    print(check(), flush=True)
