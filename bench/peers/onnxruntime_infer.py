"""Inference in ONNX Runtime: onnxruntime_infer.py FOLDER MODEL.onnx BATCH THREADS PRECISION SETTING prints one line of JSON (measure_infer.py). Inputs and
outputs are bound once, the batch is a constant of the graph. latency: one session with THREADS threads that wait awake, as is its default. throughput:
THREADS sessions of one thread, each called by a thread of its own. Left out: bf16, which ONNX Runtime has on Arm alone."""
import threading

from measure_infer import accuracy, measure, read_job, refuse, report

import numpy

try:
    import onnxruntime
except ImportError as error:
    refuse(f'expected ONNX Runtime, found: {error}. Install what requirements/onnxruntime.txt names')


def varint(number):
    low = number & 127
    return bytes([low]) if number < 128 else bytes([low | 128]) + varint(number >> 7)


def field(number, value):
    """A field of protobuf: a number, or bytes with their length."""
    return varint(number << 3) + varint(value) if isinstance(value, int) else varint(number << 3 | 2) + varint(len(value)) + value


def empty_model():
    """One Identity of [1, 1], put together by hand, so that no further package is needed."""
    def value(name):
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, 2 * field(1, field(1, 1)))))
    node = field(1, b'x') + field(2, b'y') + field(4, b'Identity')
    graph = field(1, node) + field(2, b'empty') + field(11, value(b'x')) + field(12, value(b'y'))
    return field(1, 7) + field(7, graph) + field(8, field(2, 13))


def session(model, threads, batch):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_free_dimension_override_by_name('batch', batch)
    return onnxruntime.InferenceSession(model, options, providers=['CPUExecutionProvider'])


class Bound:
    """A session with its input and output at fixed places."""

    def __init__(self, of, rows, width):
        self.session = of
        self.input = onnxruntime.OrtValue.ortvalue_from_numpy(rows)
        self.output = onnxruntime.OrtValue.ortvalue_from_numpy(numpy.zeros((len(rows), width), numpy.float32))
        self.binding = self.session.io_binding()
        self.binding.bind_ortvalue_input(self.session.get_inputs()[0].name, self.input)
        self.binding.bind_ortvalue_output(self.session.get_outputs()[0].name, self.output)
        # What the session's own run_with_iobinding calls, without Python's wrapper around it.
        run, binding = self.session._sess.run_with_iobinding, self.binding._iobinding
        self.call = lambda: run(binding, None)

    def logits(self, rows):
        self.input.update_inplace(rows)
        self.call()
        return self.output.numpy()


def side_by_side(calls, rounds):
    """One function that calls each of `calls` `rounds` times, in threads that live on."""
    gate = threading.Barrier(len(calls) + 1)

    def work(call):
        try:
            while True:
                gate.wait()
                for _ in range(rounds):
                    call()
                gate.wait()
        finally:
            gate.abort()  # a call that fails ends the others' waiting

    for call in calls:
        threading.Thread(target=work, args=(call,), daemon=True).start()

    def all_of_them():
        gate.wait()
        gate.wait()
    return all_of_them


job = read_job(['f32', 'int8'], ['latency', 'throughput'])
nothing = numpy.zeros((1, 1), numpy.float32)
batches = job.batches()
if job.setting == 'latency':
    one_session = session(job.model, job.threads, job.batch)
    bound = [Bound(one_session, rows, 10) for rows in batches]
    empty = Bound(session(empty_model(), 1, 1), nothing, 1)
    percent = accuracy(job, bound[0].logits)
    figures = measure([one.call for one in bound], empty.call)
    how = f'one session, {job.threads} threads'
else:
    bound = [Bound(session(job.model, 1, job.batch), batches[0], 10) for _ in range(job.threads)]
    empty = [Bound(session(empty_model(), 1, 1), nothing, 1) for _ in range(job.threads)]
    percent = accuracy(job, bound[0].logits)
    rounds = max(4, 2048 // job.batch)
    figures = measure([side_by_side([one.call for one in bound], rounds)], side_by_side([one.call for one in empty], rounds), rounds * job.threads)
    how = f'{job.threads} sessions of one thread'
report(job, onnxruntime.__version__, how, percent, figures)
