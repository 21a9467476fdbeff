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

TrainObserver::TrainObserver(const TrainOptions& options, const Dataset& dataset, Console& console,
                             Checkpointing* checkpoints, const RunsSoFar& before)
    : options_(options), dataset_(dataset), console_(console), checkpoints_(checkpoints) {
    epochs_before_ = before.finished.size() * options.config.epochs;
    for (const RunRecord& run : before.present) epochs_before_ += run.epochs.size();
    epochs_done_ = epochs_before_;
    for (const RunRecord& run : before.finished) end_text_of(plan_index(options.config, run));
}

void TrainObserver::run_started(const RunRecord& record, std::size_t run, std::size_t runs) {
    runs_ = runs;
    if (!started_) started_ = Clock::now();
    running_[id(record)] = {.run = run, .epochs = record.epochs.size(), .accuracy = {}};
    if (options_.quiet || options_.config.epochs == 0) return;  // a heading over no lines
    const std::string resumed =
        record.epochs.empty() ? "" : fmt::format(", resumed after epoch {}", record.epochs.size());
    const TrainConfig& config = options_.config;
    const std::string precision =
        config.precision == Precision::f32 ? "" : fmt::format(", {}", name(config.precision));
    print(run, fmt::format("\n{}, {} {}{}, seed {}{}\n", title(record.optimizer),
                           config.schedule == ScheduleKind::constant
                               ? "learning rate"
                               : fmt::format("{} learning rate up to", name(config.schedule)),
                           learning_rate(config, record.optimizer), precision, record.seed, resumed));
    show_progress();
}

void TrainObserver::epoch_finished(const RunRecord& run) {
    ++epochs_done_;
    Running& running = running_.at(id(run));
    running.epochs = run.epochs.size();
    running.accuracy = run.epochs.back().test_accuracy;
    if (options_.quiet) return;
    print(running.run, epoch_line(run.epochs.size(), options_.config.epochs, run.epochs.back()) + "\n");
    show_progress();
}

void TrainObserver::run_finished(const RunRecord& run, const ModelParameters& weights) {
    const Running ended = running_.at(id(run));
    running_.erase(id(run));
    epochs_done_ += options_.config.epochs - run.epochs.size();
    console_.progress().clear();
    end_text_of(ended.run);
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

void TrainObserver::tell_rest() {
    for (const auto& [run, text] : std::exchange(waiting_, {})) write(text);
}

void TrainObserver::rethrow_save_failure() const {
    if (save_failure_) std::rethrow_exception(save_failure_);
}

void TrainObserver::print(std::size_t run, const std::string& text) {
    if (run == next_)
        write(text);
    else
        waiting_[run] += text;
}

void TrainObserver::write(const std::string& text) {
    console_.print(text);
    if (console_.output_error() == EPIPE && !std::exchange(told_of_closed_output_, true))
        console_.note("nobody reads the output any more; the training goes on for its result");
}

// Whatever waited for this run comes now, up to the next one that has not ended.
void TrainObserver::end_text_of(std::size_t run) {
    told_.insert(run);
    while (told_.contains(next_)) {
        ++next_;
        const auto text = waiting_.find(next_);
        if (text == waiting_.end()) continue;
        write(text->second);
        waiting_.erase(text);
    }
}

void TrainObserver::show_progress() {
    constexpr std::size_t kMostLines = 12;  // of the 24 that a terminal has at the least
    const std::size_t epochs = options_.config.epochs;
    std::map<std::size_t, std::string> lines;
    for (const auto& [id, running] : running_) {
        std::string& line = lines[running.run];
        line = fmt::format("run {} of {}, {}, seed {}, epoch {} of {}", running.run + 1, runs_,
                           title(id.second), id.first, running.epochs, epochs);
        if (running.accuracy) line += fmt::format(", {:.2f} %", *running.accuracy);
    }
    std::string text;
    for (std::size_t shown = 0; const auto& [run, line] : lines) {
        if (shown == kMostLines) {
            text += fmt::format("and {} more\n", lines.size() - shown);
            break;
        }
        text += line + "\n";
        ++shown;
    }
    if (!text.empty()) text.pop_back();
    if (started_ && epochs_done_ > epochs_before_) {
        const double elapsed_s = std::chrono::duration<double>(Clock::now() - *started_).count();
        const auto done = static_cast<double>(epochs_done_ - epochs_before_);
        const double left = static_cast<double>(epochs * runs_ - epochs_done_);
        text += fmt::format("{}about {:.0f} s left", lines.size() > 1 ? "\n" : ", ", elapsed_s / done * left);
    }
    console_.progress().show(text);
}

}  // namespace mnist
