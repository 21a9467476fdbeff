"""The model of inference in the formats that the libraries read, trained, rounded and exported by `mnist`: by the recipe and from the seed that mnist_bench's
own Infer trains with, so that all have the same weights. Left out: other models; speed does not depend on what the weights are."""
import os
import subprocess

from install import last_line


def make(options, folder, data):
    """Paths by file name. Raises RuntimeError with what `mnist` says."""
    def mnist(*words):
        try:
            done = subprocess.run([options.mnist, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  errors='replace', timeout=options.time_limit)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(f'{options.mnist} {words[0]} did not end within {options.time_limit} s (--time-limit)') from error
        if done.returncode != 0:
            raise RuntimeError(f'{options.mnist} {" ".join(words)} failed: {last_line(done.stdout, ())}')

    models = {name: os.path.join(folder, name) for name in ('f32.onnx', 'int8.onnx', 'int8.safetensors')}
    mnist('train', '--preset', 'record', '--data-dir', data, '--quiet', '--out', os.path.join(folder, 'train.json'), '--save-model', folder)
    models['f32.safetensors'] = os.path.join(folder, 'adam-seed0.safetensors')
    mnist('export', '--model', models['f32.safetensors'], '--input', 'normalised', '--onnx', models['f32.onnx'])
    if 'int8' in options.precisions:
        mnist('quantize', '--model', models['f32.safetensors'], '--out', models['int8.safetensors'], '--data-dir', data)
        mnist('export', '--model', models['int8.safetensors'], '--onnx', models['int8.onnx'])
    return models
