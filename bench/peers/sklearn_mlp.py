"""The perceptron in scikit-learn: sklearn_mlp.py FOLDER OPTIMIZER BATCH THREADS EPOCHS PRECISION prints one line of JSON. fit() is timed for one epoch and for
all; the difference is what counts, as README.md says. The threads are those of the BLAS library, set by the environment before this starts.
Left out: what scikit-learn has not: precisions beside f32, AdamW and RMSprop."""
import time
import warnings

from epochs import read_job, report
from files import read_folder

import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss
from sklearn.neural_network import MLPClassifier

job = read_job()
images, labels, test_images, test_labels = read_folder(job.folder)
RULES = {'SGD': {'solver': 'sgd', 'learning_rate_init': 0.011, 'momentum': 0.0},
         'Momentum': {'solver': 'sgd', 'learning_rate_init': 0.005, 'momentum': 0.9, 'nesterovs_momentum': False},
         'Adam': {'solver': 'adam', 'learning_rate_init': 0.001}}
warnings.simplefilter('ignore', ConvergenceWarning)  # it is meant to stop early


def fitted(rounds):
    rule = RULES[job.optimizer]
    model = MLPClassifier((128, 64), batch_size=job.batch, alpha=0.0, max_iter=rounds, tol=0.0, n_iter_no_change=rounds + 1, random_state=0, **rule)
    wall, cpu = time.perf_counter(), time.process_time()
    model.fit(images, labels)
    return model, time.perf_counter() - wall, time.process_time() - cpu


_, first, first_cpu = fitted(1)
model, wall, cpu = fitted(job.epochs + 1)
report(sklearn.__version__, len(images), (wall - first) / job.epochs, (cpu - first_cpu) / (wall - first), 100 * model.score(test_images, test_labels),
       log_loss(test_labels, model.predict_proba(test_images)))
