"""What the scripts of inference share: their arguments, the test images, how calls are timed, and the line of JSON. A script gives call(), which computes
`calls_in_one` batches whose input and output were bound before, and empty(), the same way into a model that computes nothing. All read pixels, as mnist_bench's
Infer does, and normalise them in the model. Calls walk through batches of images, as those of mnist_bench do; several
in flight have the same. Blocks of calls and of empty calls take turns, so that both see the same disturbances. Left out:
taking the time of the runtime inside a call; what is left of it behind the empty call is all that is claimed."""
import gc
import itertools
import json
import os
import sys
import time
from dataclasses import dataclass

from files import raw

import numpy

ROUNDS = 8
BLOCK_S = 0.25
EMPTY_BLOCK_S = 0.06
WALKED_IMAGES = 4096  # by mnist_bench
MOST_BATCHES = 64
MOST_CPUS_BEYOND = 0.15  # of the clocks, and of what a runtime does beside the calls


@dataclass
class Job:
    model: str
    batch: int
    threads: int
    precision: str
    setting: str
    images: numpy.ndarray  # [rows, 784] uint8
    labels: numpy.ndarray

    def batches(self):
        """One after the other through the test images."""
        count = max(1, min(MOST_BATCHES, WALKED_IMAGES // self.batch))
        return [numpy.ascontiguousarray(self.images[numpy.arange(k * self.batch, (k + 1) * self.batch) % len(self.images)]) for k in range(count)]


def refuse(text):
    sys.exit(f'{os.path.basename(sys.argv[0])}: {text}')


def read_job(precisions, settings):
    if len(sys.argv) != 7:
        refuse('expected FOLDER MODEL BATCH THREADS PRECISION SETTING')
    folder, model, batch, threads, precision, setting = sys.argv[1:]
    if precision not in precisions:
        refuse(f'expected {" or ".join(precisions)} as PRECISION, found {precision}: this library has no other here')
    if setting not in settings:
        refuse(f'expected {" or ".join(settings)} as SETTING, found {setting}')
    if int(threads) == 1:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # Python, too, stays on its CPU
    return Job(model, int(batch), int(threads), precision, setting, *raw(folder, 't10k'))


def accuracy(job, logits_of):
    """Percent of the test images; logits_of takes one batch of them and returns an array. The last batch begins anew at the first image."""
    right = 0
    for begin in range(0, len(job.images), job.batch):
        chosen = numpy.arange(begin, begin + job.batch) % len(job.images)
        count = min(job.batch, len(job.images) - begin)
        right += int((numpy.asarray(logits_of(job.images[chosen]))[:count].argmax(1) == job.labels[chosen[:count]]).sum())
    return 100 * right / len(job.images)


def timed(calls, seconds):
    """Seconds of each call, of those in `calls` in turn."""
    clock = time.perf_counter
    times = []
    turns = itertools.cycle(calls)
    end = clock() + seconds
    begin = clock()
    while begin < end:
        next(turns)()
        now = clock()
        times.append(now - begin)
        begin = now
    return times


def measure(calls, empty, calls_in_one=1):
    """Seconds of one of `calls`, of an empty call, percentiles, and CPUs that were busy at once."""
    for warm_up in (calls, [empty]):
        timed(warm_up, BLOCK_S)
    gc.collect()
    gc.disable()
    times, empty_times = [], []
    cpu_s = wall_s = 0.0
    for _ in range(ROUNDS):
        cpu, wall = time.process_time(), time.perf_counter()
        times += timed(calls, BLOCK_S)
        cpu_s += time.process_time() - cpu
        wall_s += time.perf_counter() - wall
        empty_times += timed([empty], EMPTY_BLOCK_S)
    gc.enable()
    times, empty_times = (numpy.array(t) / calls_in_one for t in (times, empty_times))
    return {'seconds_per_call': float(times.mean()), 'p50_us': float(numpy.percentile(times, 50) * 1e6), 'p99_us': float(numpy.percentile(times, 99) * 1e6),
            'empty_seconds_per_call': float(empty_times.mean()), 'empty_p50_us': float(numpy.percentile(empty_times, 50) * 1e6),
            'cpus': round(cpu_s / wall_s, 2)}


def report(job, version, how, percent, figures):
    if figures['cpus'] > job.threads + MOST_CPUS_BEYOND:
        refuse(f'expected at most {job.threads} busy CPUs, as THREADS says, found {figures["cpus"]}: this library ignores its limit')
    print(json.dumps({'version': version, 'how': how, 'samples_per_second': round(job.batch / figures['seconds_per_call'], 1), 'accuracy': round(percent, 2),
                      **figures}))
