"""What the scripts of training share: their arguments, how epochs are timed, and the line of JSON. Left out: anything of a library."""
import json
import sys
import time
from dataclasses import dataclass


@dataclass
class Job:
    folder: str
    optimizer: str
    batch: int
    threads: int
    epochs: int
    precision: str


def read_job():
    if len(sys.argv) != 7:
        sys.exit(f'{sys.argv[0]}: expected FOLDER SGD|Momentum|Adam BATCH THREADS EPOCHS f32|bf16')
    folder, optimizer, *numbers, precision = sys.argv[1:]
    return Job(folder, optimizer, *map(int, numbers), precision)


def timed(job, epoch):
    """Seconds of an epoch, and how many CPUs it kept busy. The first call of epoch() is left out: memory is touched there and programs are compiled."""
    epoch()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(job.epochs):
        epoch()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall / job.epochs, cpu / wall


def report(version, samples, seconds, cpus, accuracy, test_loss, how=None):
    print(json.dumps({'version': version, 'samples_per_second': round(samples / seconds, 1), 'accuracy': round(float(accuracy), 2),
                      'test_loss': round(float(test_loss), 4), 'cpus': round(cpus, 2), **({'how': how} if how else {})}))
