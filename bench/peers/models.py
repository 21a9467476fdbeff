"""The model of inference in the formats that the libraries read, trained, rounded and exported by `mnist`. Left out: a good model; speed does not depend on
what the weights are."""
import glob
import os
import subprocess

from install import last_line


def make(options, folder, data):
    """Paths by format. Raises RuntimeError with what `mnist` says."""
    def mnist(*words):
        done = subprocess.run([options.mnist, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')
        if done.returncode != 0:
            raise RuntimeError(f'{options.mnist} {" ".join(words)} failed: {last_line(done.stdout, ())}')

    models = {name: os.path.join(folder, file) for name, file in
              (('f32', 'normalised.onnx'), ('int8', 'int8.onnx'), ('int8_safetensors', 'int8.safetensors'))}
    mnist('train', '--optimizer', 'adam', '--epochs', '3', '--data-dir', data, '--quiet', '--out', os.path.join(folder, 'train.json'), '--save-model', folder)
    models['safetensors'] = glob.glob(os.path.join(folder, 'adam*.safetensors'))[0]
    mnist('export', '--model', models['safetensors'], '--input', 'normalised', '--onnx', models['f32'])
    if 'int8' in options.precisions:
        mnist('quantize', '--model', models['safetensors'], '--out', models['int8_safetensors'], '--data-dir', data)
        mnist('export', '--model', models['int8_safetensors'], '--onnx', models['int8'])
    return models
