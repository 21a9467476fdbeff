"""Python that the documents show: it parses, and what it takes of the package is there: python_test.py PROJECT. Left out: running it, which
wants the wheel (packaging/check does)."""
import ast
import glob
import os
import re
import sys

PROJECT = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(PROJECT, 'packaging', 'python'))
import mnist_bench  # noqa: E402

blocks = names = 0
for path in sorted(glob.glob(os.path.join(PROJECT, 'docs', '*.md')) + glob.glob(os.path.join(PROJECT, 'bench', '*.md'))):
    with open(path, encoding='utf-8') as f:
        for block in re.findall(r'^```python\n(.*?)^```', f.read(), re.MULTILINE | re.DOTALL):
            blocks += 1
            for node in ast.walk(ast.parse(block, path)):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == 'mnist_bench':
                    names += 1
                    if not hasattr(mnist_bench, node.attr):
                        sys.exit(f'FAILED: {path}: expected a name of the package, found mnist_bench.{node.attr}')
if blocks < 3 or names < 5:
    sys.exit(f'FAILED: expected blocks of Python, found {blocks} with {names} names of the package')
