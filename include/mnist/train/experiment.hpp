// The experiment: every optimizer with every seed, from the same start, epoch by epoch, with an evaluation
// after each; run after run, or several side by side, each on CPUs of its own and with the bits that it has
// alone.
#pragma once

#include <atomic>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/models/model_file.hpp"
#include "mnist/models/quantized_file.hpp"
#include "mnist/models/training_state.hpp"
#include "mnist/results/checkpoint_json.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/step/exchange.hpp"

namespace mnist {

/// Greater numbers are taken for slips of the finger.
inline constexpr std::size_t kMostEpochs = 1'000'000;
inline constexpr std::size_t kMostBatch = std::size_t{1} << 20U;
inline constexpr std::size_t kMostHidden = std::size_t{1} << 20U;
inline constexpr std::size_t kMostSeeds = 1000;

/// Where an experiment stands between two epochs, or between two runs: all that is needed to go on from
/// there as if nothing had come between. Shuffles need no more than the seed and the number of the epoch.
struct ExperimentProgress {
    RunsSoFar runs;
    std::vector<TrainingState> states;  ///< of runs.present
};

/// Told what happens, one call at a time, outside every timed region of the run that it is about: on the
/// calling thread, or where runs are side by side on threads of theirs. Default: nothing is done with it.
class ExperimentObserver {
  public:
    virtual ~ExperimentObserver() = default;
    /// Before the first step of a run; `run` counts from 0 to `runs` - 1.
    virtual void run_started(const RunRecord& /*run_record*/, std::size_t /*run*/, std::size_t /*runs*/) {}
    /// After each epoch; the newest is run.epochs.back().
    virtual void epoch_finished(const RunRecord& /*run*/) {}
    /// After a run, with its final weights.
    virtual void run_finished(const RunRecord& /*run*/, const ModelParameters& /*weights*/) {}
    /// Where the experiment could be gone on with, as often as ExperimentInputs::checkpoint_every says: after
    /// whole epochs (before run_finished where runs are interrupted), and after whole runs. Side by side once
    /// for about as many epochs as there are jobs.
    virtual void resumable(const ExperimentProgress& /*progress*/) {}
};

/// Place of a run in the plan, from 0: all optimizers with the first seed, then with the next one. Throws
/// InputError where the run is none of the experiment.
[[nodiscard]] std::size_t plan_index(const TrainConfig& config, const RunRecord& run);

struct ExperimentInputs {
    TrainConfig config;                ///< threads: 0 is auto_workers(cpus), with jobs 1; jobs: 0 is 1
    const Dataset* dataset = nullptr;  ///< not owned
    std::optional<ModelParameters> initial_model;  ///< instead of random weights; its dims must fit
    UsableCpus cpus;                               ///< to pin the team to; none: not pinned
    /// Epochs of a run between two calls of ExperimentObserver::resumable; 0: it is never called.
    std::size_t checkpoint_every = 0;
    ExperimentProgress progress{};  ///< to go on from; of the same configuration and data
    /// All runs are side by side, and each epoch begins when all are ready for it:
    /// ExperimentOutcome::rounds_s.
    bool in_step = false;
    /// Of jobs side by side: one that has no run left leaves its CPUs to those that have.
    bool widens = false;
    /// Of one of several ranks, which all run the same experiment with jobs 1; not owned. Null: alone.
    Exchange* exchange = nullptr;
};

struct ExperimentOutcome {
    std::vector<RunRecord> runs;
    std::vector<PrimitiveFacts> primitives;
    std::string grid;  ///< of a step: Engine::grid()
    bool interrupted = false;
    std::vector<double> rounds_s{};  ///< in step: of each whole epoch, from the first start to the last end
    /// What ended a run that could not go on, such as memory that was refused; all others were then
    /// interrupted at the end of their epoch. For the caller to throw once the runs are safe.
    std::exception_ptr failure{};
};

/// Throws InputError where the experiment needs more memory than this process can have without swapping; the
/// message says what was asked for, what that needs and what there is, and of several jobs how many fit. What
/// is counted is the least it takes, so an experiment that passes may still fail with std::bad_alloc. Cost:
/// some small files.
void require_memory(const ExperimentInputs& inputs);

/// Runs everything; the outcome has the runs in the order of the plan. `stop` may be set from a signal
/// handler: training ends within a step, the runs so far are kept and marked. Throws InputError
/// (configuration, data and memory do not fit, or the progress is none of this experiment) and whatever fails
/// where no run is there to be kept, such as BackendError before the first; else that is
/// ExperimentOutcome::failure. Does not print.
[[nodiscard]] ExperimentOutcome run_experiment(const ExperimentInputs& inputs, ExperimentObserver& observer,
                                               const std::atomic<bool>& stop);

struct Evaluation {
    double loss = 0;      ///< nats, mean over the samples
    double accuracy = 0;  ///< percent
    ConfusionMatrix confusion_matrix;
    double seconds = 0;
};

/// Loss, accuracy and confusion matrix of a model over the test split. `threads` as in ExperimentInputs.
[[nodiscard]] Evaluation evaluate_model(const ModelParameters& model, const Dataset& dataset,
                                        std::size_t batch_size, std::size_t threads, const UsableCpus& cpus);

/// The same of a quantised model, in int8.
[[nodiscard]] Evaluation evaluate_model(const QuantizedModel& model, const Dataset& dataset,
                                        std::size_t batch_size, std::size_t threads, const UsableCpus& cpus);

/// Training images that the scales of a quantised model's activations are taken from: the first ones.
inline constexpr std::size_t kCalibrationImages = 4096;

/// The model in int8, calibrated on training images. Throws ShapeError where model and data do not fit.
[[nodiscard]] QuantizedModel quantize_model(const ModelParameters& model, const Dataset& dataset);

/// Threads that `wanted` means: 0 is auto_workers(cpus).
[[nodiscard]] std::size_t team_size(std::size_t wanted, const UsableCpus& cpus);

/// Extents of the network that a configuration means for a data set: {pixels, hidden..., classes}.
[[nodiscard]] std::vector<std::size_t> network_dims(const TrainConfig& config, const Dataset& dataset);

/// Throws InputError, with the reason, where this machine cannot train in a precision. Cost: some
/// milliseconds.
void require_precision(Precision precision);

/// Checks what flags and files may set: throws InputError that names key and value. `dataset` may be null
/// (then the checks that need it are left out). The machine is not asked: a configuration for another one is
/// a configuration.
void validate(const TrainConfig& config, const Dataset* dataset);

}  // namespace mnist
