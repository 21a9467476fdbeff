"""The result as a file: Google Benchmark's JSON with the context of our own program, so that `mnist compare` and `mnist report` read it as they read its
files. Written whole or not at all, never over another. Left out: statistics; every round is a row."""
import json
import os
import platform
import tempfile

from catalogue import title_of

# Facts of one call of mnist_bench that are none of all rounds.
OF_ONE_CALL = ('mnist.run.filter', 'mnist.run.precision', 'mnist.config.precision', 'mnist.noise.')


def context_of(context, versions, options, seed, interrupted):
    kept = {key: value for key, value in context.items() if not key.startswith(OF_ONE_CALL)}
    kept.update({f'mnist.peers.{word}.version': str(version) for word, version in sorted(versions.items())})
    kept.update({f'mnist.peers.{word}.title': title_of(word) for word in sorted(versions)})
    kept.update({'mnist.schema': 'mnist-bench/1', 'mnist.peers.python': platform.python_version(), 'mnist.peers.order_seed': str(seed),
                 'mnist.peers.epochs': str(options.epochs), 'mnist.config.repetitions': str(options.rounds), 'mnist.run.interleaved': 'true',
                 'mnist.interrupted': 'true' if interrupted else 'false'})
    return kept


def write_new(path, content):
    """Raises OSError; FileExistsError where `path` is there."""
    folder = os.path.dirname(os.path.abspath(path))
    handle, scratch = tempfile.mkstemp(prefix='.' + os.path.basename(path), dir=folder)
    try:
        with open(handle, 'w', encoding='utf-8') as f:
            json.dump(content, f, indent=1)
            f.write('\n')
            f.flush()
            os.fsync(f.fileno())
        os.chmod(scratch, 0o644)
        os.link(scratch, path)  # unlike a rename, this never replaces
    finally:
        os.unlink(scratch)
