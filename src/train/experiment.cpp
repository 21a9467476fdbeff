// The loop over seeds, optimizers and epochs.
#include "mnist/train/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "eval_tile.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/infer/low_precision.hpp"
#include "mnist/infer/quantize.hpp"
#include "mnist/machine/disturbance_watch.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/train/pictures.hpp"
#include "progress.hpp"
#include "trainer.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

double percent(std::uint64_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

template <class AnyEngine>
Evaluation evaluated(AnyEngine& engine, const Dataset& dataset) {
    const auto start = Clock::now();
    EvalOutcome outcome = engine.evaluate(rows_of(dataset.test, dataset.pixels()));
    return {.loss = outcome.loss,
            .accuracy = percent(outcome.correct, dataset.test.count()),
            .confusion_matrix = std::move(outcome.confusion_matrix),
            .seconds = seconds_since(start)};
}

class Experiment {
  public:
    Experiment(const ExperimentInputs& inputs, ExperimentObserver& observer, const std::atomic<bool>& stop)
        : config_(inputs.config),
          dataset_(*inputs.dataset),
          inputs_(inputs),
          observer_(observer),
          stop_(stop),
          dims_(network_dims(config_, dataset_)),
          batch_(step_rows(config_, dataset_)),
          order_(dataset_.train.count()),
          trainer_(config_, dataset_, inputs.cpus),
          engine_(trainer_.engine()),
          watch_(inputs.cpus.order),
          progress_(inputs.progress) {}

    ExperimentOutcome run() {
        ExperimentOutcome outcome;
        outcome.primitives = engine_.primitives();
        outcome.grid = engine_.grid();
        std::vector<RunRecord>& finished = progress_.runs.finished;
        const std::size_t runs = config_.seeds * config_.optimizers.size();
        while (finished.size() < runs && !outcome.interrupted) {
            RunRecord run = progress_.runs.present.value_or(planned_run(config_, finished.size()));
            observer_.run_started(run, finished.size(), runs);
            train(run);
            run.weights_sha256 = weights_sha256(progress_.state->weights);
            observer_.run_finished(run, progress_.state->weights);
            outcome.interrupted = run.status == RunStatus::interrupted;
            finished.push_back(std::move(run));
            progress_.runs.present.reset();
            progress_.state.reset();
            if (inputs_.checkpoint_every > 0 && !outcome.interrupted) observer_.resumable(progress_);
        }
        outcome.runs = std::move(finished);
        return outcome;
    }

  private:
    void train(RunRecord& run) {
        const OptimizerSettings optimizer =
            settings_for(run.optimizer, config_, config_.epochs * steps_of_epoch());
        if (progress_.state) {
            engine_.resume(*progress_.state, optimizer);
        } else {
            engine_.start(
                inputs_.initial_model ? *inputs_.initial_model : initial_parameters(dims_, run.seed),
                optimizer);
        }
        keep_state();
        watch_.begin();
        std::size_t resumable_at = run.epochs.size();
        for (std::size_t e = run.epochs.size(); e < config_.epochs && run.status == RunStatus::completed;
             ++e) {
            if (stop_.load()) {
                run.status = RunStatus::interrupted;
                break;
            }
            epoch(run, e);
            if (checkpoint_is_due(run)) {
                tell_resumable(run);
                resumable_at = run.epochs.size();
            }
        }
        if (run.status == RunStatus::interrupted && inputs_.checkpoint_every > 0 &&
            run.epochs.size() != resumable_at)
            tell_resumable(run);
        run.disturbance = watch_.so_far();
        summarise(run);
        keep_mistakes(run);
    }

    // An interruption leaves the state that the run's figures belong to. The optimizer's part costs a copy,
    // so only for those who ask.
    void keep_state() {
        if (inputs_.checkpoint_every > 0) {
            progress_.state = engine_.state();
        } else {
            progress_.state.emplace();
            progress_.state->weights = engine_.weights();
        }
    }

    // Behind the last epoch the run is whole, which is told by itself.
    [[nodiscard]] bool checkpoint_is_due(const RunRecord& run) const {
        return inputs_.checkpoint_every > 0 && run.status == RunStatus::completed &&
               run.epochs.size() < config_.epochs && run.epochs.size() % inputs_.checkpoint_every == 0;
    }

    void tell_resumable(const RunRecord& run) {
        progress_.runs.present = run;
        progress_.runs.present->status = RunStatus::completed;  // an interruption is what it undoes
        observer_.resumable(progress_);
    }

    // Of the same weights as the confusion matrix. An interruption in the middle of an epoch leaves others in
    // the engine.
    void keep_mistakes(RunRecord& run) {
        if (run.confusion_matrix.empty()) return;
        if (run.status == RunStatus::interrupted)
            engine_.start(progress_.state->weights, OptimizerSettings{});  // no step will be taken
        run.worst_mistakes =
            worst_mistakes(dataset_, engine_.logits(rows_of(dataset_.test, dataset_.pixels())));
    }

    [[nodiscard]] std::size_t steps_of_epoch() const { return (order_.size() + batch_ - 1) / batch_; }

    void shuffle_rows(std::uint64_t seed, std::size_t epoch_index) {
        std::iota(order_.begin(), order_.end(), 0U);
        if (!config_.shuffle) return;
        CounterRng rng(seed, RandomPurpose::shuffle, static_cast<std::uint32_t>(epoch_index));
        shuffle(order_, rng);
    }

    void epoch(RunRecord& run, std::size_t epoch_index) {
        const auto start = Clock::now();
        shuffle_rows(run.seed, epoch_index);
        const EpochOutcome outcome = trainer_.train(order_, stop_);
        EpochRecord record;
        record.train_seconds = seconds_since(start);
        if (outcome.diverged_at) {
            diverge(run, fmt::format("the loss was no finite number at step {} of epoch {}",
                                     *outcome.diverged_at + 1, epoch_index + 1));
            keep_state();
            run.epochs.push_back(record);
        } else if (outcome.steps < steps_of_epoch()) {
            run.status = RunStatus::interrupted;  // an epoch that was not finished is no measurement
            return;
        } else {
            keep_state();
            record.train_loss = outcome.loss;
            evaluate(run, record, epoch_index);
            run.epochs.push_back(record);
        }
        observer_.epoch_finished(run);
    }

    void evaluate(RunRecord& run, EpochRecord& record, std::size_t epoch_index) {
        const auto start = Clock::now();
        EvalOutcome outcome = engine_.evaluate(rows_of(dataset_.test, dataset_.pixels()));
        record.eval_seconds = seconds_since(start);
        if (!std::isfinite(outcome.loss)) {
            diverge(run, fmt::format("the test loss was no finite number after epoch {}", epoch_index + 1));
            return;
        }
        record.test_loss = outcome.loss;
        record.test_accuracy = percent(outcome.correct, dataset_.test.count());
        run.confusion_matrix = std::move(outcome.confusion_matrix);
    }

    static void diverge(RunRecord& run, std::string message) {
        run.status = RunStatus::diverged;
        run.message = std::move(message);
        run.confusion_matrix.clear();
    }

    void summarise(RunRecord& run) const {
        double seconds = 0;
        for (std::size_t e = 0; e < run.epochs.size(); ++e) {
            const EpochRecord& record = run.epochs[e];
            seconds += record.train_seconds;
            if (!record.test_accuracy) continue;
            run.last_accuracy = record.test_accuracy;
            run.best_accuracy = std::max(run.best_accuracy.value_or(0), *record.test_accuracy);
            if (!run.first_epoch_at_target && *record.test_accuracy >= config_.target_accuracy) {
                run.first_epoch_at_target = static_cast<int>(e + 1);
                run.seconds_to_target = seconds;
            }
        }
        // The speed of an epoch that broke off says nothing.
        if (run.status != RunStatus::diverged && seconds > 0)
            run.samples_per_second = static_cast<double>(run.epochs.size() * order_.size()) / seconds;
    }

    const TrainConfig& config_;
    const Dataset& dataset_;
    const ExperimentInputs& inputs_;
    ExperimentObserver& observer_;
    const std::atomic<bool>& stop_;
    std::vector<std::size_t> dims_;
    std::size_t batch_;
    std::vector<std::uint32_t> order_;  ///< before trainer_, which reads it until it is destroyed
    Trainer trainer_;
    Engine& engine_;
    DisturbanceWatch watch_;
    /// Its state is that after the present run's last counted epoch.
    ExperimentProgress progress_;
};

}  // namespace

