// Tells the user what the experiment does while it does it: a heading a run, a line an epoch, a progress
// line for each that runs, what diverged; and saves the weights of each run as soon as they are final. Of
// runs side by side the text comes in the order of the plan as well: that of a later one waits.
#pragma once

#include <chrono>
#include <exception>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "checkpointing.hpp"
#include "console.hpp"
#include "mnist/train/experiment.hpp"
#include "train_options.hpp"

namespace mnist {

class TrainObserver final : public ExperimentObserver {
  public:
    /// All are kept by reference but what is there already, `before`. `checkpoints` may be null.
    TrainObserver(const TrainOptions& options, const Dataset& dataset, Console& console,
                  Checkpointing* checkpoints, const RunsSoFar& before);

    void run_started(const RunRecord& record, std::size_t run, std::size_t runs) override;
    void epoch_finished(const RunRecord& run) override;
    void run_finished(const RunRecord& run, const ModelParameters& weights) override;
    void resumable(const ExperimentProgress& progress) override;

    /// Prints what still waits for a run that did not end.
    void tell_rest();
    /// Throws what went wrong when weights were saved; called after the result is safe.
    void rethrow_save_failure() const;

  private:
    using Clock = std::chrono::steady_clock;

    using RunId = std::pair<std::uint64_t, OptimizerKind>;
    struct Running {
        std::size_t run = 0;  ///< from 0, in the order of the plan
        std::size_t epochs = 0;
        std::optional<double> accuracy;
    };

    [[nodiscard]] static RunId id(const RunRecord& run) { return {run.seed, run.optimizer}; }
    void print(std::size_t run, const std::string& text);
    void write(const std::string& text);
    void end_text_of(std::size_t run);
    void show_progress();
    void warn_of_disturbance(const RunRecord& run);
    void save_weights(const RunRecord& run, const ModelParameters& weights);

    const TrainOptions& options_;
    const Dataset& dataset_;
    Console& console_;
    Checkpointing* checkpoints_;
    std::map<RunId, Running> running_;
    std::map<std::size_t, std::string> waiting_;  ///< text by run; of the first that is not whole it is empty
    std::set<std::size_t> told_;                  ///< runs whose text is whole
    std::size_t next_ = 0;                        ///< run whose text is printed at once
    std::size_t runs_ = 0;
    std::size_t epochs_done_ = 0;    ///< in all runs; a run that diverged counts as done
    std::size_t epochs_before_ = 0;  ///< those of them that another process did
    std::optional<Clock::time_point> started_;
    std::optional<Clock::time_point> last_warning_;
    std::exception_ptr save_failure_;
    bool told_of_closed_output_ = false;
};

}  // namespace mnist
