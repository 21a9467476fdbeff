"""The perceptron in PyTorch: torch_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS PRECISION prints one line of JSON. Optimizers are fused, one loop over
all weights, where the version has that for CPUs. torch_compile_mlp.py compiles the loss. Left out: a DataLoader, which is several times slower."""
from epochs import read_job, report, timed
from idx import read_folder

import torch


def optimizer_of(job, parameters):
    fused = {'fused': True} if tuple(map(int, torch.__version__.split('.')[:2])) >= (2, 4) else {}
    if job.optimizer == 'Adam':
        return torch.optim.Adam(parameters, lr=0.001, **fused)
    rule = {'SGD': {'lr': 0.011}, 'Momentum': {'lr': 0.005, 'momentum': 0.9}}[job.optimizer]
    return torch.optim.SGD(parameters, **rule, **fused)


def main(compiled=lambda function: function):
    job = read_job()
    torch.set_num_threads(job.threads)
    torch.manual_seed(0)
    images, labels, test_images, test_labels = (torch.from_numpy(a) for a in read_folder(job.folder))
    model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = optimizer_of(job, model.parameters())

    def loss_of(x, y):
        with torch.autocast('cpu', dtype=torch.bfloat16, enabled=job.precision == 'bf16'):
            logits = model(x)
        return torch.nn.functional.cross_entropy(logits.float(), y)

    step_loss = compiled(loss_of)

    def epoch():
        for chosen in torch.randperm(len(images)).split(job.batch):
            optimizer.zero_grad()
            step_loss(images.index_select(0, chosen), labels.index_select(0, chosen)).backward()
            optimizer.step()

    seconds, cpus = timed(job, epoch)
    with torch.no_grad():
        accuracy = 100 * (model(test_images).argmax(1) == test_labels).float().mean().item()
        test_loss = loss_of(test_images, test_labels).item()
    report(torch.__version__, len(images), seconds, cpus, accuracy, test_loss)


if __name__ == '__main__':
    main()
