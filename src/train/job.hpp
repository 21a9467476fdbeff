// One of the jobs of an experiment: threads, engine and shuffle of its own, with which it trains one run
// after another. What all jobs share is behind JobHost. Private to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "mnist/machine/disturbance_watch.hpp"
#include "mnist/train/experiment.hpp"
#include "trainer.hpp"

namespace mnist {

/// What a job asks of its experiment and tells it; called by all jobs at once.
class JobHost {
  public:
    using Clock = std::chrono::steady_clock;
    virtual ~JobHost() = default;
    /// Whether a run shall end before its next epoch.
    [[nodiscard]] virtual bool ends() const = 0;
    /// Before an epoch, and behind it.
    virtual void await_epoch() = 0;
    virtual void epoch_took(std::size_t epoch, Clock::time_point begin, Clock::time_point end) = 0;
    /// After a whole epoch of a run that goes on or is complete: where it stands.
    virtual void keep(const RunRecord& run, TrainingState state) = 0;
    /// What was kept of the run last; empty before its first epoch.
    [[nodiscard]] virtual std::optional<TrainingState> kept(const RunRecord& run) const = 0;
    virtual void epoch_finished(const RunRecord& run) = 0;
    /// CPUs of a job by now: those that it had, and such as jobs without work have left to it.
    [[nodiscard]] virtual UsableCpus cpus_of(std::size_t job) const = 0;
};

class Job {
  public:
    /// `inputs` and `host` are kept by reference; `number` is what the host knows the job by. Throws as
    /// Trainer.
    Job(const ExperimentInputs& inputs, std::size_t number, JobHost& host, const std::atomic<bool>& stop);

    [[nodiscard]] Engine& engine() const { return trainer_->engine(); }

    /// Trains `run`, whose first epochs may be there already, to its end, and returns the weights that its
    /// figures belong to: after an interruption those behind the last whole epoch.
    [[nodiscard]] ModelParameters train(RunRecord& run);

  private:
    void begin(const RunRecord& run);
    [[nodiscard]] bool stops() const;
    void add_seconds(const std::vector<RankSeconds>& ranks);
    void widen(const RunRecord& run);
    [[nodiscard]] OptimizerSettings settings_of(const RunRecord& run) const;
    void epoch(RunRecord& run, std::size_t epoch_index);
    void evaluate(RunRecord& run, EpochRecord& record, std::size_t epoch_index);
    void keep(const RunRecord& run);
    void summarise(RunRecord& run) const;
    void keep_mistakes(RunRecord& run, const ModelParameters& weights);
    void shuffle_rows(std::uint64_t seed, std::size_t epoch_index);
    [[nodiscard]] ModelParameters first_weights(const RunRecord& run) const;
    [[nodiscard]] std::size_t steps_of_epoch() const { return (order_.size() + batch_ - 1) / batch_; }

    const ExperimentInputs& inputs_;
    const TrainConfig& config_;
    const Dataset& dataset_;
    std::size_t number_;
    JobHost& host_;
    const std::atomic<bool>& stop_;
    std::vector<std::size_t> dims_;
    std::size_t batch_;
    std::size_t threads_;
    std::vector<std::uint32_t> order_;  ///< before trainer_, which reads it until it is destroyed
    std::unique_ptr<Trainer> trainer_;
    DisturbanceWatch watch_;
    std::vector<RankSeconds> seconds_;  ///< of all ranks, in the epochs of the run
};

}  // namespace mnist
