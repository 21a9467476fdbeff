// All text is made when an epoch is over, outside what is timed.
#include "train_observer.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "mnist/core/error.hpp"
#include "mnist/data/background.hpp"
#include "mnist/report/train_text.hpp"
#include "result_file.hpp"

namespace mnist {
namespace {

// A model file travels without its result, so it carries itself what its reader must know.
ModelMetadata metadata_of(const RunRecord& run, std::size_t epochs, const Dataset& dataset) {
    ModelMetadata texts{{kBackgroundKey, fmt::format("{:.4f}", background(dataset, dataset.train))}};
    if (run.status == RunStatus::interrupted)
        texts[kInterruptedKey] = fmt::format("after {} of {} epochs", run.epochs.size(), epochs);
    return texts;
}

}  // namespace

void TrainObserver::run_started(const RunRecord& record, std::size_t run, std::size_t runs) {
    run_ = run;
    runs_ = runs;
    if (!started_) {
        started_ = Clock::now();
        epochs_before_ = epochs_done_ = run * options_.config.epochs + record.epochs.size();
    }
    if (options_.quiet || options_.config.epochs == 0) return;  // a heading over no lines
    const std::string resumed =
        record.epochs.empty() ? "" : fmt::format(", resumed after epoch {}", record.epochs.size());
    const TrainConfig& config = options_.config;
    const std::string precision =
        config.precision == Precision::f32 ? "" : fmt::format(", {}", name(config.precision));
    print(fmt::format(
        "\n{}, {} {}{}, seed {}{}\n", title(record.optimizer),
        config.schedule == ScheduleKind::one_cycle ? "one-cycle learning rate up to" : "learning rate",
        learning_rate(config, record.optimizer), precision, record.seed, resumed));
    show_progress(record);
}

void TrainObserver::epoch_finished(const RunRecord& run) {
    ++epochs_done_;
    if (options_.quiet) return;
    print(epoch_line(run.epochs.size(), options_.config.epochs, run.epochs.back()) + "\n");
    show_progress(run);
}

void TrainObserver::run_finished(const RunRecord& run, const ModelParameters& weights) {
    epochs_done_ = (run_ + 1) * options_.config.epochs;
    console_.progress().clear();
    warn_of_disturbance(run);
    if (run.status == RunStatus::diverged) {
        console_.note(fmt::format("{}, seed {}, diverged: {}. Lower {} (now {})", title(run.optimizer),
                                  run.seed, run.message.value_or("the loss was no finite number"),
                                  learning_rate_flag(options_.config, run.optimizer),
                                  learning_rate(options_.config, run.optimizer)));
        return;  // weights that are no numbers are of no use to anybody
    }
    if (!options_.save_model || save_failure_) return;
    const bool goes_on = checkpoints_ != nullptr && checkpoints_->up_to_date();
    if (run.status == RunStatus::interrupted && goes_on) return;  // its file is for the final weights
    try {
        save_weights(run, weights);
    } catch (const Error&) {
        // A full disk must not cost the runs that are still to come, nor the result.
        save_failure_ = std::current_exception();
    }
}

// What goes on for long is said again now and then, and not after each of many short runs.
void TrainObserver::warn_of_disturbance(const RunRecord& run) {
    constexpr std::chrono::seconds kBetweenWarnings{10};
    const std::optional<std::string> reason = disturbed_by(run.disturbance);
    if (!reason || (last_warning_ && Clock::now() - *last_warning_ < kBetweenWarnings)) return;
    last_warning_ = Clock::now();
    console_.warn(fmt::format("{}, seed {}, was disturbed: {}. Its times say little; its accuracy is right",
                              title(run.optimizer), run.seed, *reason));
}

// A process that was killed after it saved a model and before it could note so has left the same weights.
void TrainObserver::save_weights(const RunRecord& run, const ModelParameters& weights) {
    const std::filesystem::path file = *options_.save_model / model_file_name(run.optimizer, run.seed);
    if (checkpoints_ != nullptr && checkpoints_->resumes() && is_model_file_of(weights, file)) return;
    save_model(weights, file, false, metadata_of(run, options_.config.epochs, dataset_));
}

void TrainObserver::resumable(const ExperimentProgress& progress) {
    checkpoints_->save(progress);
}

void TrainObserver::rethrow_save_failure() const {
    if (save_failure_) std::rethrow_exception(save_failure_);
}

void TrainObserver::print(const std::string& text) {
    console_.print(text);
    if (console_.output_error() == EPIPE && !std::exchange(told_of_closed_output_, true))
        console_.note("nobody reads the output any more; the training goes on for its result");
}

void TrainObserver::show_progress(const RunRecord& record) {
    const std::size_t epochs = options_.config.epochs;
    std::string text = fmt::format("run {} of {}, {}, epoch {} of {}", run_ + 1, runs_,
                                   title(record.optimizer), record.epochs.size(), epochs);
    if (started_ && epochs_done_ > epochs_before_) {
        const double elapsed_s = std::chrono::duration<double>(Clock::now() - *started_).count();
        const auto done = static_cast<double>(epochs_done_ - epochs_before_);
        const double left = static_cast<double>(epochs * runs_ - epochs_done_);
        text += fmt::format(", about {:.0f} s left", elapsed_s / done * left);
    }
    console_.progress().show(text);
}

}  // namespace mnist
