"""Puts the libraries where they can be measured: one virtual environment for each file in requirements/, whose versions are pinned, and Debian's packages.
What cannot be installed is left out with its reason. Left out: removing them; build/peers can be deleted at any time."""
import math
import os
import shutil
import subprocess
import sys

from catalogue import LIBRARIES
from processes import Failed, check_interrupt, content, last_line, output_of
from progress import show

HERE = os.path.dirname(os.path.abspath(__file__))
REMEDY = {'torch': ' (the builds for CPUs alone are on PyTorch\'s own index: name it in PIP_EXTRA_INDEX_URL, or a folder with the wheel in PIP_FIND_LINKS; '
                   'or measure Debian\'s build with --debian)'}
# Without OpenBLAS Debian's peers would multiply through the reference BLAS, five to eight times slower (Adam, batch 64): no fair comparison.
PACKAGES = {'torch_debian': ['libopenblas0-pthread', 'python3-torch', 'python3-numpy'],
            'libtorch_debian': ['libopenblas0-pthread', 'libtorch-dev', 'cmake', 'g++'],
            'sklearn_debian': ['libopenblas0-pthread', 'python3-sklearn', 'python3-numpy']}
MARKS = ('error', 'Error', 'E:')  # of the line that says why
PYTHON = '/usr/bin/python3'  # Debian's modules are seen by Debian's Python alone


def say(text):
    show(f'peers: {text}')


def requirements(source):
    return os.path.join(HERE, 'requirements', source + '.txt')


def python_of(folder, source):
    return os.path.join(folder, source, 'bin', 'python')


def sizes():
    """(download, disk) in MB by requirements."""
    with open(requirements('sizes'), encoding='utf-8') as f:
        rows = [line.split() for line in f if not line.startswith('#')]
    return {source: (int(download), int(disk)) for source, download, disk in rows}


def is_installed(folder, source):
    """A copy of the requirements is written last, so an environment that was interrupted, or is of other versions, is made anew."""
    try:
        with open(os.path.join(folder, source, 'installed.txt'), 'rb') as done, open(requirements(source), 'rb') as wanted:
            return done.read() == wanted.read()
    except OSError:
        return False


def checked(command, log, environment=None):
    """Runs it and keeps what it says in `log`; raises Failed with the last of that where it fails."""
    try:
        with open(log, 'a+b') as f:
            output_of(command, math.inf, environment, log=f, marks=MARKS)
    except Failed as error:
        raise Failed(f'{error} ({log} has all of it)') from error


def make_environment(folder, source):
    target = os.path.join(folder, source)
    download, disk = sizes()[source]
    free = shutil.disk_usage(folder).free // 1000000
    if free < download + disk:
        raise Failed(f'expected {download + disk} MB of free disk in {folder}, found {free} MB')
    say(f'installing {source}')
    shutil.rmtree(target, ignore_errors=True)
    scratch = os.path.join(folder, 'tmp')  # the wheels pass through here, not through a /tmp that may be small
    os.makedirs(scratch, exist_ok=True)
    log = target + '.log'
    with open(log, 'w', encoding='utf-8'):
        pass
    try:
        checked([sys.executable, '-m', 'venv', target], log)
        checked([python_of(folder, source), '-m', 'pip', 'install', '--no-input', '--no-cache-dir', '--disable-pip-version-check', '--retries', '2',
                 '--no-deps', '--only-binary=:all:', '-r', requirements(source)], log, dict(os.environ, TMPDIR=scratch))
        checked([python_of(folder, source), '-m', 'pip', 'check'], log)  # that requirements name all there is to need
        shutil.copyfile(requirements(source), os.path.join(target, 'installed.txt'))
    except (OSError, Failed) as error:
        shutil.rmtree(target, ignore_errors=True)
        raise Failed(f'it could not be installed: {error}{REMEDY.get(source, "")}') from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def is_package(name):
    found = subprocess.run(['dpkg-query', '-W', '-f', '${db:Status-Status}', name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return found.stdout == 'installed'


def make_debian(folder, word):
    log = os.path.join(folder, word + '.log')
    try:
        missing = [name for name in PACKAGES[word] if not is_package(name)]
        if missing:
            say(f'installing Debian\'s {" ".join(missing)}')
            as_root = [] if os.getuid() == 0 else ['sudo']
            with open(log, 'w+b') as f:  # in our own session, where sudo may ask for a password
                done = subprocess.run([*as_root, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', *missing],
                                      stdout=f, stderr=f)
                check_interrupt()
                if done.returncode != 0:
                    raise Failed(f'apt-get: {last_line(content(f), MARKS)} (apt-get update may help; {log} has all of it)')
        if word == 'libtorch_debian':
            build = os.path.join(folder, word)
            checked(['cmake', '-S', HERE, '-B', build, '-DCMAKE_BUILD_TYPE=Release'], log)
            checked(['cmake', '--build', build], log)
    except (OSError, Failed) as error:
        raise Failed(f'it could not be installed: {error}') from error


def install(folder, words):
    """Installs what the libraries of `words` need. Returns the reasons of those that cannot be measured, by word."""
    os.makedirs(folder, exist_ok=True)
    sources = list(dict.fromkeys(LIBRARIES[word].source for word in words if LIBRARIES[word].source != 'debian'))
    missing = [source for source in sources if not is_installed(folder, source)]
    if missing:
        download, disk = (sum(column) for column in zip(*(sizes()[source] for source in missing)))
        say(f'to be installed into {folder} from the Python package index: {", ".join(missing)}; about {download} MB to download, {disk} MB on disk '
            f'({shutil.disk_usage(folder).free // 1000000} MB are free)')
    reasons = {}

    def attempt(make, name, concerned):
        try:
            make(folder, name)
        except (Failed, OSError) as error:
            say(f'{name} is left out: {error}')
            reasons.update(dict.fromkeys(concerned, str(error)))

    for source in missing:
        attempt(make_environment, source, [word for word in words if LIBRARIES[word].source == source])
    for word in words:
        if LIBRARIES[word].source == 'debian':
            attempt(make_debian, word, [word])
    return reasons
