"""Calls of the programs whose results come back as dictionaries.

A program writes its result file, and what it wrote is read back, so that Python sees what every other reader sees. Left out:
Python's own names for the options, which would drift from the programs'.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from typing import Any, Optional

from . import _programs
from ._results import Path, Result, load


class ProgramError(RuntimeError):
    """A program failed; the text is what it wrote to standard error.

    `exit_code` is 1 for a run that diverged or missed its `target_accuracy` and for a benchmark that erred, 2 for bad usage or
    input, 3 for a failure of the program's own, -N where signal N ended it. `result` is the result that it wrote all the same, or
    None.
    """

    def __init__(self, program: str, exit_code: int, stderr: str, result: Optional[Result] = None) -> None:
        super().__init__(stderr.strip() or f"{program} ended with {exit_code} and said nothing")
        self.program = program
        self.exit_code = exit_code
        self.stderr = stderr
        self.result = result

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickle would call this class with the exception's text alone; worker processes send their exceptions pickled.
        return type(self), (self.program, self.exit_code, self.stderr, self.result)


def run(*args: str, out: Optional[Path] = None, show: bool = False, **options: Any) -> Result:
    """Runs `mnist_bench` and returns its result: "context" and "benchmarks".

    `args` are arguments as on the command line; `options` are the same as keywords: `benchmark_filter="Adam"` is
    `--benchmark_filter=Adam`, `noise_floor=True` is `--noise-floor=true`, lists are joined with commas, and None leaves an option
    out. `out` names a result file to keep. `show` passes on what the program prints. Raises ProgramError where the program fails.
    """
    return _result_of("mnist_bench", [], "--benchmark_out", list(args) + _flags(options), out, show)


def train(*args: str, out: Optional[Path] = None, show: bool = False, **options: Any) -> Result:
    """Runs `mnist train` and returns its result, each run with its epochs under "runs".

    Arguments are as those of `run`: `train(optimizer=["sgd", "adam"], epochs=3, seeds=5)`.
    """
    return _result_of("mnist", ["train"], "--out", list(args) + _flags(options), out, show)


def _flags(options: dict[str, Any]) -> list[str]:
    flags = []
    for name, value in options.items():
        if value is None:
            continue
        # Google Benchmark's own flags have underscores, all others have hyphens.
        flag = name if name.startswith("benchmark_") else name.replace("_", "-")
        if isinstance(value, bool):
            value = str(value).lower()
        elif isinstance(value, (list, tuple, range)):
            value = ",".join(str(item) for item in value)
        flags.append(f"--{flag}={value}")
    return flags


def _result_of(
    program: str, command: list[str], out_flag: str, words: list[str], out: Optional[Path], show: bool
) -> Result:
    for word in words:
        if word.partition("=")[0] == out_flag:
            raise ValueError(f"{program}: expected the result file's name as out=FILE, found {word!r}. Give it as out=FILE")
    with tempfile.TemporaryDirectory(prefix="mnist-bench-") as folder:
        path = os.path.join(folder, "result.json") if out is None else os.fspath(out)
        before = os.path.exists(path)  # such a file is another's: the programs refuse to overwrite it
        exit_code, stderr = _call(program, [*command, *words, f"{out_flag}={path}"], show)
        result = load(path) if os.path.isfile(path) and not before else None
    if exit_code != 0:
        raise ProgramError(program, exit_code, stderr, result)
    if result is None:
        said = f"{program}: expected a result, found none. For options that only print, start the program itself"
        raise ProgramError(program, exit_code, said)
    return result


def _call(program: str, words: list[str], show: bool) -> tuple[int, str]:
    """The program's exit code and standard error.

    An interrupt of this process stops the program once, which lets it write the result so far; a second one ends it at once. The
    terminal's own is kept from it, because it would be the second.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        process = subprocess.Popen(
            [_programs.path(program), *words],
            stdin=subprocess.DEVNULL,
            stdout=None if show else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
    except OSError as error:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        raise ProgramError(program, 2, f"{program}: {_programs.cannot_start(program, error)}") from error
    with process:
        assert process.stderr is not None
        said = []
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            for line in process.stderr:
                said.append(line)
                if show:
                    print(line, end="", file=sys.stderr, flush=True)
        except BaseException:
            process.terminate()
            try:
                process.stderr.read()
                process.wait()
            except BaseException:
                process.kill()
                raise
            raise
    return process.returncode, "".join(said)
