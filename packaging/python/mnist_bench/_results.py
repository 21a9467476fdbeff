"""Result files as dictionaries and as data frames.

Which file is a result is told by what stands in it, as `mnist compare` tells it. Left out: a check of every key, so that files of
other versions can be read.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Dict, Optional, Union

if TYPE_CHECKING:
    import pandas

Result = Dict[str, Any]
Path = Union[str, "os.PathLike[str]"]


def load(path: Path) -> Result:
    """The result file at `path`, of `mnist_bench` (or of any Google Benchmark program) or of `mnist train`, as a dictionary.

    Numbers that are none (NaN, Infinity) become None. Raises OSError where the file cannot be read and ValueError where it holds
    no result.
    """
    with open(path, "rb") as file:
        content = file.read()
    try:
        root: Result = json.loads(content.decode("utf-8"), parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise ValueError(
            f"{os.fspath(path)}: expected JSON, found something else ({error}). The file may be truncated or of another kind"
        ) from None
    if _measurements(root) is None:
        raise ValueError(
            f"{os.fspath(path)}: expected a result of mnist_bench or of mnist train, found {_described(root)}. "
            "Give a file that `mnist_bench --benchmark_out=FILE` or `mnist train --out FILE` wrote"
        )
    return root


def frame(result: Union[Result, Path]) -> pandas.DataFrame:
    """A result, or the result file at a path, as a pandas data frame.

    Of `mnist_bench` each row is one of its "benchmarks". Of `mnist train` each row is an epoch, behind its run's optimizer and seed.
    Raises ImportError without pandas and ValueError where `result` is none.
    """
    try:
        import pandas
    except ImportError as error:
        raise ImportError(
            "mnist_bench.frame: expected the package pandas, found none. `pip install pandas` installs it; "
            "everything else in mnist_bench works without it"
        ) from error
    if isinstance(result, (str, os.PathLike)):
        result = load(result)
    kind = _measurements(result)
    if kind is None:
        raise ValueError(
            f"mnist_bench.frame: expected a result, found {_described(result)}. Give what run, train or load returned, or a path"
        )
    if kind == "benchmarks":
        return pandas.json_normalize(result["benchmarks"])
    rows = [
        {"optimizer": run.get("optimizer"), "seed": run.get("seed"), "epoch": number, **epoch}
        for run in result["runs"]
        for number, epoch in enumerate(run.get("epochs", []), start=1)
    ]
    return pandas.json_normalize(rows)


def _measurements(root: Any) -> Optional[str]:
    """The key of a result's measurements, or None for what is no result."""
    if not isinstance(root, dict):
        return None
    if isinstance(root.get("context"), dict) and isinstance(root.get("benchmarks"), list):
        return "benchmarks"
    if str(root.get("schema")).startswith("mnist-results/") and isinstance(root.get("runs"), list):
        return "runs"
    return None


def _described(root: Any) -> str:
    if not isinstance(root, dict):
        return "null" if root is None else f"a value of type {type(root).__name__}"
    if not root:
        return "an empty object"
    keys = ", ".join(repr(key) for key in list(root)[:5])
    schema = f"the schema {root['schema']!r} in " if "schema" in root else ""
    return f"{schema}an object with {keys}{' and more' if len(root) > 5 else ''}"
