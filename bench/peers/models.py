"""The model of inference in the formats that the libraries read, trained, rounded and exported by `mnist`: by the recipe and from the seed that mnist_bench's
own Infer trains with, so that all have the same weights. Left out: other models; speed does not depend on what the weights are."""
import os

from processes import Failed, output_of


def make(options, folder, data):
    """Paths by file name. Raises Failed with what `mnist` says."""
    def mnist(*words):
        try:
            output_of([options.mnist, *words], options.time_limit)
        except Failed as error:
            raise Failed(f'{options.mnist} {words[0]}: {error}') from error

    models = {name: os.path.join(folder, name) for name in ('f32.onnx', 'int8.onnx', 'int8.safetensors')}
    mnist('train', '--preset', 'record', '--data-dir', data, '--quiet', '--out', os.path.join(folder, 'train.json'), '--save-model', folder)
    models['f32.safetensors'] = os.path.join(folder, 'adam-seed0.safetensors')
    mnist('export', '--model', models['f32.safetensors'], '--onnx', models['f32.onnx'])
    if 'int8' in options.precisions:
        mnist('quantize', '--model', models['f32.safetensors'], '--out', models['int8.safetensors'], '--data-dir', data)
        mnist('export', '--model', models['int8.safetensors'], '--onnx', models['int8.onnx'])
    return models
