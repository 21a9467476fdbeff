"""bench/peers from end to end, with mnist_bench and `mnist compare` themselves but no library: scripts that print what one would, crash, print rubbish or never
end stand in for those. peers_test.py MNIST_BENCH MNIST SOURCE. Left out: the libraries' own scripts, which need them."""
import json
import os
import re
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import time
import types
import unittest

BENCH, MNIST, SOURCE = sys.argv[1:4]
PEERS = os.path.join(SOURCE, 'bench/peers')
sys.path.insert(0, PEERS)
sys.dont_write_bytecode = True
import install
import processes
import table
from catalogue import LIBRARIES, OPTIMIZERS, USUAL, Benchmark

GOOD = '''
import json, sys
batch, threads = map(int, sys.argv[3:5])
print(json.dumps({"version": "1.2.3", "samples_per_second": 1e9 if batch == 64 else 1000.0 * threads, "accuracy": 97.5, "test_loss": 0.1, "cpus": 0.5}))
'''
INFER = '''
import json
print(json.dumps({"version": "4.5", "samples_per_second": 1e5, "seconds_per_call": 1e-5, "p50_us": 9.0, "p99_us": 20.0, "empty_seconds_per_call": 4e-6,
                  "accuracy": 97.0, "how": "one session"}))
'''
CRASH = 'import sys\nprint("{}")\nsys.exit("the library fell over")\n'
UGLY = 'import sys\nsys.exit("\x1b[31mit is <b>off</b> | `rm`\\x07\u202e")\n'
FLOOD = 'while True:\n    print("x" * 10000)\n'
RUBBISH = 'print("Hello")\nprint("{}")\n'
HANG = 'import os, sys, time\nopen(os.environ["MARK"], "w").write(str(os.getpid()))\ntime.sleep(600)\n'
FAKE_BENCH = '''#!/bin/sh
for word; do case $word in --benchmark_out=*) out=${word#*=} ;; --benchmark_filter=*) name=${word#*=^}; name=${name%$} ;; esac; done
printf '{"context": {"mnist.config.threads": "1", "mnist.machine.cpu_model": "This one"}, "benchmarks": [{"name": "%s", "run_type": "iteration", "real_time": 5.0, "cpu_time": 5.0, "time_unit": "ms",
"samples_per_second": 2000.0, "test_accuracy": 97.0}]}' "$name" >"$out"
'''


def write(path, text, executable=False):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(text)
    if executable:
        os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)


class PeersTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ('data', 'scripts', 'build'):
            os.mkdir(self.path(name))
        for part, count in (('train', 256), ('t10k', 64)):
            labels = bytes(i % 10 for i in range(count))
            pixels = bytes((i * 7 + p) % 256 for i in range(count) for p in range(784))
            with open(self.path(f'data/{part}-images-idx3-ubyte'), 'wb') as f:
                f.write(struct.pack('>4i', 2051, count, 28, 28) + pixels)
            with open(self.path(f'data/{part}-labels-idx1-ubyte'), 'wb') as f:
                f.write(struct.pack('>2i', 2049, count) + labels)

    def path(self, name):
        return os.path.join(self.folder, name)

    def have(self, source, **scripts):
        """As if `source` was installed, with these scripts."""
        os.makedirs(self.path(f'build/{source}/bin'), exist_ok=True)
        os.symlink(sys.executable, self.path(f'build/{source}/bin/python'))
        shutil.copyfile(os.path.join(PEERS, 'requirements', source + '.txt'), self.path(f'build/{source}/installed.txt'))
        for name, text in scripts.items():
            write(self.path(f'scripts/{name}.py'), text)

    def command(self, *words, bench=BENCH):
        return [sys.executable, '-B', os.path.join(PEERS, 'peers.py'), *words, '--bench', bench, '--mnist', MNIST, '--build', self.path('build'), '--scripts',
                self.path('scripts'), '--data-dir', self.path('data'), '--out', self.path('out.json'), '--precisions', 'f32', '--epochs', '1']

    def run_peers(self, *words, **more):
        return subprocess.run(self.command(*words, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def result(self):
        with open(self.path('out.json'), encoding='utf-8') as f:
            return json.load(f)

    def fake_bench(self):
        write(self.path('bench'), FAKE_BENCH, executable=True)
        return self.path('bench')

    def test_a_peer_that_crashes_or_prints_rubbish_is_a_row_with_the_reason_and_the_others_stand(self):
        self.have('torch', torch_mlp=GOOD)
        self.have('jax', jax_mlp=CRASH)
        self.have('tensorflow', tensorflow_mlp=RUBBISH)
        done = self.run_peers('torch', 'jax', 'tensorflow', '--benchmarks', 'train', '--optimizers', 'SGD', '--batches', '64,256', '--threads', '1', '--rounds', '2')
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.result()['benchmarks']
        good = [row for row in rows if 'real_time' in row]
        names = [f'Train/SGD/batch:{batch}/threads:1{library}' for batch in (64, 256) for library in ('', '/library:torch')]
        self.assertEqual(sorted(row['name'] for row in good), sorted(names * 2))
        self.assertEqual(sorted({row['repetition_index'] for row in good}), [0, 1])
        self.assertTrue(all(row['time_unit'] == 'ms' and row['real_time'] == 256 for row in good if row['name'] == names[3]))
        self.assertTrue(all(row['test_accuracy'] == 97.5 and row['cpu_time'] == 128 for row in good if row['name'] == names[3]))
        reasons = {row['name']: row['error_message'] for row in rows if row.get('error_occurred')}
        self.assertIn('status 1: the library fell over', reasons['Train/SGD/batch:64/threads:1/library:jax'])
        self.assertIn("expected one line of JSON, found 'Hello", reasons['Train/SGD/batch:64/threads:1/library:tensorflow'])
        self.assertIn('the library fell over', done.stdout)
        # The table says who was faster, and that two rounds decide nothing.
        self.assertRegex(done.stdout, r'batch 64 +\| PyTorch +\|.*x\*\*, not decided \|')
        self.assertNotRegex(done.stdout, r'batch 256 +\| PyTorch +\|.*decided')
        self.assertIn('Faster than mnist_bench in these rounds, which do not decide it: PyTorch in SGD, batch 64.', done.stdout)
        self.assertIn('Who is ahead is not said: 5 rounds or more can decide it', done.stdout)
        context = self.result()['context']
        self.assertEqual(context['mnist.peers.torch.version'], '1.2.3')
        self.assertEqual(context['mnist.interrupted'], 'false')
        # mnist reads it, and knows what it could not measure.
        compared = subprocess.run([MNIST, 'compare', self.path('out.json'), self.path('out.json')], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertIn(compared.returncode, (0, 3), compared.stdout)
        self.assertIn('Train/SGD/batch:64/threads:1/library:torch', compared.stdout)
        self.assertIn('the library fell over', ' '.join(compared.stdout.split()))
        # Never over another file.
        again = self.run_peers('torch')
        self.assertEqual(again.returncode, 2)
        self.assertIn('exists already', again.stderr)

    def test_the_optimizers_are_those_of_mnist_bench_and_a_library_without_the_rule_is_a_row_that_says_so(self):
        def printed(*words):
            return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout

        offered = re.search(r'--optimizer LIST +Any of ([a-z, ]+), in the order', printed(MNIST, 'train', '--help'))
        self.assertIsNotNone(offered)
        self.assertEqual(sorted(offered[1].split(', ')), sorted(optimizer.lower() for optimizer in OPTIMIZERS))
        for optimizer in OPTIMIZERS:
            self.assertIn(f'Train/{optimizer}/batch:64', printed(BENCH, '--benchmark_list_tests', f'--benchmark_filter=^Train/{optimizer}/'))
        usual = {name.split('/')[1] for name in printed(BENCH, '--benchmark_list_tests', '--benchmark_filter=^Train/').split()}
        self.assertEqual(usual, set(USUAL))
        self.have('jax', jax_mlp=GOOD)
        self.have('sklearn', sklearn_mlp=GOOD)
        done = self.run_peers('jax', 'sklearn', '--benchmarks', 'train', '--optimizers', 'Adam,RMSprop', '--batches', '64', '--threads', '1', '--rounds', '2',
                              bench=self.fake_bench())
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = self.result()['benchmarks']
        self.assertEqual({row['name']: row['error_message'] for row in rows if row.get('error_occurred')},
                         {'Train/RMSprop/batch:64/threads:1/library:sklearn': 'scikit-learn has no RMSprop'})
        self.assertEqual(len([row for row in rows if row['name'] == 'Train/Adam/batch:64/threads:1/library:sklearn']), 2)
        self.assertEqual(len([row for row in rows if row['name'] == 'Train/RMSprop/batch:64/threads:1/library:jax']), 2)
        self.assertIn('scikit-learn has no RMSprop', done.stdout)

    def test_a_peer_that_never_ends_is_stopped_and_where_nothing_is_left_the_status_is_1(self):
        self.have('sklearn', sklearn_mlp=HANG)
        os.environ['MARK'] = self.path('mark')
        done = self.run_peers('sklearn', '--benchmarks', 'train', '--optimizers', 'SGD', '--batches', '64', '--threads', '1', '--rounds', '2', '--time-limit', '1',
                              bench=self.fake_bench())
        self.assertEqual(done.returncode, 1, done.stderr)
        reasons = [row['error_message'] for row in self.result()['benchmarks'] if row.get('error_occurred')]
        self.assertEqual(len(reasons), 1, 'a name that failed is not tried in the next round')
        self.assertIn('did not end within 1 s', reasons[0])
        with open(self.path('mark'), encoding='utf-8') as f, self.assertRaises(ProcessLookupError):
            os.kill(int(f.read()), 0)

    def interrupted(self, seed, number):
        """The file that is left where `number` comes while the script that never ends runs."""
        self.have('torch', torch_mlp=GOOD)
        self.have('sklearn', sklearn_mlp=HANG)
        mark = self.path('mark')
        command = self.command('torch', 'sklearn', '--benchmarks', 'train', '--optimizers', 'SGD', '--batches', '64', '--threads', '1', '--seed', seed,
                               bench=self.fake_bench())
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ, MARK=mark))
        end = time.monotonic() + 60
        while not (os.path.exists(mark) and os.path.getsize(mark)) and time.monotonic() < end:
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        with open(mark, encoding='utf-8') as f, self.assertRaises(ProcessLookupError):
            os.kill(int(f.read()), 0)
        return self.result()

    def test_ctrl_c_keeps_what_is_measured(self):
        file = self.interrupted('1', signal.SIGINT)  # this seed's order has the good one first
        self.assertEqual(file['context']['mnist.interrupted'], 'true')
        self.assertTrue(file['benchmarks'])

    def test_a_closed_terminal_ends_it_too_and_facts_of_the_machine_are_there_where_our_own_program_has_no_row_yet(self):
        file = self.interrupted('4', signal.SIGHUP)
        self.assertEqual(file['benchmarks'], [])
        self.assertEqual(file['context']['mnist.machine.cpu_model'], 'This one')

    def test_an_interrupt_while_a_process_is_being_started_leaves_none_behind(self):
        real = subprocess.Popen
        children = []

        def interrupted(*words, **more):
            children.append(real(*words, **more))
            os.kill(os.getpid(), signal.SIGINT)  # before anybody has the process
            return children[0]
        handlers = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        processes.listen()
        processes.subprocess.Popen = interrupted
        try:
            with self.assertRaises(KeyboardInterrupt):
                processes.output_of(['sleep', '600'], 60)
        finally:
            processes.subprocess.Popen = real
            processes.interrupted = False
            for one, handler in handlers.items():
                signal.signal(one, handler)
        self.assertEqual(children[0].returncode, -signal.SIGKILL)

    def test_what_a_peer_says_is_text_in_the_table_and_the_file(self):
        self.have('jax', jax_mlp=UGLY)
        self.have('tensorflow', tensorflow_mlp=FLOOD)
        done = self.run_peers('jax', 'tensorflow', '--benchmarks', 'train', '--optimizers', 'SGD', '--batches', '64', '--threads', '1', '--rounds', '1',
                              bench=self.fake_bench())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(r'`Train/SGD/batch:64/threads:1/library:jax`: it ended with status 1: it is \<b\>off\</b\> \| \`rm\`' + '\n', done.stdout)
        reasons = [row['error_message'] for row in self.result()['benchmarks'] if row.get('error_occurred')]
        self.assertIn('it ended with status 1: it is <b>off</b> | `rm`', reasons)
        self.assertTrue(any('printed more than' in reason for reason in reasons), reasons)

    def test_where_our_own_program_measures_nothing_a_sentence_says_so(self):
        self.have('jax', jax_mlp=GOOD)
        done = self.run_peers('jax', '--benchmarks', 'train', bench=shutil.which('true'))
        self.assertEqual((done.returncode, done.stderr.count('\n')), (1, 1), done.stderr)
        self.assertIn('true: it wrote no result', done.stderr)
        self.assertFalse(os.path.exists(self.path('out.json')))

    def test_where_apt_fails_run_says_what_to_do(self):
        for name in ('apt-get', 'sudo', 'dpkg-query'):
            write(self.path(name), '#!/bin/sh\necho E: no network >&2\nexit 100\n', executable=True)
        done = subprocess.run([os.path.join(PEERS, 'run')], stderr=subprocess.PIPE, text=True, env=dict(os.environ, PATH=f'{self.folder}:{os.environ["PATH"]}'))
        self.assertEqual(done.returncode, 1)
        self.assertIn("peers: Debian's python3 python3-venv could not be installed", done.stderr)

    def test_an_empty_models_call_has_a_row_of_its_own(self):
        self.have('onnxruntime', onnxruntime_infer=INFER)
        write(self.path('mnist'), '#!/bin/sh\nexit 0\n', executable=True)
        command = self.command('onnxruntime', '--benchmarks', 'infer', '--infer-batches', '1', '--threads', '1', '--rounds', '1', bench=self.fake_bench())
        command[command.index('--mnist') + 1] = self.path('mnist')
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        rows = {row['name']: row for row in self.result()['benchmarks']}
        for word in ('onnxruntime', 'onnxruntime_throughput'):
            row, empty = rows[f'Infer/batch:1/threads:1/library:{word}'], rows[f'Infer/batch:1/threads:1/library:{word}_empty']
            self.assertEqual((row['time_unit'], round(row['real_time'], 6), row['p50_us'], row['label']), ('us', 10, 9, 'one session'))
            self.assertEqual(round(empty['real_time'], 6), 4)
        self.assertIn('Inference, one call at a time, f32', done.stdout)

    def test_what_cannot_be_installed_is_left_out_with_its_reason(self):
        def made(name, free_mb):
            folder = self.path(name)
            os.makedirs(folder)
            install.shutil = types.SimpleNamespace(**{**vars(shutil), 'disk_usage': lambda _: types.SimpleNamespace(free=free_mb * 10**6)})
            try:
                return install.install(folder, ['torch', 'torch_compile', 'jax']), folder
            finally:
                install.shutil = shutil

        # A Python whose environments have a pip that finds nothing.
        write(self.path('python'), '#!/bin/sh\nmkdir -p "$3/bin"\nprintf \'#!/bin/sh\\necho "ERROR: No matching distribution found"; exit 1\\n\' >"$3/bin/python"\n'
              'chmod +x "$3/bin/python"\n', executable=True)
        real = sys.executable
        sys.executable = self.path('python')
        try:
            reasons, _ = made('small', 1000)
            self.assertIn('MB of free disk', reasons['torch'])
            self.assertEqual(reasons['torch'], reasons['torch_compile'])
            self.assertIn('No matching distribution', reasons['jax'])
            reasons, folder = made('large', 10**6)
            self.assertIn('PIP_EXTRA_INDEX_URL', reasons['torch'])
            self.assertFalse(os.path.exists(os.path.join(folder, 'torch')), 'half an environment is no environment')
        finally:
            sys.executable = real

    def test_an_environment_of_other_versions_is_made_anew(self):
        self.have('jax')
        self.assertTrue(install.is_installed(self.path('build'), 'jax'))
        write(self.path('build/jax/installed.txt'), 'jax==0.0.1\n')
        self.assertFalse(install.is_installed(self.path('build'), 'jax'))

    def test_all_requirements_are_pinned_and_have_their_sizes(self):
        for library in LIBRARIES.values():
            if library.source == 'debian' or not os.path.exists(install.requirements(library.source)):
                continue
            self.assertIn(library.source, install.sizes())
            with open(install.requirements(library.source), encoding='utf-8') as f:
                self.assertTrue(all('==' in line for line in f))

    def test_what_a_script_prints_is_numbers_or_a_reason(self):
        from measure import Failed, figures_of
        good = '{"version": "1\\u001b[2J", "samples_per_second": 5, "accuracy": 97.5}'
        self.assertEqual(figures_of(good, ['samples_per_second'])['version'], '1')
        for text in ('[' * 60000, '[]', '{"samples_per_second": 1' + '0' * 400 + '}', '{"samples_per_second": true}', '{"samples_per_second": NaN}',
                     '{"samples_per_second": 5, "accuracy": "97"}', '{"samples_per_second": 5, "p50_us": -1}', '{"samples_per_second": 0}', '{}'):
            with self.assertRaises(Failed, msg=text[:50]):
                figures_of(text, ['samples_per_second'])

    def test_where_an_empty_call_takes_as_long_nothing_is_compared(self):
        def entry(library, p50, empty):
            rows = [{'samples_per_second': 1e5, 'p50_us': p50, 'p99_us': p50, 'empty_us': empty}]
            return table.Entry('Latency', Benchmark('Infer', '', 1, 'f32', 1, library), rows)
        ours, other = entry('', 5.0, 0), entry('onnxruntime', 9.9, 10.0)
        self.assertIn('nothing', other.cells)
        self.assertEqual(table.factor(ours, other, 1), '')
        self.assertIn('2.0x', table.factor(ours, entry('onnxruntime', 11.0, 1.0), 1))

    def test_ahead_is_said_where_every_round_is_and_chance_is_no_explanation(self):
        def entry(library, *rates):
            return table.Entry('Train', Benchmark('Train', 'Adam', 64, 'f32', 1, library), [{'samples_per_second': 1000.0 * rate} for rate in rates])
        ours = entry('', 100, 101, 102, 103, 104)
        for others, comparisons, standing in (((110, 111, 112, 113, 114), 5, table.AHEAD), ((110, 111, 112, 113, 114), 7, table.NOT_DECIDED),
                                              ((103, 111, 112, 113, 114), 5, table.NOT_DECIDED), ((105, 105, 105, 105, 105), 5, table.NOT_DECIDED),
                                              ((110, 111, 112), 1, table.NOT_DECIDED), ((90, 91, 92, 93, 94), 5, 'x**')):
            found = table.factor(ours, entry('jax', *others), comparisons)
            self.assertTrue(found.endswith(standing), (others, comparisons, found))

    def test_a_call_of_inference_is_compared_without_the_empty_call(self):
        ours = {'samples_per_second': 1e5, 'p50_us': 8.0, 'p99_us': 9.0}
        peer = {'samples_per_second': 5e4, 'p50_us': 20.0, 'p99_us': 30.0, 'empty_us': 16.0, 'empty_p50_us': 14.0}
        ranked = table.entries({Benchmark('Infer', '', 1, 'f32', 1, ''): [ours], Benchmark('Infer', '', 1, 'f32', 1, 'openvino'): [peer]})
        latency = ranked['Latency', 'f32']['', 1]
        self.assertEqual([(entry.benchmark.library, entry.cost) for entry in latency], [('openvino', 6.0), ('', 8.0)])
        throughput = ranked['Throughput', 'f32']['', 1]
        self.assertEqual([(entry.benchmark.library, entry.cost) for entry in throughput], [('openvino', 4.0), ('', 10.0)])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1] + sys.argv[4:])
