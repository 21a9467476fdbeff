"""What the installed wheel promises; packaging/wheel runs this in a virtual environment that has nothing else.

    VENV/bin/python packaging/python/tests/test_mnist_bench.py

Left out: what the programs themselves promise, which the project's own tests hold.
"""

import contextlib
import copy
import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import unittest
from importlib import metadata, util
from pathlib import Path

import mnist_bench

SCRIPTS = Path(sys.executable).parent
SHORT = {"dataset": "synthetic", "optimizer": "sgd", "epochs": 2, "threads": 1}
ENDLESS = {**SHORT, "epochs": 100000}
BENCH = {"benchmark_filter": "Calibrate/Barrier/threads:1$", "threads": 1}
HAS_PANDAS = util.find_spec("pandas") is not None


def call(*words, **settings):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=300, **settings)


def kill_group(leader):
    """With what the leader started, which would keep its pipes open."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def setUpModule():
    # What a shell starts in the background ignores interrupts, and so would all that is started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Scratch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, text, name="some.json"):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def started(self, *words):
        """A training that would take hours, once it trains, in a process group of its own."""
        process = subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=self.folder, start_new_session=True)
        self.addCleanup(process.communicate)
        self.addCleanup(kill_group, process.pid)
        while not process.stdout.readline().startswith("Epoch 1/"):
            self.assertIsNone(process.poll(), "the training ended before its first epoch")
        return process


class Programs(Scratch):
    ENDLESS_WORDS = ["train", "--dataset", "synthetic", "--optimizer", "sgd", "--epochs", "100000", "--threads", "1"]

    def test_both_are_on_the_path_and_have_the_wheels_version(self):
        for program in ("mnist", "mnist_bench"):
            answer = call(SCRIPTS / program, "--version")
            self.assertEqual(answer.returncode, 0, answer.stderr)
            self.assertIn(metadata.version("mnist-bench"), answer.stdout)

    def test_python_m_is_the_benchmark_program(self):
        answer = call(sys.executable, "-m", "mnist_bench", "--benchmark_list_tests")
        self.assertEqual(answer.returncode, 0, answer.stderr)
        self.assertIn("Train/Adam/batch:64", answer.stdout.splitlines())

    def test_exit_code_and_message_are_the_programs(self):
        answer = call(SCRIPTS / "mnist", "train", "--epochs", "many")
        self.assertEqual(answer.returncode, 2)
        self.assertIn('--epochs: expected a whole number from 0 to 1000000, found "many"', answer.stderr)
        self.assertEqual(answer.stdout, "")

    def test_a_signal_reaches_the_program_itself(self):
        process = self.started(SCRIPTS / "mnist", *self.ENDLESS_WORDS)
        program = Path(os.readlink(f"/proc/{process.pid}/exe"))
        self.assertEqual(program, Path(mnist_bench.__file__).resolve().parent / "bin" / "mnist")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_a_closed_pipe_is_the_programs_to_handle(self):
        # Python ignores SIGPIPE; a program that it becomes would inherit that.
        script = "import os; os.execv = lambda *_: print(open('/proc/self/status').read()); from mnist_bench import _programs; "
        answer = call(sys.executable, "-c", script + "_programs.become('mnist', ['mnist'])")
        ignored = int(next(line for line in answer.stdout.splitlines() if line.startswith("SigIgn")).split()[1], 16)
        self.assertFalse(ignored >> (signal.SIGPIPE - 1) & 1)

    def test_what_fetches_data_is_in_the_wheel(self):
        answer = call(SCRIPTS / "mnist", "fetch", "--base-url", "http://127.0.0.1:9", "--data-dir", self.folder / "data")
        self.assertEqual(answer.returncode, 2, answer.stderr)
        self.assertIn("connect to 127.0.0.1 port 9", answer.stderr)

    def test_a_program_that_cannot_be_started_is_named_with_the_remedy(self):
        script = f"from mnist_bench import _programs; _programs.FOLDER = {str(self.folder)!r}; _programs.mnist()"
        answer = call(sys.executable, "-c", script)
        self.assertEqual(answer.returncode, 2)
        self.assertIn(f"{self.folder}/mnist: expected a program that this machine can start, found No such file", answer.stderr)
        self.assertIn("Install the wheel with pip", answer.stderr)


class Results(Scratch):
    def test_a_training_comes_back_as_a_dictionary(self):
        result = mnist_bench.train(**SHORT)
        self.assertEqual(result["schema"], "mnist-results/1")
        self.assertEqual(len(result["runs"][0]["epochs"]), 2)
        self.assertEqual(result["build"]["version"], metadata.version("mnist-bench"))
        self.assertEqual(result["build"]["build_type"], "Release")
        self.assertRegex(result["build"]["commit"], "^[0-9a-f]{40}$")

    def test_a_benchmark_comes_back_as_a_dictionary(self):
        result = mnist_bench.run(**BENCH)
        self.assertEqual(result["benchmarks"][0]["name"], "Calibrate/Barrier/threads:1")

    def test_arguments_and_keywords_are_one_command_line(self):
        result = mnist_bench.train("--seed", "7", label="two words", hidden=[32, 16], no_shuffle=True, batch_size=None, **SHORT)
        self.assertEqual(result["label"], "two words")
        self.assertEqual([result["config"][key] for key in ("seed", "hidden", "shuffle", "batch_size")], [7, [32, 16], False, 64])

    def test_a_result_is_kept_where_out_says_and_nowhere_else(self):
        kept = self.folder / "a folder" / "kept.json"
        here = os.getcwd()
        self.addCleanup(os.chdir, here)
        os.chdir(self.folder)
        result = mnist_bench.train(out=kept, **SHORT)
        mnist_bench.run(**BENCH)
        self.assertEqual(mnist_bench.load(kept), result)
        self.assertEqual([str(path) for path in self.folder.rglob("*.json")], [str(kept)])

    def test_a_file_that_is_there_is_neither_overwritten_nor_taken_for_the_result(self):
        kept = self.write('{"schema": "mnist-results/1", "runs": []}')
        with self.assertRaises(mnist_bench.ProgramError) as caught:
            mnist_bench.train(out=kept, **SHORT)
        self.assertEqual((caught.exception.exit_code, caught.exception.result), (2, None))
        self.assertIn("some.json", str(caught.exception))

    def test_what_the_program_said_is_the_exceptions_text(self):
        with self.assertRaises(mnist_bench.ProgramError) as caught:
            mnist_bench.run(benchmark_filter="nosuch")
        self.assertEqual((caught.exception.program, caught.exception.exit_code), ("mnist_bench", 2))
        self.assertIn('expected an expression that matches at least one name, found "nosuch"', str(caught.exception))

    def test_a_missed_target_has_its_result(self):
        with self.assertRaises(mnist_bench.ProgramError) as caught:
            mnist_bench.train(target_accuracy=100, **SHORT)
        self.assertEqual(caught.exception.exit_code, 1)
        self.assertEqual(len(caught.exception.result["runs"][0]["epochs"]), 2)

    def test_the_exception_of_a_worker_process_arrives_whole(self):
        for said, result in (("no memory\n", {"runs": []}), ("", None)):
            error = mnist_bench.ProgramError("mnist", 3, said, result)
            for arrived in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
                self.assertIs(type(arrived), mnist_bench.ProgramError)
                self.assertEqual(str(arrived), str(error))
                self.assertEqual(vars(arrived), vars(error))

    def test_a_call_that_writes_no_result_says_so(self):
        with self.assertRaisesRegex(mnist_bench.ProgramError, "mnist: expected a result, found none"):
            mnist_bench.train("--help")

    def test_the_result_files_name_is_asked_for_as_out(self):
        for call_it in (lambda: mnist_bench.run(benchmark_out="x.json"), lambda: mnist_bench.run("--benchmark_out=x.json")):
            with self.assertRaisesRegex(ValueError, "Give it as out=FILE"):
                call_it()

    def test_a_terminals_interrupt_stops_the_program_once_and_keeps_the_result_so_far(self):
        kept = self.folder / "kept.json"
        script = f"import mnist_bench; mnist_bench.train(out={str(kept)!r}, show=True, **{ENDLESS})"
        process = self.started(sys.executable, "-c", script)
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertIn("KeyboardInterrupt", said)
        self.assertTrue(mnist_bench.load(kept)["interrupted"])


class Load(Scratch):
    def refused(self, text):
        path = self.write(text)
        with self.assertRaises(ValueError) as caught:
            mnist_bench.load(path)
        self.assertTrue(str(caught.exception).startswith(f"{path}: expected "), caught.exception)
        return str(caught.exception)

    def test_results_of_other_versions_are_read(self):
        later = {"schema": "mnist-results/9", "runs": [], "unheard of": 1}
        self.assertEqual(mnist_bench.load(self.write(json.dumps(later))), later)
        google = {"context": {"library_version": "1.9"}, "benchmarks": []}
        self.assertEqual(mnist_bench.load(str(self.write(json.dumps(google)))), google)

    def test_numbers_that_are_none_are_none(self):
        path = self.write('{"context": {}, "benchmarks": [{"a": NaN, "b": -Infinity, "c": 1}]}')
        self.assertEqual(mnist_bench.load(path)["benchmarks"], [{"a": None, "b": None, "c": 1}])

    def test_what_is_no_json_is_refused(self):
        for text in ("", '{"schema": "mnist-res', "\x00", "[" * 100000):
            self.assertIn("expected JSON, found something else", self.refused(text))
        path = self.folder / "bytes"
        path.write_bytes(b"\xff\xfe{}")
        with self.assertRaisesRegex(ValueError, "expected JSON"):
            mnist_bench.load(path)

    def test_other_json_is_refused_with_what_it_has(self):
        self.assertIn("found a value of type list. Give a file that `mnist_bench --benchmark_out=FILE`", self.refused("[1]"))
        self.assertIn("found an object with 'a', 'b', 'c', 'd', 'e' and more", self.refused('{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}'))
        self.assertIn("found the schema 'other/1' in an object with 'schema'", self.refused('{"schema": "other/1"}'))
        self.assertIn("found the schema 'mnist-results/1'", self.refused('{"schema": "mnist-results/1"}'))

    def test_a_missing_file_is_pythons_own_error(self):
        with self.assertRaisesRegex(FileNotFoundError, "nosuch.json"):
            mnist_bench.load("nosuch.json")


class Frame(Scratch):
    TRAINING = {
        "schema": "mnist-results/1",
        "runs": [
            {"optimizer": "sgd", "seed": 0, "epochs": [{"train_loss": 2.0}, {"train_loss": 1.0}]},
            {"optimizer": "adam", "seed": 1, "epochs": [{"train_loss": 0.5, "nested": {"share": 0.25}}]},
        ],
    }

    @unittest.skipIf(HAS_PANDAS, "pandas is here")
    def test_without_pandas_the_error_names_it(self):
        with self.assertRaisesRegex(ImportError, "expected the package pandas, found none. `pip install pandas` installs it"):
            mnist_bench.frame(self.TRAINING)

    @unittest.skipUnless(HAS_PANDAS, "needs pandas")
    def test_of_a_training_each_row_is_an_epoch(self):
        frame = mnist_bench.frame(self.TRAINING)
        self.assertEqual(list(frame["optimizer"]), ["sgd", "sgd", "adam"])
        self.assertEqual(list(frame["epoch"]), [1, 2, 1])
        self.assertEqual(list(frame["train_loss"]), [2.0, 1.0, 0.5])
        self.assertEqual(frame["nested.share"].iloc[2], 0.25)

    @unittest.skipUnless(HAS_PANDAS, "needs pandas")
    def test_of_benchmarks_each_row_is_one_and_a_path_will_do(self):
        path = self.write('{"context": {}, "benchmarks": [{"name": "a", "real_time": 1.5}, {"name": "b", "real_time": NaN}]}')
        frame = mnist_bench.frame(path)
        self.assertEqual(list(frame["name"]), ["a", "b"])
        self.assertEqual(frame["real_time"].isna().tolist(), [False, True])

    @unittest.skipUnless(HAS_PANDAS, "needs pandas")
    def test_what_is_no_result_is_refused(self):
        with self.assertRaisesRegex(ValueError, "mnist_bench.frame: expected a result, found an object with 'a'"):
            mnist_bench.frame({"a": 1})


if __name__ == "__main__":
    unittest.main(verbosity=2)
