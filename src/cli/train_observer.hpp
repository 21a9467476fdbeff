// Tells the user what the experiment does while it does it: a heading a run, a line an epoch, a progress
// line, what diverged; and saves the weights of each run as soon as they are final.
#pragma once

#include <chrono>
#include <exception>
#include <string>

#include "console.hpp"
#include "mnist/train/experiment.hpp"
#include "train_options.hpp"

namespace mnist {

class TrainObserver final : public ExperimentObserver {
  public:
    /// Both are kept by reference.
    TrainObserver(const TrainOptions& options, Console& console) : options_(options), console_(console) {}

    void run_started(const RunRecord& record, std::size_t run, std::size_t runs) override;
    void epoch_finished(const RunRecord& run) override;
    void run_finished(const RunRecord& run, const ModelParameters& weights) override;

    /// Throws what went wrong when weights were saved; called after the result is safe.
    void rethrow_save_failure() const;

  private:
    using Clock = std::chrono::steady_clock;

    void print(const std::string& text);
    void show_progress(const RunRecord& record);

    const TrainOptions& options_;
    Console& console_;
    std::size_t run_ = 0;
    std::size_t runs_ = 0;
    std::size_t epochs_done_ = 0;  ///< in all runs; a run that diverged counts as done
    Clock::time_point started_{};
    std::exception_ptr save_failure_;
    bool told_of_closed_output_ = false;
};

}  // namespace mnist
