"""The perceptron in JAX: jax_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS PRECISION prints one line of JSON. An epoch is one compiled lax.scan, which gathers
each batch's rows by the epoch's permutation. Left out: optax; five rules need no library."""
import os

from epochs import read_job, report, timed
from files import read_folder

import numpy

job = read_job()
# Before the import, which starts XLA's threads: NPROC is how many. Of the flags that are often named for it, JAX 0.10 follows neither
# --xla_cpu_multi_thread_eigen nor intra_op_parallelism_threads.
os.environ['NPROC'] = str(job.threads)
os.environ['JAX_PLATFORMS'] = 'cpu'
import jax
import jax.numpy as jnp

images, labels, test_images, test_labels = (jnp.asarray(a, jnp.int32 if a.ndim == 1 else jnp.float32) for a in read_folder(job.folder))
random = numpy.random.default_rng(0)
whole = len(images) // job.batch * job.batch  # rows of the epoch's full batches
each = jax.tree.map


def uniform(bound, *shape):
    return jnp.asarray(random.uniform(-bound, bound, shape), jnp.float32)


def logits(layers, x):
    if job.precision == 'bf16':
        layers, x = each(lambda a: a.astype(jnp.bfloat16), (layers, x))
    for weights, bias in layers[:-1]:
        x = jax.nn.relu(x @ weights + bias)
    return (x @ layers[-1][0] + layers[-1][1]).astype(jnp.float32)


def loss_of(layers, x, y):
    return -jnp.mean(jnp.sum(jax.nn.one_hot(y, 10) * jax.nn.log_softmax(logits(layers, x)), axis=1))


def sgd(layers, state, gradient):
    return each(lambda w, g: w - 0.011 * g, layers, gradient), state


def momentum(layers, velocity, gradient):
    velocity = each(lambda v, g: 0.9 * v + g, velocity, gradient)
    return each(lambda w, v: w - 0.005 * v, layers, velocity), velocity


def adam(layers, state, gradient):
    first, second, steps = state
    steps = steps + 1
    first = each(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = each(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
    rate = 0.001 / (1 - 0.9**steps)
    root = jnp.sqrt(1 - 0.999**steps)
    return each(lambda w, m, v: w - rate * m / (jnp.sqrt(v) / root + 1e-8), layers, first, second), (first, second, steps)


def adamw(layers, state, gradient):
    return adam(each(lambda w: w * (1 - 0.001 * 0.01), layers), state, gradient)


def rmsprop(layers, squares, gradient):
    squares = each(lambda v, g: 0.99 * v + 0.01 * g * g, squares, gradient)
    return each(lambda w, v, g: w - 0.001 * g / (jnp.sqrt(v) + 1e-8), layers, squares, gradient), squares


# Each rule, and how many numbers it keeps of a weight.
update, states = {'SGD': (sgd, 0), 'Momentum': (momentum, 1), 'Adam': (adam, 2), 'AdamW': (adamw, 2), 'RMSprop': (rmsprop, 1)}[job.optimizer]


# The rows are arguments: captured, they would be constants of the compiled program.
def trained(layers, state, order, images, labels):
    def step(carry, rows):
        layers, state = carry
        x, y = (a.at[rows].get(mode='promise_in_bounds') for a in (images, labels))
        return update(layers, state, jax.grad(loss_of)(layers, x, y)), None

    # One to four steps in one turn of the loop are the same, eight are slower.
    carry, _ = jax.lax.scan(step, (layers, state), order[:whole].reshape(-1, job.batch), unroll=4)
    return step(carry, order[whole:])[0] if whole < len(images) else carry


layers = [(uniform(n**-0.5, n, m), uniform(n**-0.5, m)) for n, m in ((784, 128), (128, 64), (64, 10))]
zeros = [each(jnp.zeros_like, layers) for _ in range(2)]
state = ((), zeros[0], (*zeros, jnp.float32(0)))[states]
epoch_of = jax.jit(trained, donate_argnums=(0, 1))


def epoch():
    global layers, state
    order = random.permutation(len(images)).astype(numpy.int32)
    layers, state = jax.block_until_ready(epoch_of(layers, state, order, images, labels))


seconds, cpus = timed(job, epoch)
accuracy = 100 * (logits(layers, test_images).argmax(1) == test_labels).mean()
report(jax.__version__, len(images), seconds, cpus, accuracy, loss_of(layers, test_images, test_labels))
