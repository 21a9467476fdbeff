"""The perceptron in TensorFlow: tensorflow_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS PRECISION prints one line of JSON. An epoch is one function that XLA
compiles (jit_compile=True) with a loop over its batches; Keras' fit() with jit_compile was slower (README.md). Left out: Keras' optimizers;
five rules need no library."""
import os

from epochs import read_job, report, timed
from files import read_folder

import numpy

job = read_job()
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ['CUDA_VISIBLE_DEVICES'] = ''
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(job.threads)
tf.config.threading.set_inter_op_parallelism_threads(1)
images, labels, test_images, test_labels = (tf.constant(a, tf.int32 if a.ndim == 1 else tf.float32) for a in read_folder(job.folder))
random = numpy.random.default_rng(0)
samples = len(images)
whole = samples // job.batch * job.batch  # rows of the epoch's full batches


def uniform(bound, *shape):
    return tf.constant(random.uniform(-bound, bound, shape), tf.float32)


def logits(weights, x):
    """`weights` alternate with biases."""
    to = tf.bfloat16 if job.precision == 'bf16' else tf.float32
    x = tf.cast(x, to)
    for layer in range(0, len(weights), 2):
        x = (x if layer == 0 else tf.nn.relu(x)) @ tf.cast(weights[layer], to) + tf.cast(weights[layer + 1], to)
    return tf.cast(x, tf.float32)


def loss_of(weights, x, y):
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits(weights, x)))


def sgd(weights, state, gradient):
    return [w - 0.011 * g for w, g in zip(weights, gradient)], state


def momentum(weights, velocity, gradient):
    velocity = [0.9 * v + g for v, g in zip(velocity, gradient)]
    return [w - 0.005 * v for w, v in zip(weights, velocity)], velocity


def adam(weights, state, gradient):
    first, second, steps = state
    steps = steps + 1
    first = [0.9 * m + 0.1 * g for m, g in zip(first, gradient)]
    second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradient)]
    rate = 0.001 / (1 - 0.9**steps)
    root = tf.sqrt(1 - 0.999**steps)
    return [w - rate * m / (tf.sqrt(v) / root + 1e-8) for w, m, v in zip(weights, first, second)], (first, second, steps)


def adamw(weights, state, gradient):
    return adam([w * (1 - 0.001 * 0.01) for w in weights], state, gradient)


def rmsprop(weights, squares, gradient):
    squares = [0.99 * v + 0.01 * g * g for v, g in zip(squares, gradient)]
    return [w - 0.001 * g / (tf.sqrt(v) + 1e-8) for w, v, g in zip(weights, squares, gradient)], squares


# Each rule, and how many numbers it keeps of a weight.
update, states = {'SGD': (sgd, 0), 'Momentum': (momentum, 1), 'Adam': (adam, 2), 'AdamW': (adamw, 2), 'RMSprop': (rmsprop, 1)}[job.optimizer]


def step(weights, state, rows):
    x, y = tf.gather(images, rows), tf.gather(labels, rows)
    with tf.GradientTape() as tape:
        tape.watch(weights)
        loss = loss_of(weights, x, y)
    return update(weights, state, tape.gradient(loss, weights))


@tf.function(jit_compile=True)
def trained(weights, state, order):
    rows = tf.reshape(order[:whole], [-1, job.batch])
    _, weights, state = tf.while_loop(lambda i, *_: i < len(rows), lambda i, weights, state: (i + 1, *step(weights, state, rows[i])), (0, weights, state))
    return step(weights, state, order[whole:]) if whole < samples else (weights, state)


weights = [array for n, m in ((784, 128), (128, 64), (64, 10)) for array in (uniform(n**-0.5, n, m), uniform(n**-0.5, m))]
zeros = [[tf.zeros_like(w) for w in weights] for _ in range(2)]
state = ((), zeros[0], (*zeros, tf.constant(0.0)))[states]


def epoch():
    global weights, state
    weights, state = trained(weights, state, tf.constant(random.permutation(samples), tf.int32))
    weights[0].numpy()  # waits for it


seconds, cpus = timed(job, epoch)
accuracy = 100 * (logits(weights, test_images).numpy().argmax(1) == test_labels.numpy()).mean()
report(tf.__version__, samples, seconds, cpus, accuracy, loss_of(weights, test_images, test_labels).numpy())
