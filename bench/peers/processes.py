"""Runs a program of which nothing is left when it is over, late, or when we are interrupted. A signal is only remembered, so none can come between a
process and its end; what waits looks twenty times a second. Left out: what a program starts in a session of its own."""
import os
import re
import signal
import subprocess
import tempfile
import time

MOST_OUTPUT = 65536  # bytes; a line of JSON has a few hundred
LOOK_S = 0.05

interrupted = False


class Failed(Exception):
    """The message is the reason that stands in the row."""


def remember(*_):
    global interrupted
    interrupted = True


def listen():
    """Ctrl-C, `kill` and a terminal that is closed end what runs, with KeyboardInterrupt."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(one) != signal.SIG_IGN:  # as nohup has it
            signal.signal(one, remember)


def check_interrupt():
    if interrupted:
        raise KeyboardInterrupt


def plain(text):
    """Without what a terminal would obey."""
    return ''.join(filter(str.isprintable, re.sub(r'\x1b\[[0-9;?]*[A-Za-z]', '', text)))


def last_line(text, marks=()):
    """The last that has one of `marks` in it, or the last."""
    lines = [line for line in map(str.strip, map(plain, text.splitlines())) if line] or ['it says nothing']
    return next((line for line in reversed(lines) if any(mark in line for mark in marks)), lines[-1])[:300]


def content(file, begin=0):
    file.seek(begin)
    return file.read().decode(errors='replace')


def size_of(file):
    return os.fstat(file.fileno()).st_size


def started(command, cpus, **more):
    """A process with a group of its own that is held to `cpus`: it inherits that from us."""
    usual = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, cpus or usual)
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **more)
    except OSError as error:
        raise Failed(f'it does not start: {error}') from error
    finally:
        os.sched_setaffinity(0, usual)


def output_of(command, limit_s, environment=None, cpus=None, accepted=(0,), log=None, marks=()):
    """Standard output of a program that ends well within `limit_s`. With `log`, a file, all that it says goes there."""
    check_interrupt()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        said = log or errors
        begin = size_of(said)
        process = started(command, cpus, stdout=log or output, stderr=said, env=environment)
        end = time.monotonic() + limit_s
        try:
            while process.poll() is None and not interrupted and time.monotonic() < end and size_of(output) + size_of(errors) <= MOST_OUTPUT:
                time.sleep(LOOK_S)
            status = process.returncode
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except OSError:
                pass  # it has ended, or is another user's
            process.wait()
        check_interrupt()
        if size_of(output) + size_of(errors) > MOST_OUTPUT:
            raise Failed(f'it printed more than {MOST_OUTPUT} bytes where one line of JSON is expected')
        if status is None:
            raise Failed(f'it did not end within {limit_s:g} s and was stopped (--time-limit)')
        if status not in accepted:
            how = f'signal {-status} ({signal.strsignal(-status)})' if status < 0 else f'status {status}'
            raise Failed(f'it ended with {how}: {last_line(content(said, begin), marks)}')
        return content(output)
