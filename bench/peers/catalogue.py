"""Which libraries there are and what can be measured with each: a row a library. A benchmark's name is mnist_bench's own with /library:WORD behind it.
Left out: how a library is installed (install.py) and started (measure.py)."""
import itertools
from dataclasses import dataclass

OURS = ''  # mnist_bench's rows have no library in their names
USUAL = ('SGD', 'Momentum', 'Adam')  # as in mnist_bench's own default set
OPTIMIZERS = (*USUAL, 'AdamW', 'RMSprop')


@dataclass(frozen=True)
class Library:
    word: str  # in names of benchmarks
    title: str
    source: str  # the file in requirements/, or 'debian'
    train: str = ''  # the script, or '' where it does not train here
    train_precisions: tuple = ()
    infer: str = ''
    infer_precisions: tuple = ()
    setting: str = 'latency'
    optimizers: tuple = OPTIMIZERS  # those whose rule it has

    @property
    def peer(self):
        """What the command line calls it: the settings of a library are measured together."""
        return self.word.removesuffix('_throughput')


LIBRARIES = {library.word: library for library in (
    Library('torch', 'PyTorch', 'torch', 'torch_mlp.py', ('f32', 'bf16'), 'torch_infer.py', ('f32', 'bf16', 'int8')),
    Library('torch_compile', 'PyTorch (torch.compile)', 'torch', 'torch_compile_mlp.py', ('f32', 'bf16')),
    Library('jax', 'JAX', 'jax', 'jax_mlp.py', ('f32', 'bf16')),
    Library('tensorflow', 'TensorFlow (XLA)', 'tensorflow', 'tensorflow_mlp.py', ('f32', 'bf16')),
    Library('sklearn', 'scikit-learn', 'sklearn', 'sklearn_mlp.py', ('f32',), optimizers=USUAL),
    Library('onnxruntime', 'ONNX Runtime', 'onnxruntime', infer='onnxruntime_infer.py', infer_precisions=('f32', 'int8')),
    Library('onnxruntime_throughput', 'ONNX Runtime (throughput)', 'onnxruntime', infer='onnxruntime_infer.py', infer_precisions=('f32', 'int8'),
            setting='throughput'),
    Library('openvino', 'OpenVINO', 'openvino', infer='openvino_infer.py', infer_precisions=('f32', 'bf16', 'int8')),
    Library('openvino_throughput', 'OpenVINO (throughput)', 'openvino', infer='openvino_infer.py', infer_precisions=('f32', 'bf16', 'int8'),
            setting='throughput'),
    Library('torch_debian', 'PyTorch of Debian', 'debian', 'torch_mlp.py', ('f32',)),
    Library('libtorch_debian', 'libtorch of Debian', 'debian', 'libtorch_mlp', ('f32',)),
    Library('sklearn_debian', 'scikit-learn of Debian', 'debian', 'sklearn_mlp.py', ('f32',), optimizers=USUAL),
)}
PEERS = list(dict.fromkeys(library.peer for library in LIBRARIES.values()))
DEBIAN = [library.word for library in LIBRARIES.values() if library.source == 'debian']


def title_of(library):
    return LIBRARIES[library].title if library else 'mnist_bench'


@dataclass(frozen=True)
class Benchmark:
    family: str  # Train or Infer
    optimizer: str  # '' for Infer
    batch: int
    precision: str
    threads: int
    library: str

    @property
    def name(self):
        parts = [self.family, self.optimizer, f'batch:{self.batch}', self.precision != 'f32' and f'precision:{self.precision}',
                 f'threads:{self.threads}', self.library and f'library:{self.library}']
        return '/'.join(part for part in parts if part)

    @property
    def lacks_rule(self):
        return self.family == 'Train' and self.library != OURS and self.optimizer not in LIBRARIES[self.library].optimizers

    def __str__(self):
        words = [title_of(self.library), self.optimizer or 'inference', f'batch {self.batch}', self.precision,
                 f'{self.threads} thread{"s" * (self.threads > 1)}']
        return ', '.join(words)


def benchmarks(options, words, thread_counts):
    """All that `options` ask for, with mnist_bench and the libraries of `words`."""
    found = []
    for word in [OURS, *words]:
        library = LIBRARIES.get(word)
        if 'train' in options.benchmarks and (library is None or library.train):
            precisions = library.train_precisions if library else ('f32', 'bf16')
            found += [Benchmark('Train', *rest, word) for rest in
                      itertools.product(options.optimizers, options.batches, [p for p in options.precisions if p in precisions], thread_counts)]
        if 'infer' in options.benchmarks and (library is None or library.infer):
            precisions = library.infer_precisions if library else ('f32', 'bf16', 'int8')
            found += [Benchmark('Infer', '', *rest, word) for rest in
                      itertools.product(options.infer_batches, [p for p in options.precisions if p in precisions], thread_counts)]
    return found
