// Trains Adam for two epochs on digits that the library draws itself, and prints an epoch line each.
#include <mnist/data/synthetic.hpp>
#include <mnist/report/train_text.hpp>
#include <mnist/train/experiment.hpp>

#include <cstdio>

int main() {
    const mnist::Dataset digits = mnist::synthetic_digits(0, 10000, 1000);
    mnist::ExperimentInputs inputs{.dataset = &digits};
    inputs.config.optimizers = {mnist::OptimizerKind::adam};
    inputs.config.epochs = 2;
    mnist::ExperimentObserver silent;
    const mnist::ExperimentOutcome outcome = mnist::run_experiment(inputs, silent, false);
    const auto& epochs = outcome.runs.front().epochs;
    for (std::size_t i = 0; i < epochs.size(); ++i)
        std::puts(mnist::epoch_line(i + 1, epochs.size(), epochs[i]).c_str());
}
