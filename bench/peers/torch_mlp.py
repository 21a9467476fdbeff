"""The perceptron in PyTorch: torch_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS PRECISION prints one line of JSON. Optimizers are fused, one loop over
all weights, where the version has that for CPUs and the rule. torch_compile_mlp.py compiles. Left out: a DataLoader, which is several times slower."""
import itertools
import statistics
import time

from epochs import read_job, report, timed
from files import read_folder

import torch

TRIES, TRY_S = 4, 0.2


def fastest(ways, arguments):
    """The name of the one whose calls, with one of `arguments` after the other, are the shortest; all take turns, so that a disturbance decides nothing."""
    turns = itertools.cycle(arguments)

    def median(way):
        times = []
        end = time.perf_counter() + TRY_S
        while time.perf_counter() < end:
            argument, begin = next(turns), time.perf_counter()
            way(argument)
            times.append(time.perf_counter() - begin)
        return statistics.median(times[len(times) // 3:])
    tries = [{name: median(way) for name, way in ways.items()} for _ in range(TRIES)]
    return min(ways, key=lambda name: min(one[name] for one in tries))


def optimizer_of(job, parameters):
    fused = {'fused': True} if tuple(map(int, torch.__version__.split('.')[:2])) >= (2, 4) else {}
    if job.optimizer == 'RMSprop':
        return torch.optim.RMSprop(parameters, lr=0.001)  # has no fused loop
    rule, numbers = {'SGD': (torch.optim.SGD, {'lr': 0.011}), 'Momentum': (torch.optim.SGD, {'lr': 0.005, 'momentum': 0.9}),
                     'Adam': (torch.optim.Adam, {'lr': 0.001}), 'AdamW': (torch.optim.AdamW, {'lr': 0.001})}[job.optimizer]
    return rule(parameters, **numbers, **fused)


def loss_of(job, forward, x, y):
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=job.precision == 'bf16'):
        logits = forward(x)
    return torch.nn.functional.cross_entropy(logits.float(), y)


def with_optimizer(job, model, images, labels, compiled=lambda function: function):
    optimizer = optimizer_of(job, model.parameters())
    step_loss = compiled(lambda x, y: loss_of(job, model, x, y))

    def step(rows):
        optimizer.zero_grad()
        step_loss(images.index_select(0, rows), labels.index_select(0, rows)).backward()
        optimizer.step()
    return step


def main(ways):
    """`ways`: functions by name that make a step; of several the fastest is measured."""
    job = read_job()
    torch.set_num_threads(job.threads)
    images, labels, test_images, test_labels = (torch.from_numpy(a) for a in read_folder(job.folder))

    def made(way):
        torch.manual_seed(0)
        model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
        return model, way(job, model, images, labels)

    how = next(iter(ways))
    if len(ways) > 1:
        tried = {name: made(way)[1] for name, way in ways.items()}
        batches = torch.randperm(len(images)).split(job.batch)[:len(images) // job.batch]
        for step in tried.values():
            step(batches[0])  # compiles it
        how = fastest(tried, batches)
        torch.compiler.reset()
    model, step = made(ways[how])

    def epoch():
        for rows in torch.randperm(len(images)).split(job.batch):
            step(rows)

    seconds, cpus = timed(job, epoch)
    with torch.no_grad():
        accuracy = 100 * (model(test_images).argmax(1) == test_labels).float().mean().item()
        test_loss = loss_of(job, model, test_images, test_labels).item()
    if job.optimizer == 'RMSprop':
        how = how.replace('fused optimizer', 'optimizer')
    report(torch.__version__, len(images), seconds, cpus, accuracy, test_loss, how)


if __name__ == '__main__':
    main({'eager, fused optimizer': with_optimizer})
