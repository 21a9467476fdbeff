"""Inference in OpenVINO: openvino_infer.py FOLDER MODEL.onnx BATCH THREADS PRECISION SETTING prints one line of JSON (measure_infer.py). The tensors are set
once, the batch is a constant of the model. latency: OpenVINO's hint of that name, infer() in the calling thread. throughput: the hint of that name, a
stream for each of THREADS, and as many requests in flight as OpenVINO asks for."""
from measure_infer import accuracy, measure, read_job, refuse, report

import numpy

try:
    import openvino
    from openvino import opset13
except ImportError as error:
    refuse(f'expected OpenVINO, found: {error}. Install what requirements/openvino.txt names')


def request_with(compiled, rows):
    request = compiled.create_infer_request()
    tensor = openvino.Tensor(rows.copy(), shared_memory=True)
    request.set_input_tensor(tensor)
    return request, tensor


def in_flight(compiled, rows, count, rounds):
    """One function that runs `rounds` requests, `count` of them at a time."""
    queue = openvino.AsyncInferQueue(compiled, count)
    tensors = [openvino.Tensor(rows.copy(), shared_memory=True) for _ in range(count)]
    for request, tensor in zip(queue, tensors):
        request.set_input_tensor(tensor)

    def all_of_them():
        for _ in range(rounds):
            queue.start_async()
        queue.wait_all()
    all_of_them.tensors = tensors  # they must live as long as the function
    return all_of_them


job = read_job(['f32', 'bf16', 'int8'], ['latency', 'throughput'])
core = openvino.Core()
if job.precision == 'bf16' and 'BF16' not in core.get_property('CPU', 'OPTIMIZATION_CAPABILITIES'):
    refuse('expected a CPU with bf16, found one without')
settings = {'PERFORMANCE_HINT': job.setting.upper(), 'INFERENCE_NUM_THREADS': job.threads, 'INFERENCE_PRECISION_HINT': 'bf16' if job.precision == 'bf16' else 'f32',
            'ENABLE_CPU_PINNING': False}
if job.setting == 'throughput':
    settings['NUM_STREAMS'] = job.threads
model = core.read_model(job.model)
model.reshape([job.batch, 784])
compiled = core.compile_model(model, 'CPU', settings)
number = opset13.parameter([1, 1], numpy.float32)
empty_compiled = core.compile_model(openvino.Model([opset13.result(number)], [number], 'empty'), 'CPU', settings)
requests = [request_with(compiled, rows) for rows in job.batches()]
request, tensor = requests[0]


def logits_of(some):
    tensor.data[:] = some
    request.infer()
    return request.get_output_tensor().data


percent = accuracy(job, logits_of)
nothing = numpy.zeros((1, 1), numpy.float32)
if job.setting == 'latency':
    empty, _kept = request_with(empty_compiled, nothing)
    figures = measure([one.infer for one, _ in requests], empty.infer)
    how = f'infer(), {job.threads} threads'
else:
    count = compiled.get_property('OPTIMAL_NUMBER_OF_INFER_REQUESTS')
    rounds = max(8, 4096 // job.batch) * job.threads
    figures = measure([in_flight(compiled, job.batches()[0], count, rounds)], in_flight(empty_compiled, nothing, count, rounds), rounds)
    how = f'{job.threads} streams, {count} requests in flight'
report(job, openvino.__version__.split('-')[0], how, percent, figures)
