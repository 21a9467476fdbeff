"""The perceptron in PyTorch: torch_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS prints one line of JSON. All images are normalised before the
clock runs and the first epoch is left out, as README.md says."""
import json
import sys
import time

import torch
from idx import read_folder

folder, optimizer_name, batch, threads, epochs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
torch.set_num_threads(threads)
torch.manual_seed(0)
images, labels, test_images, test_labels = (torch.from_numpy(a) for a in read_folder(folder))

model = torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
if optimizer_name == 'Adam':
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
else:
    rule = {'SGD': {'lr': 0.011}, 'Momentum': {'lr': 0.005, 'momentum': 0.9}}[optimizer_name]
    optimizer = torch.optim.SGD(model.parameters(), **rule)
loss_of = torch.nn.CrossEntropyLoss()

seconds = 0.0
for epoch in range(epochs + 1):
    start = time.perf_counter()
    for chosen in torch.randperm(len(images)).split(batch):
        optimizer.zero_grad()
        loss_of(model(images[chosen]), labels[chosen]).backward()
        optimizer.step()
    if epoch > 0:
        seconds += time.perf_counter() - start
with torch.no_grad():
    logits = model(test_images)
    accuracy = 100 * (logits.argmax(1) == test_labels).float().mean().item()
    test_loss = loss_of(logits, test_labels).item()
print(json.dumps({'version': torch.__version__, 'samples_per_second': round(len(images) * epochs / seconds, 1), 'accuracy': round(accuracy, 2),
                  'test_loss': round(test_loss, 4)}))
