// What one `mnist train` leaves behind, as plain values. The file format (schema "mnist-results/1") is in
// train_json.hpp. A value that does not exist (a target never reached, the loss of a diverged epoch) is
// std::nullopt and null in the file.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/disturbance.hpp"
#include "mnist/core/facts.hpp"
#include "mnist/core/train_config.hpp"

namespace mnist {

struct EpochRecord {
    std::optional<double> train_loss;  ///< nats, mean over the epoch's images; empty where it was not finite
    std::optional<double> test_loss;   ///< nats, mean over the test set
    std::optional<double> test_accuracy;  ///< percent
    double train_seconds = 0;             ///< training only
    double eval_seconds = 0;
};

enum class RunStatus { completed, diverged, interrupted };

/// Counts of (true class, predicted class) over the test set after the last epoch: matrix[true][predicted].
using ConfusionMatrix = std::vector<std::vector<std::uint64_t>>;

/// A picture out of a split of the data set.
struct SampleImage {
    std::uint64_t index = 0;  ///< in its split
    std::uint64_t label = 0;
    std::vector<std::uint8_t> pixels;  ///< [rows * columns] row-major, 0 = background
};

/// A test image that the network took for something else.
struct Mistake {
    SampleImage image;
    std::uint64_t predicted = 0;
    double probability = 0;  ///< that the network gave to its prediction, 0 to 1
};

/// What the ranks of a run did with the time of its epochs, as shares of all ranks' seconds; waiting for a
/// slower rank is exchange.
struct RankShares {
    double compute_share = 0;
    double exchange_share = 0;
    double imbalance = 0;  ///< the longest computing over the mean of all, less one
};

/// One optimizer with one seed.
struct RunRecord {
    OptimizerKind optimizer = OptimizerKind::sgd;
    std::uint64_t seed = 0;
    RunStatus status = RunStatus::completed;
    std::optional<std::string> message;  ///< why it diverged
    std::vector<EpochRecord> epochs;
    std::optional<int> first_epoch_at_target;  ///< 1-based
    std::optional<double> seconds_to_target;  ///< training only, from the first step to the end of that epoch
    std::optional<double> best_accuracy;      ///< percent
    std::optional<double> last_accuracy;      ///< percent
    std::optional<double> samples_per_second;  ///< training samples over training seconds, all epochs
    Disturbance disturbance;                   ///< of its epochs; of a resumed run, since then
    ConfusionMatrix confusion_matrix;          ///< empty without an evaluation
    std::vector<Mistake> worst_mistakes;       ///< of the final weights, the most confident first
    std::string weights_sha256;                ///< f32, PyTorch order, little-endian
    std::optional<RankShares> ranks{};         ///< empty for a process alone, and without an epoch
};

/// Of all epochs, training only, in seconds.
[[nodiscard]] inline double training_seconds(const RunRecord& run) {
    double seconds = 0;
    for (const EpochRecord& epoch : run.epochs) seconds += epoch.train_seconds;
    return seconds;
}

/// What may change from process to process of one training: it decides the seconds and no bit.
struct ProcessFacts {
    std::uint64_t threads = 0;  ///< that a run had, never 0 for "all"
    std::uint64_t loader_threads = 0;
    std::string cpu_model;
    std::uint64_t jobs = 1;  ///< runs side by side

    bool operator==(const ProcessFacts&) const = default;
};

/// A process that went on from a checkpoint of another: the seconds of what came before are of that one.
struct Resumption {
    std::string time;                      ///< UTC
    std::uint64_t run = 0;                 ///< how many were whole
    std::uint64_t epochs = 0;              ///< of the first that had begun and was not, whole by then
    std::optional<ProcessFacts> before{};  ///< of the process that came before; files of old do not have it
};

/// A process of several that trained together.
struct RankFacts {
    std::string host{};
    std::string cpu_model{};
    std::uint64_t usable_cores = 1;
    std::uint64_t threads = 1;
    std::string isa{};
    std::string onednn_isa{};
    std::string os{};
    std::string kernel{};
};

struct ClusterFacts {
    std::string library;             ///< of MPI, e.g. "Open MPI 4.1.4"
    std::vector<RankFacts> ranks{};  ///< machine and threads of a result are those of the first
    std::uint64_t idle_ranks = 0;    ///< in a whole batch, which had fewer leaves than there were ranks
    bool mixed = false;              ///< ranks differed in what decides bits, and that was allowed
};

struct TrainResult {
    std::string created;  ///< UTC, "2026-01-31T12:00:00Z"
    std::string label;    ///< what the user calls this machine or change; the host's name by default
    bool interrupted = false;
    std::vector<Resumption> resumed;  ///< in their order; empty where one process did it all
    MachineFacts machine;
    BuildFacts build;
    DatasetFacts dataset;
    std::vector<SampleImage> sample_images;  ///< some training images of each class, class by class
    TrainConfig config;
    /// SHA-256 of the weights that every run started from, where they came from a model file and not from the
    /// seed.
    std::optional<std::string> initial_weights_sha256;
    std::vector<PrimitiveFacts> primitives;
    std::string grid;  ///< how a step's work was divided, in words; empty in files of old
    /// f32, of the threads that a run has, all jobs' computing; the larger of before and after the runs.
    std::optional<double> fma_peak_gflops;
    bool denormals_flushed = true;
    std::optional<ClusterFacts> cluster{};  ///< empty for a process alone
    std::vector<RunRecord> runs;
};

/// Of the last process, which wrote the result.
[[nodiscard]] inline ProcessFacts last_process(const TrainResult& result) {
    return {.threads = result.config.threads,
            .loader_threads = result.config.loader_threads,
            .cpu_model = result.machine.cpu_model,
            .jobs = result.config.jobs};
}

/// Whether its seconds are of processes that were not alike, so that no peak of one of them is all runs'.
[[nodiscard]] inline bool processes_differ(const TrainResult& result) {
    const ProcessFacts last = last_process(result);
    return std::any_of(result.resumed.begin(), result.resumed.end(),
                       [&](const Resumption& one) { return one.before && *one.before != last; });
}

}  // namespace mnist
