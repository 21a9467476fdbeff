"""The files that scripts read: MNIST's plain IDX files and models of safetensors. Left out: every check; mnist_bench and mnist read the same files and have
them."""
import json
import os

import numpy


def raw(folder, name):
    """Pixels [rows, 784] and labels of `name`, train or t10k, as bytes."""
    with open(os.path.join(folder, f'{name}-images-idx3-ubyte'), 'rb') as f:
        pixels = numpy.frombuffer(f.read(), numpy.uint8, offset=16).reshape(-1, 784)
    with open(os.path.join(folder, f'{name}-labels-idx1-ubyte'), 'rb') as f:
        return pixels, numpy.frombuffer(f.read(), numpy.uint8, offset=8)


def read_folder(folder):
    """Training and test set: float32 rows from -1 to 1, as mnist_bench computes them, and int64 labels."""
    sets = [raw(folder, name) for name in ('train', 't10k')]
    return [array for pixels, labels in sets for array in ((pixels.astype(numpy.float32) / 255 - 0.5) / 0.5, labels.astype(numpy.int64))]


def header_and_data(path):
    """Of a file of safetensors."""
    with open(path, 'rb') as f:
        return json.loads(f.read(int.from_bytes(f.read(8), 'little'))), f.read()


def tensors_of(path):
    header, data = header_and_data(path)
    types = {'F32': numpy.float32, 'I8': numpy.int8}
    return {name: numpy.frombuffer(data[slice(*entry['data_offsets'])], types[entry['dtype']]).reshape(entry['shape'])
            for name, entry in header.items() if name != '__metadata__'}
