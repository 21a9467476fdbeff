"""The JSON schemas in docs/ against what the programs write and against the results of earlier versions: schema_test.py MNIST MNIST_BENCH PROJECT.
What is written now must hold no key that a schema does not know, no counter that no document names and no fact of an object that the other
schema does not have; earlier files must only fit. Left out: Google Benchmark's own tools."""
import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    print('skipped: no jsonschema (Debian: python3-jsonschema)')
    sys.exit(77)

MNIST, BENCH, PROJECT = map(os.path.abspath, sys.argv[1:4])


def read(path):
    with open(path, encoding='utf-8') as f:
        return json.load(f)


def closed(schema):
    """The same schema, in which an object has the properties that stand there and no others."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if schema.get('type') == 'object':
        result['additionalProperties'] = False
    return result


def closed_bench(schema, train):
    """The same of mnist_bench's, whose rows have the counters that the documents name, and whose facts are those of the other schema."""
    result = closed(schema)
    text = ''.join(open(os.path.join(PROJECT, file), encoding='utf-8').read() for file in ('docs/benchmarks.md', 'results/README.md'))
    result['properties']['benchmarks']['items']['properties'].update({name: {'type': 'number'} for name in re.findall('`([a-z0-9_]+)`', text)})
    patterns = result['properties']['context']['patternProperties']
    objects = next(pattern for pattern in patterns if 'machine' in pattern)
    for name in re.findall('[a-z]+', objects[len('^mnist'):]):
        patterns[rf'^mnist\.{name}\.({"|".join(train["properties"][name]["properties"])})(\.|$)'] = patterns[objects]
    del patterns[objects]
    return result


def mistakes(schema, value):
    validator = jsonschema.Draft202012Validator(schema)
    return ['/'.join(map(str, error.absolute_path)) + ': ' + error.message[:200] for error in validator.iter_errors(value)]


def expect(holds, what):
    if not holds:
        sys.exit(f'FAILED: {what}')


def enums_of(schema, path=''):
    """The closed sets of words, by the last word of their place."""
    for key, value in schema.items():
        if key == 'enum':
            yield path, value
        elif isinstance(value, dict):
            yield from enums_of(value, path if key in ('items', 'properties') else key)


def words_offered(flag):
    """What the program takes there, of which it has one list."""
    refusal = subprocess.run([MNIST, 'train', f'--{flag}', 'nonsense'], capture_output=True, text=True).stderr
    found = re.search('expected one of (.+), found', refusal)
    expect(found, f'--{flag} takes any word: {refusal}')
    return found[1].split(', ')


def write(folder):
    """What both programs write now, of as little work as there can be."""
    files = os.path.join(folder, 'train.json'), os.path.join(folder, 'bench.json')
    environment = {**os.environ, 'MNIST_DATA_DIR': ''}
    settings = subprocess.run([MNIST, 'train', '--print-config'], check=True, env=environment, cwd=folder, capture_output=True, text=True).stdout
    optimizers = re.findall(r'^(\w+)_lr = ', settings, re.MULTILINE)  # each has a rate
    subprocess.run([MNIST, 'train', '--dataset', 'synthetic', '--epochs', '1', '--optimizer', ','.join(optimizers), '--quiet', '--out', files[0]], check=True,
                   env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    subprocess.run([BENCH, '--dataset', 'synthetic', '--benchmark_filter=^(Relu/|Step/SGD/batch:64$|Train/SGD/batch:64$)', '--benchmark_min_time=1x',
                    '--benchmark_repetitions=2', '--benchmark_out=' + files[1]], check=True, env=environment, cwd=folder, stdout=subprocess.DEVNULL)
    return [read(file) for file in files]


schemas = [read(os.path.join(PROJECT, 'docs', name)) for name in ('mnist-results-1.schema.json', 'mnist-bench-1.schema.json')]
for schema in schemas:
    jsonschema.Draft202012Validator.check_schema(schema)
with open(os.path.join(PROJECT, 'docs', 'experiment.md'), encoding='utf-8') as f:
    experiment = f.read()
for word, flag in ('optimizer', 'optimizer'), ('optimizers', 'optimizer'), ('schedule', 'schedule'), ('precision', 'precision'):
    offered = words_offered(flag)
    of_schema = [words for place, words in enums_of(schemas[0]) if place == word]
    expect(of_schema and all(words == offered for words in of_schema), f'--{flag} takes {offered}, the schema has {of_schema} as {word}')
    missing = [name for name in offered if f'`{name}`' not in experiment]
    expect(not missing, f'docs/experiment.md has no `{missing}`')
with tempfile.TemporaryDirectory() as folder:
    written = write(folder)
strict = closed(schemas[0]), closed_bench(schemas[1], schemas[0])
# The checks can fail: a key too many, also deep inside, one too few, and a value of another type.
damages = [lambda v: v.update(unknown=1), lambda v: v.pop(sorted(v)[0]), lambda v: v.update({sorted(v)[0]: 1})]
deep = ([lambda v: v['runs'][0]['epochs'][0].update(unknown=1), lambda v: v['config'].update(unknown=1)],
        [lambda v: v['benchmarks'][0].update(unknown=1), lambda v: v['context'].update({'mnist.unknown': ''}),
         lambda v: v['context'].update({'mnist.config.unknown': ''}), lambda v: v['context'].update({'mnist.run.unknown': ''})])
for schema, value, more in zip(strict, written, deep):
    found = mistakes(schema, value)
    expect(not found, f'{schema["title"]}: ' + '; '.join(found[:5]))
    for number, damage in enumerate(damages + more):
        damaged = copy.deepcopy(value)
        damage(damaged)
        expect(mistakes(schema, damaged), f'{schema["title"]} takes a damaged file, damage {number}')
earlier = sorted(glob.glob(os.path.join(PROJECT, 'results', '*', '*.json')))
expect(earlier, 'no results of earlier versions')
for path in earlier:
    value = read(path)
    found = mistakes(schemas['benchmarks' in value], value)
    expect(not found, f'{path}: ' + '; '.join(found[:5]))
print(f'2 files of now and {len(earlier)} of earlier versions fit')