std::size_t team_size(std::size_t wanted, const UsableCpus& cpus) {
    return wanted > 0 ? wanted : auto_workers(cpus);
}

ExperimentOutcome run_experiment(const ExperimentInputs& inputs, ExperimentObserver& observer,
                                 const std::atomic<bool>& stop) {
    validate(inputs.config, inputs.dataset);
    require_precision(inputs.config.precision);
    require_memory(inputs);
    require_progress_of(inputs.config, inputs.progress.runs);
    return Experiment(inputs, observer, stop).run();
}

Evaluation evaluate_model(const ModelParameters& model, const Dataset& dataset, std::size_t batch_size,
                          std::size_t threads, const UsableCpus& cpus) {
    Team team(team_size(threads, cpus), cpus.order);
    Engine engine(team, EngineOptions{.dims = model.dims(), .batch = 0, .eval_tile = eval_tile(batch_size)});
    engine.start(model, OptimizerSettings{});
    return evaluated(engine, dataset);
}

Evaluation evaluate_model(const QuantizedModel& model, const Dataset& dataset, std::size_t batch_size,
                          std::size_t threads, const UsableCpus& cpus) {
    Team team(team_size(threads, cpus), cpus.order);
    LowPrecisionEngine engine(team, model, eval_tile(batch_size));
    return evaluated(engine, dataset);
}

QuantizedModel quantize_model(const ModelParameters& model, const Dataset& dataset) {
    LabelledRows rows = rows_of(dataset.train, dataset.pixels());
    rows.count = std::min(rows.count, kCalibrationImages);
    return quantize(model, largest_activations(model, rows));
}

}  // namespace mnist
