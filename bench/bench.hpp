// What all families share: the options, the data, the CPUs, the measured peaks, and whether somebody wants
// the program to end.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/train/tuning.hpp"
#include "options.hpp"

namespace mnist {
class Cluster;
}

namespace mnist::bench {

/// Multiply-add peaks by number of threads, measured in this process at first use and once more at the end:
/// the highest counts.
class Peaks {
  public:
    explicit Peaks(std::vector<int> cpus) : cpus_(std::move(cpus)) {}

    /// GFLOP/s of `threads` threads. Cost: at first use half a second.
    [[nodiscard]] double best(std::size_t threads);
    /// Another measurement of the same thing; a higher one counts.
    void offer(std::size_t threads, double gflops);
    /// What part of the peak this is. More than all says that the peak was measured in a bad moment: then it
    /// is measured again, and where that does not help there is no share.
    [[nodiscard]] std::optional<double> share(double gflops, std::size_t threads);
    /// Measures all again, so that a peak that was measured in a bad moment is not the last word.
    void measure_again();
    /// best() by number of threads, of those that were measured.
    [[nodiscard]] const std::map<std::size_t, double>& all() const { return best_; }

  private:
    [[nodiscard]] double measure(std::size_t threads) const;

    std::vector<int> cpus_;
    std::map<std::size_t, double> best_;
};

/// How many rows a step trains, in a number and in names of benchmarks.
struct NamedBatch {
    std::size_t rows = 0;
    std::string name;  ///< "batch:64", "rows_per_rank:64"
};

class Bench {
  public:
    /// `usable` CPUs to pin threads to. `stop` is set by signals.
    Bench(Options given, UsableCpus usable, const std::atomic<bool>& stop_flag);

    /// This process is one of several, with these CPUs of its own and `threads` where they were left open.
    void join(Cluster& all, ClusterFacts facts, UsableCpus own, std::size_t threads);
    [[nodiscard]] std::size_t ranks() const;
    /// "/ranks:2" of several, and where --rows-per-rank asks how they scale.
    [[nodiscard]] std::string ranks_suffix() const;
    /// What Train and Step train with: `usual`, or for all ranks together what --rows-per-rank gives each.
    [[nodiscard]] std::vector<NamedBatch> batches(std::span<const std::size_t> usual) const;

    /// Compute threads to run with: those of --threads, or one count, that of auto.
    [[nodiscard]] std::vector<std::size_t> thread_counts() const;
    /// What Calibrate and Loader run with: those of --threads, or 1 and that of auto.
    [[nodiscard]] std::vector<std::size_t> spread_counts() const;
    /// Threads that run one call of a primitive side by side, each its own: one, or those of --threads where
    /// it is a list. A single number there is about training and leaves the primitives on one thread, so
    /// that a name without "threads:" always means the same.
    [[nodiscard]] std::vector<std::size_t> side_by_side_counts() const;
    /// "/threads:2" where --threads is a list of several, else nothing.
    [[nodiscard]] std::string threads_suffix(std::size_t threads) const;
    /// What Train and Step run in with these settings: --precision, or f32 and, for `few_too`, bf16.
    [[nodiscard]] std::vector<Precision> precisions(bool few_too) const;
    /// The first `threads` CPUs; all where there are fewer.
    [[nodiscard]] std::vector<int> cpus_for(std::size_t threads) const;
    /// Settings of an experiment with one optimizer.
    [[nodiscard]] TrainConfig config(OptimizerKind optimizer, std::size_t batch, std::size_t threads) const;
    /// `wanted` with the team that auto means for it, found by timing at first use and kept, where --threads
    /// leaves the number open; else as it is.
    [[nodiscard]] TrainConfig with_team(const TrainConfig& wanted);
    /// Extents of the network for the data set; 784-128-64-10 without one.
    [[nodiscard]] std::vector<std::size_t> dims() const;
    [[nodiscard]] LabelledRows train_rows() const;

    Options options;
    UsableCpus cpus;
    const std::atomic<bool>& stop;
    Cluster* cluster = nullptr;                 ///< of several ranks; not owned
    std::optional<ClusterFacts> cluster_facts;  ///< who they are
    std::optional<Dataset> dataset;             ///< there when a benchmark that needs it runs
    Peaks peaks;
    std::map<std::string, std::string> grids;  ///< how steps were divided, by what was trained; for results
    std::map<std::string, std::string> weights_alone;  ///< what trainings ended with, by what was trained
    /// Called after each epoch of training, outside every timed region, with the share of the training that
    /// is done, about; the session keeps its progress line alive with it.
    std::function<void(double)> between_epochs = [](double /*share*/) {};

  private:
    std::map<std::string, TeamChoice> teams_;  ///< by what is trained
};

/// What the filter must have in it where rows of this optimizer are to run: nothing for the usual ones.
[[nodiscard]] std::vector<std::string> request_of(const Optimizer& optimizer);
/// "SGD", "Momentum", "Adam": the word in names of benchmarks.
[[nodiscard]] std::string word(OptimizerKind optimizer);
/// "Adam/batch:64", "Adam/batch:64/precision:bf16": what is trained, in names of benchmarks.
[[nodiscard]] std::string training_name(const TrainConfig& config);
/// "/precision:bf16", or nothing for f32.
[[nodiscard]] std::string precision_suffix(Precision precision);

}  // namespace mnist::bench
