"""Where the two programs are, and the console scripts that become them.

The scripts replace their own process, so that exit codes, signals and standard streams are the program's. The programs are
package data and no scripts of the wheel, because auditwheel mends paths to libraries only inside packages.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import NoReturn, Sequence

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin")


def path(program: str) -> str:
    """The file of `program`, "mnist" or "mnist_bench"."""
    return os.path.join(FOLDER, program)


def become(program: str, argv: Sequence[str]) -> NoReturn:
    """Replaces this process by `program` with `argv`, argv[0] included. Exits with 2 where that cannot be."""
    # Python ignores these from its start on, and a new program would go on ignoring them.
    for name in ("SIGPIPE", "SIGXFSZ"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execv(path(program), list(argv))
    except OSError as error:
        print(f"{program}: {cannot_start(program, error)}", file=sys.stderr)
        sys.exit(2)


def cannot_start(program: str, error: OSError) -> str:
    """What to tell the user when `program` could not be started."""
    return (
        f"{path(program)}: expected a program that this machine can start, found {error.strerror}. "
        "Install the wheel with pip, for this machine's architecture, into a folder from which programs may be started"
    )


def mnist() -> NoReturn:
    """The console script `mnist`."""
    become("mnist", sys.argv)


def mnist_bench() -> NoReturn:
    """The console script `mnist_bench`."""
    become("mnist_bench", sys.argv)
