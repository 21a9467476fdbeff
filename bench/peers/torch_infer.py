"""Inference in PyTorch: torch_infer.py FOLDER MODEL.safetensors BATCH THREADS PRECISION latency prints one line of JSON (measure_infer.py). Of the ways that
PyTorch has (eager, a frozen trace, torch.compile with frozen weights, oneDNN's tensors), each is tried and the fastest for this batch is measured, and so
is an empty model in the same way. int8 is PyTorch's own quantised operators with the weights and scales of `mnist quantize`; its logits are of eight bits,
too. Left out: torchao, a package of its own; several calls at once."""
import functools
import sys
import warnings

from files import tensors_of
from measure_infer import accuracy, measure, read_job, refuse, report

try:
    import torch
    from torch_mlp import fastest
except ImportError as error:
    refuse(f'expected PyTorch, found: {error}')

LAYERS = ('fc1', 'fc2', 'fc3')


class Normalise(torch.nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def forward(self, pixels):
        return (pixels.float() * (2 / 255) - 1).to(self.dtype)


class AddOne(torch.nn.Module):
    """Of the empty model: without any operation a compiler would leave out its own call as well."""

    def forward(self, numbers):
        return numbers + 1


def network(tensors, dtype):
    layers = [Normalise(dtype)]
    for name in LAYERS:
        layer = torch.nn.Linear(*reversed(tensors[name + '.weight'].shape))
        layer.load_state_dict({part: tensors[f'{name}.{part}'] for part in ('weight', 'bias')})
        layers += [layer, torch.nn.ReLU()]
    return torch.nn.Sequential(*layers[:-1]).to(dtype).eval()


def makers_of(new_model, rows):
    """Functions by name that make a way to call it. oneDNN's changes the model that it gets."""
    def compiled():
        import torch._inductor.config as inductor
        inductor.freezing = True
        return torch.compile(new_model(), fullgraph=True, dynamic=False)

    def onednn():
        from torch.utils import mkldnn
        first, *rest = new_model()
        packed = mkldnn.to_mkldnn(torch.nn.Sequential(*rest))
        return lambda x: packed(first(x).to_mkldnn()).to_dense()

    return {'eager': new_model, 'frozen trace': lambda: torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(new_model(), rows))),
            'torch.compile': compiled, 'oneDNN tensors': onednn}


def ways_of(makers, rows):
    """Those that this build of PyTorch has; each is called once, which compiles it."""
    ways = {}
    for name, make in makers.items():
        try:
            ways[name] = make()
            ways[name](rows)
        except Exception as error:  # whatever this build, its compiler or this CPU has not
            ways.pop(name, None)
            print(f'torch_infer: without {name}: {str(error).splitlines()[0]}', file=sys.stderr)
    return ways


def quantised(tensors, rows):
    operators = torch.ops.quantized
    scales = [tensors[name + '.input_scale'].item() for name in LAYERS]
    weights = [torch._make_per_channel_quantized_tensor(tensors[name + '.weight'], tensors[name + '.weight_scale'].double(),
                                                        torch.zeros(len(tensors[name + '.weight']), dtype=torch.long), 0) for name in LAYERS]
    first, second, third = (operators.linear_prepack(weight, tensors[name + '.bias']) for weight, name in zip(weights, LAYERS))

    def hidden(x):
        x = operators.linear_relu(torch._make_per_tensor_quantized_tensor(x, scales[0], 0), first, scales[1], 0)
        return operators.linear_relu(x, second, scales[2], 0)

    largest = torch.nn.functional.linear(hidden(rows).dequantize(), weights[2].dequantize(), tensors['fc3.bias']).abs().max().item()
    return lambda x: operators.linear(hidden(x), third, largest / 127, 128).dequantize()


def empty_quantised(x):
    return torch._make_per_tensor_quantized_tensor(x, 1.0, 0).dequantize()


job = read_job(['f32', 'bf16', 'int8'], ['latency'])
torch.set_num_threads(job.threads)
warnings.simplefilter('ignore')
tensors = {name: torch.from_numpy(array.copy()) for name, array in tensors_of(job.model).items()}
dtype = {'f32': torch.float32, 'bf16': torch.bfloat16, 'int8': torch.uint8}[job.precision]
nothing = torch.zeros(1, 1, dtype=dtype)
with torch.inference_mode():
    images = torch.from_numpy(job.images.copy())
    batches = [torch.from_numpy(rows) for rows in job.batches()]
    rows = batches[0]
    if job.precision == 'int8':
        how, way, empty = 'quantised operators', quantised(tensors, images), empty_quantised
    else:
        ways = ways_of(makers_of(lambda: network(tensors, dtype), rows), rows)
        how = fastest(ways, [rows])
        way, empty = ways[how], makers_of(lambda: torch.nn.Sequential(AddOne(), torch.nn.Identity()).eval(), nothing)[how]()
    percent = accuracy(job, lambda some: way(torch.from_numpy(some)).float().numpy())
    figures = measure([functools.partial(way, some) for some in batches], functools.partial(empty, nothing))
report(job, torch.__version__, f'{how}, {job.threads} threads', percent, figures)
