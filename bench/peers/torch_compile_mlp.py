"""The perceptron in PyTorch with torch.compile, in the faster of two ways for this batch and precision: the loss and its gradients compiled, with the fused
optimizer behind them, or the step in one function, with five rules of updating. The last batch of an epoch is
compiled a second time. Left out: what was slower (README.md): torch.optim inside the compiled step, and mode="max-autotune"."""
import math

import torch
import torch_mlp


def compiled(function):
    return torch.compile(function, dynamic=False, fullgraph=True)


def loss_compiled(job, model, images, labels):
    return torch_mlp.with_optimizer(job, model, images, labels, compiled)


def whole_step(job, model, images, labels):
    names = [name for name, _ in model.named_parameters()]
    weights = [parameter.detach() for parameter in model.parameters()]
    first, second = ([torch.zeros_like(weight) for weight in weights] for _ in range(2))
    rate, root = torch.zeros(()), torch.zeros(())  # Adam's corrections of its bias: as numbers they would be compiled in, as powers they are slow
    steps = 0

    def loss(weights, x, y):
        return torch_mlp.loss_of(job, lambda x: torch.func.functional_call(model, dict(zip(names, weights)), (x,)), x, y)

    @compiled
    def update(x, y):
        gradients = torch.func.grad(loss)(weights, x, y)
        for weight, m, v, gradient in zip(weights, first, second, gradients):
            if job.optimizer == 'SGD':
                weight.sub_(0.011 * gradient)
            elif job.optimizer == 'Momentum':
                weight.sub_(0.005 * m.mul_(0.9).add_(gradient))
            elif job.optimizer == 'RMSprop':
                v.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
                weight.sub_(0.001 * gradient / (v.sqrt() + 1e-8))
            else:
                if job.optimizer == 'AdamW':
                    weight.mul_(1 - 0.001 * 0.01)
                m.mul_(0.9).add_(gradient, alpha=0.1)
                v.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
                weight.sub_(rate * m / (v.sqrt() / root + 1e-8))

    def step(rows):
        nonlocal steps
        steps += 1
        rate.fill_(0.001 / (1 - 0.9**steps))
        root.fill_(math.sqrt(1 - 0.999**steps))
        update(images.index_select(0, rows), labels.index_select(0, rows))
    return step


torch_mlp.main({'compiled loss, fused optimizer': loss_compiled, 'compiled step': whole_step})
