"""Exported models in other runtimes: onnx_runtimes.py MNIST DATA_DIR SCRATCH. Trains one epoch, exports it in each way, and compares the logits of ONNX
Runtime, OpenVINO and ONNX's own reference over the test images with those that NumPy computes in double, and the reference with what mnist eval says. One
more model says that it was trained on another normalisation. Left out: speed, which is bench/peers' business. Called by ./run check onnx."""
import gzip
import json
import os
import subprocess
import sys

import numpy
import onnx
import onnx.reference
import onnx.version_converter
import onnxruntime
import openvino

TOLERANCE = 1e-5  # times a logit that is above 1
MOST_OTHER_DIGITS = 10  # in 10,000, in int8: an activation at the border of two integers falls to either side
REFERENCE_ROWS = 500
OPSET_OF_REFERENCE = 21  # onnx.reference has no DequantizeLinear of opset 13

mnist, data, scratch = sys.argv[1:]
os.chdir(scratch)


def read(name, offset):
    path = os.path.join(data, name)
    with (open(path, 'rb') if os.path.exists(path) else gzip.open(path + '.gz')) as f:
        return numpy.frombuffer(f.read(), numpy.uint8, offset=offset)


def run(*words):
    return subprocess.run([mnist, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def tensors_of(path):
    with open(path, 'rb') as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), 'little')))
        content = f.read()
    types = {'F32': numpy.float32, 'I8': numpy.int8}
    return {name: numpy.frombuffer(content[slice(*entry['data_offsets'])], types[entry['dtype']]).reshape(entry['shape']).astype(numpy.float64)
            for name, entry in header.items() if name != '__metadata__'}


def with_normalisation(path, out, mean, std):
    with open(path, 'rb') as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), 'little')))
        content = f.read()
    header['__metadata__'].update({'mnist.normalisation.mean': str(mean), 'mnist.normalisation.std': str(std)})
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(out, 'wb') as f:
        f.write(len(text).to_bytes(8, 'little') + text + content)


def logits_f32(tensors, x):
    for layer in ('fc1', 'fc2', 'fc3'):
        x = x @ tensors[layer + '.weight'].T + tensors[layer + '.bias']
        x = numpy.maximum(x, 0) if layer != 'fc3' else x
    return x


def logits_int8(tensors, x):
    for layer, following in (('fc1', 'fc2'), ('fc2', 'fc3'), ('fc3', None)):
        x = x @ tensors[layer + '.weight'].T * (tensors[layer + '.input_scale'] * tensors[layer + '.weight_scale']) + tensors[layer + '.bias']
        if following:
            x = numpy.floor(numpy.clip(x / tensors[following + '.input_scale'], 0, 255) + 0.5)
    return x


def by_runtime(path, rows):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    name = session.get_inputs()[0].name
    yield f'ONNX Runtime {onnxruntime.__version__}', session.run(None, {name: rows})[0]
    # OpenVINO computes in bf16 where the CPU has it, unless it is told not to.
    compiled = openvino.Core().compile_model(path, 'CPU', {'INFERENCE_PRECISION_HINT': 'f32'})
    yield f'OpenVINO {openvino.__version__.split("-")[0]}', compiled(rows)[0]
    newer = onnx.version_converter.convert_version(model, OPSET_OF_REFERENCE)
    yield f'onnx.reference {onnx.__version__}', onnx.reference.ReferenceEvaluator(newer).run(None, {name: rows[:REFERENCE_ROWS]})[0]


def check(path, rows, expected, exact):
    for runtime, found in by_runtime(path, rows):
        reference = expected[:len(found)]
        largest = (abs(found - reference) / numpy.maximum(1, abs(reference))).max()
        others = int((found.argmax(1) != reference.argmax(1)).sum())
        print(f'{path} in {runtime}: logits differ by {largest:.1e} at most, {others} of {len(found)} digits are others')
        if (exact and largest > TOLERANCE) or others > (0 if exact else MOST_OTHER_DIGITS):
            sys.exit(f'onnx_runtimes: {path}: expected logits equal to {TOLERANCE} and the same digits, found others in {runtime}')


def check_eval(path, expected):
    """What the reference above computes is what mnist computes."""
    said = json.loads(run('eval', '--model', path, '--data-dir', data, '--json'))
    largest = expected.max(1, keepdims=True)
    loss = (numpy.log(numpy.exp(expected - largest).sum(1)) + largest[:, 0] - expected[numpy.arange(len(labels)), labels]).mean()
    accuracy = 100 * (expected.argmax(1) == labels).mean()
    print(f'{path}: mnist eval says loss {said["test_loss"]:.6f} and {said["test_accuracy"]:.2f} %, the reference {loss:.6f} and {accuracy:.2f} %')
    if abs(said['test_loss'] - loss) > TOLERANCE or abs(said['test_accuracy'] - accuracy) > 0.011:
        sys.exit(f'onnx_runtimes: {path}: expected the reference\'s loss and accuracy, found others in mnist eval')


pixels = read('t10k-images-idx3-ubyte', 16).reshape(-1, 784)
labels = read('t10k-labels-idx1-ubyte', 8)
run('train', '--optimizer', 'adam', '--epochs', '1', '--data-dir', data, '--save-model', '.', '--quiet', '--out', 'result.json')
os.rename('adam-seed0.safetensors', 'ours.safetensors')
with_normalisation('ours.safetensors', 'foreign.safetensors', 0.1307, 0.3081)
run('quantize', '--model', 'ours.safetensors', '--out', 'int8.safetensors', '--data-dir', data)
for model, mean, std in (('ours', 0.5, 0.5), ('foreign', 0.1307, 0.3081)):
    x = (pixels / 255 - mean) / std
    logits = logits_f32(tensors_of(model + '.safetensors'), x)
    check_eval(model + '.safetensors', logits)
    for kind, rows in (('pixels', pixels), ('normalised', x.astype(numpy.float32))):
        run('export', '--model', model + '.safetensors', '--onnx', f'{model}-{kind}.onnx', '--input', kind)
        check(f'{model}-{kind}.onnx', rows, logits, exact=True)
logits = logits_int8(tensors_of('int8.safetensors'), pixels.astype(numpy.float64))
check_eval('int8.safetensors', logits)
run('export', '--model', 'int8.safetensors', '--onnx', 'int8.onnx')
check('int8.onnx', pixels, logits, exact=False)
