"""Runs the programs `mnist_bench` and `mnist train` and reads their result files.

    >>> import mnist_bench
    >>> result = mnist_bench.train(dataset="synthetic", optimizer="adam", epochs=1)
    >>> result["runs"][0]["weights_sha256"]
    >>> mnist_bench.frame(result)  # with pandas

Results are the files' own JSON as plain dictionaries: what a version of the programs wrote is there under its own names. Left out:
the other subcommands of `mnist`, whose answers are for people or are files of their own.
"""

from ._results import Result, frame, load
from ._run import ProgramError, run, train

__all__ = ["ProgramError", "Result", "frame", "load", "run", "train"]
