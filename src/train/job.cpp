// The loop over the epochs of a run, with an evaluation after each.
#include "job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/train/pictures.hpp"
#include "mnist/train/ranks.hpp"

namespace mnist {
namespace {

double seconds_between(JobHost::Clock::time_point begin, JobHost::Clock::time_point end) {
    return std::chrono::duration<double>(end - begin).count();
}

void diverge(RunRecord& run, std::string message) {
    run.status = RunStatus::diverged;
    run.message = std::move(message);
    run.confusion_matrix.clear();
}

}  // namespace

Job::Job(const ExperimentInputs& inputs, std::size_t number, JobHost& host, const std::atomic<bool>& stop)
    : inputs_(inputs),
      config_(inputs.config),
      dataset_(*inputs.dataset),
      number_(number),
      host_(host),
      stop_(stop),
      dims_(network_dims(config_, dataset_)),
      batch_(step_rows(config_, dataset_)),
      threads_(config_.threads),
      order_(dataset_.train.count()),
      trainer_(std::make_unique<Trainer>(config_, dataset_, host.cpus_of(number), false, inputs.exchange)),
      watch_(inputs.cpus.order) {}

ModelParameters Job::train(RunRecord& run) {
    begin(run);
    seconds_.clear();
    watch_.begin();
    for (std::size_t e = run.epochs.size(); e < config_.epochs && run.status == RunStatus::completed; ++e) {
        host_.await_epoch();
        if (stops()) {
            run.status = RunStatus::interrupted;
            break;
        }
        if (inputs_.widens && config_.jobs > 1) widen(run);
        epoch(run, e);
    }
    run.disturbance = watch_.so_far();
    ModelParameters weights;
    if (run.status == RunStatus::interrupted) {
        std::optional<TrainingState> last = host_.kept(run);
        weights = last ? std::move(last->weights) : first_weights(run);
    } else {
        weights = engine().weights();
    }
    summarise(run);
    keep_mistakes(run, weights);
    run.weights_sha256 = weights_sha256(weights);
    return weights;
}

// Ranks end together: where one of them has to.
bool Job::stops() const {
    const bool own = stop_.load() || host_.ends();
    if (inputs_.exchange == nullptr) return own;
    std::vector<double> wishes(inputs_.exchange->ranks(), 0.0);
    wishes[inputs_.exchange->rank()] = own ? 1.0 : 0.0;
    inputs_.exchange->join(wishes);
    return std::any_of(wishes.begin(), wishes.end(), [](double wish) { return wish != 0; });
}

void Job::add_seconds(const std::vector<RankSeconds>& ranks) {
    seconds_.resize(ranks.size());
    for (std::size_t r = 0; r < ranks.size(); ++r) {
        seconds_[r].computing += ranks[r].computing;
        seconds_[r].exchanging += ranks[r].exchanging;
    }
}

OptimizerSettings Job::settings_of(const RunRecord& run) const {
    return settings_for(run.optimizer, config_, config_.epochs * steps_of_epoch());
}

void Job::begin(const RunRecord& run) {
    const OptimizerSettings optimizer = settings_of(run);
    if (const std::optional<TrainingState> last = host_.kept(run)) {
        engine().resume(*last, optimizer);
    } else {
        engine().start(first_weights(run), optimizer);
    }
}

// A team on all CPUs that the job has by now, which goes on from where the smaller one is. Its making costs
// some hundredths of a second, so not for one CPU more of many.
void Job::widen(const RunRecord& run) {
    const UsableCpus cpus = host_.cpus_of(number_);
    if (2 * cpus.cores < 3 * threads_) return;
    const TrainingState state = engine().state();
    TrainConfig wider = config_;
    wider.threads = threads_ = cpus.cores;
    stay_on(cpus);
    trainer_.reset();
    trainer_ = std::make_unique<Trainer>(wider, dataset_, cpus);
    engine().resume(state, settings_of(run));
}

ModelParameters Job::first_weights(const RunRecord& run) const {
    return inputs_.initial_model ? *inputs_.initial_model : initial_parameters(dims_, run.seed);
}

void Job::shuffle_rows(std::uint64_t seed, std::size_t epoch_index) {
    std::iota(order_.begin(), order_.end(), 0U);
    if (!config_.shuffle) return;
    CounterRng rng(seed, RandomPurpose::shuffle, static_cast<std::uint32_t>(epoch_index));
    shuffle(order_, rng);
}

void Job::epoch(RunRecord& run, std::size_t epoch_index) {
    const auto begin = JobHost::Clock::now();
    shuffle_rows(run.seed, epoch_index);
    const EpochOutcome outcome = trainer_->train(order_, stop_);
    const auto end = JobHost::Clock::now();
    EpochRecord record;
    record.train_seconds = seconds_between(begin, end);
    if (outcome.diverged_at) {
        diverge(run, fmt::format("the loss was no finite number at step {} of epoch {}",
                                 *outcome.diverged_at + 1, epoch_index + 1));
    } else if (outcome.steps < steps_of_epoch()) {
        run.status = RunStatus::interrupted;  // an epoch that was not finished is no measurement
        return;
    } else {
        host_.epoch_took(epoch_index, begin, end);
        add_seconds(outcome.ranks);
        record.train_loss = outcome.loss;
        evaluate(run, record, epoch_index);
    }
    run.epochs.push_back(record);
    if (run.status == RunStatus::completed) keep(run);
    host_.epoch_finished(run);
}

void Job::evaluate(RunRecord& run, EpochRecord& record, std::size_t epoch_index) {
    Evaluation evaluation = evaluated(engine(), dataset_);
    record.eval_seconds = evaluation.seconds;
    if (!std::isfinite(evaluation.loss)) {
        diverge(run, fmt::format("the test loss was no finite number after epoch {}", epoch_index + 1));
        return;
    }
    record.test_loss = evaluation.loss;
    record.test_accuracy = evaluation.accuracy;
    run.confusion_matrix = std::move(evaluation.confusion_matrix);
}

// An interruption leaves the state that the run's figures belong to. The optimizer's part costs a copy, so
// only for those who ask.
void Job::keep(const RunRecord& run) {
    if (inputs_.checkpoint_every > 0) {
        host_.keep(run, engine().state());
    } else {
        host_.keep(run, {.weights = engine().weights(), .first = {}, .second = {}});
    }
}

// Of the same weights as the confusion matrix. An interruption in the middle of an epoch leaves others in the
// engine.
void Job::keep_mistakes(RunRecord& run, const ModelParameters& weights) {
    if (run.confusion_matrix.empty()) return;
    if (run.status == RunStatus::interrupted)
        engine().start(weights, OptimizerSettings{});  // no step will be taken
    run.worst_mistakes = worst_mistakes(dataset_, engine().logits(rows_of(dataset_.test, dataset_.pixels())));
}

void Job::summarise(RunRecord& run) const {
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
    run.ranks = shares_of(seconds_);
}

}  // namespace mnist
