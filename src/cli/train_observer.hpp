// Tells the user what the experiment does while it does it: a heading a run, a line an epoch, a progress
// line, what diverged; and saves the weights of each run as soon as they are final.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <string>

#include "checkpointing.hpp"
#include "console.hpp"
#include "mnist/train/experiment.hpp"
#include "train_options.hpp"

namespace mnist {

class TrainObserver final : public ExperimentObserver {
  public:
    /// All are kept by reference. `checkpoints` may be null.
    TrainObserver(const TrainOptions& options, const Dataset& dataset, Console& console,
                  Checkpointing* checkpoints)
        : options_(options), dataset_(dataset), console_(console), checkpoints_(checkpoints) {}

    void run_started(const RunRecord& record, std::size_t run, std::size_t runs) override;
    void epoch_finished(const RunRecord& run) override;
    void run_finished(const RunRecord& run, const ModelParameters& weights) override;
    void resumable(const ExperimentProgress& progress) override;

    /// Throws what went wrong when weights were saved; called after the result is safe.
    void rethrow_save_failure() const;

  private:
    using Clock = std::chrono::steady_clock;

    void print(const std::string& text);
    void show_progress(const RunRecord& record);
    void warn_of_disturbance(const RunRecord& run);
    void save_weights(const RunRecord& run, const ModelParameters& weights);

    const TrainOptions& options_;
    const Dataset& dataset_;
    Console& console_;
    Checkpointing* checkpoints_;
    std::size_t run_ = 0;
    std::size_t runs_ = 0;
    std::size_t epochs_done_ = 0;    ///< in all runs; a run that diverged counts as done
    std::size_t epochs_before_ = 0;  ///< those of them that another process did
    std::optional<Clock::time_point> started_;
    std::optional<Clock::time_point> last_warning_;
    std::exception_ptr save_failure_;
    bool told_of_closed_output_ = false;
};

}  // namespace mnist
