"""The perceptron in PyTorch with torch.compile: the same as torch_mlp.py, but for the loss and its gradients, which are compiled, for the last batch of an
epoch a second time. The optimizer stays the fused one. Left out: what was slower, the optimizer compiled as well and mode="max-autotune"."""
import torch
import torch_mlp

torch_mlp.main(lambda function: torch.compile(function, dynamic=False))
