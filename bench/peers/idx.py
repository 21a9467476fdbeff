"""MNIST's four plain IDX files as float32 rows from -1 to 1, as mnist_bench computes them, and int64 labels. Left out: every check; mnist_bench reads
the same files and has them."""
import os

import numpy


def read_folder(folder):
    arrays = []
    for name in ('train', 't10k'):
        with open(os.path.join(folder, f'{name}-images-idx3-ubyte'), 'rb') as f:
            pixels = numpy.frombuffer(f.read(), numpy.uint8, offset=16).reshape(-1, 784)
        with open(os.path.join(folder, f'{name}-labels-idx1-ubyte'), 'rb') as f:
            labels = numpy.frombuffer(f.read(), numpy.uint8, offset=8)
        arrays += [(pixels.astype(numpy.float32) / 255 - 0.5) / 0.5, labels.astype(numpy.int64)]
    return arrays
