"""`python -m mnist_bench ARGS` is `mnist_bench ARGS`."""

import sys

from ._programs import become

become("mnist_bench", ["mnist_bench", *sys.argv[1:]])
