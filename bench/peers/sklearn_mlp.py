"""The perceptron in scikit-learn: sklearn_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS prints one line of JSON. fit() is timed for one epoch and for all;
the difference is what counts, as README.md says. The threads are those of the BLAS library, set by the environment before this starts."""
import json
import sys
import time
import warnings

import sklearn
from idx import read_folder
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

folder, optimizer_name, batch, _, epochs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
images, labels, test_images, test_labels = read_folder(folder)
RULES = {'SGD': {'solver': 'sgd', 'learning_rate_init': 0.011, 'momentum': 0.0},
         'Momentum': {'solver': 'sgd', 'learning_rate_init': 0.005, 'momentum': 0.9, 'nesterovs_momentum': False},
         'Adam': {'solver': 'adam', 'learning_rate_init': 0.001}}
warnings.simplefilter('ignore', ConvergenceWarning)  # it is meant to stop early


def fitted(rounds):
    rule = RULES[optimizer_name]
    model = MLPClassifier((128, 64), batch_size=batch, alpha=0.0, max_iter=rounds, tol=0.0, n_iter_no_change=rounds + 1, random_state=0, **rule)
    start = time.perf_counter()
    model.fit(images, labels)
    return model, time.perf_counter() - start


_, first = fitted(1)
model, whole = fitted(epochs + 1)
print(json.dumps({'version': sklearn.__version__, 'samples_per_second': round(len(images) * epochs / (whole - first), 1),
                  'accuracy': round(100 * model.score(test_images, test_labels), 2),
                  'test_loss': round(log_loss(test_labels, model.predict_proba(test_images)), 4)}))
