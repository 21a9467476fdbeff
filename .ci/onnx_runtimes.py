"""Exported models in other runtimes: onnx_runtimes.py MNIST DATA_DIR SCRATCH. Trains one epoch, exports it in each way, and compares the logits of ONNX
Runtime, OpenVINO and ONNX's own reference over the test images with those that NumPy computes in double, and the reference with what mnist eval says. One
more model says that it was trained on another normalisation. Left out: speed, which is bench/peers' business. Called by ./run check onnx."""
import json
import math
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
# In int8 an activation at the border of two integers may fall to either side. Rows with such a one were 1 to 3 of 10,000; in them logits were apart by one step
# of one input of the last layer, through its weight.
MOST_ROWS = 0.001
MOST_STEPS = 4  # through the largest weight
REFERENCE_ROWS = 500
OPSET_OF_REFERENCE = 21  # onnx.reference has no DequantizeLinear of opset 13

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../bench/peers'))
from files import header_and_data, raw, tensors_of
from peers import unpack

mnist, data, scratch = sys.argv[1:]
os.chdir(scratch)


def run(*words):
    return subprocess.run([mnist, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def with_normalisation(path, out, mean, std):
    header, content = header_and_data(path)
    header['__metadata__'].update({'mnist.normalisation.mean': str(mean), 'mnist.normalisation.std': str(std)})
    text = json.dumps(header).encode()
    text += b' ' * (-len(text) % 8)
    with open(out, 'wb') as f:
        f.write(len(text).to_bytes(8, 'little') + text + content)


def doubles_of(path):
    return {name: tensor.astype(numpy.float64) for name, tensor in tensors_of(path).items()}


def logits_f32(tensors, x):
    for layer in ('fc1', 'fc2', 'fc3'):
        x = x @ tensors[layer + '.weight'].T + tensors[layer + '.bias']
        x = numpy.maximum(x, 0) if layer != 'fc3' else x
    return x


def logits_int8(tensors, x, integer_bias=False):
    """ONNX's biases are whole steps of the product, too; ours are not."""
    for layer, following in (('fc1', 'fc2'), ('fc2', 'fc3'), ('fc3', None)):
        step = tensors[layer + '.input_scale'] * tensors[layer + '.weight_scale']
        bias = tensors[layer + '.bias'] / step
        x = (x @ tensors[layer + '.weight'].T + (numpy.rint(bias) if integer_bias else bias)) * step
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


def check(path, rows, expected, most_rows=0.0, most_apart=0.0):
    """`most_rows`: the share of rows whose logits may be apart by more than the tolerance, by `most_apart` at most."""
    for runtime, found in by_runtime(path, rows):
        reference = expected[:len(found)]
        apart = (abs(found - reference) / numpy.maximum(1, abs(reference))).max(1)
        beyond = int((apart > TOLERANCE).sum())
        others = int((found.argmax(1) != reference.argmax(1)).sum())
        print(f'{path} in {runtime}: logits differ by {apart.max():.1e} at most, by more than {TOLERANCE} in {beyond} of {len(found)} rows; {others} digits are others')
        if not beyond <= math.ceil(most_rows * len(found)) or not apart.max() <= max(TOLERANCE, most_apart):
            sys.exit(f'onnx_runtimes: {path}: expected logits equal to {TOLERANCE}, but for {most_rows:.1%} of rows with {most_apart:.1e}, found others in {runtime}')


def check_eval(path, expected):
    """What the reference above computes is what mnist computes."""
    said = json.loads(run('eval', '--model', path, '--data-dir', data, '--json'))
    largest = expected.max(1, keepdims=True)
    loss = (numpy.log(numpy.exp(expected - largest).sum(1)) + largest[:, 0] - expected[numpy.arange(len(labels)), labels]).mean()
    accuracy = 100 * (expected.argmax(1) == labels).mean()
    print(f'{path}: mnist eval says loss {said["test_loss"]:.6f} and {said["test_accuracy"]:.2f} %, the reference {loss:.6f} and {accuracy:.2f} %')
    if abs(said['test_loss'] - loss) > TOLERANCE or abs(said['test_accuracy'] - accuracy) > 0.011:
        sys.exit(f'onnx_runtimes: {path}: expected the reference\'s loss and accuracy, found others in mnist eval')


try:
    unpack(data, scratch)
except OSError as error:
    sys.exit(f'onnx_runtimes: {error}')
pixels, labels = raw(scratch, 't10k')
run('train', '--optimizer', 'adam', '--epochs', '1', '--data-dir', data, '--save-model', '.', '--quiet', '--out', 'result.json')
os.rename('adam-seed0.safetensors', 'ours.safetensors')
with_normalisation('ours.safetensors', 'foreign.safetensors', 0.1307, 0.3081)
run('quantize', '--model', 'ours.safetensors', '--out', 'int8.safetensors', '--data-dir', data)
for model, mean, std in (('ours', 0.5, 0.5), ('foreign', 0.1307, 0.3081)):
    x = (pixels / 255 - mean) / std
    logits = logits_f32(doubles_of(model + '.safetensors'), x)
    check_eval(model + '.safetensors', logits)
    for kind, rows in (('pixels', pixels), ('normalised', x.astype(numpy.float32))):
        run('export', '--model', model + '.safetensors', '--onnx', f'{model}-{kind}.onnx', '--input', kind)
        check(f'{model}-{kind}.onnx', rows, logits)
tensors = doubles_of('int8.safetensors')
check_eval('int8.safetensors', logits_int8(tensors, pixels.astype(numpy.float64)))
run('export', '--model', 'int8.safetensors', '--onnx', 'int8.onnx')
step = (tensors['fc3.input_scale'] * tensors['fc3.weight_scale'] * abs(tensors['fc3.weight']).max(1)).max()
check('int8.onnx', pixels, logits_int8(tensors, pixels.astype(numpy.float64), integer_bias=True), MOST_ROWS, MOST_STEPS * step)
