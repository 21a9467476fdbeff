// The training engine: a multilayer perceptron (inner product + ReLU ..., inner product, softmax
// cross-entropy) trained batch by batch on oneDNN primitives. All primitives and what the workers share
// are made by the constructor; what a worker has for itself it makes at its first use, so that those without
// work take no memory. A later step allocates nothing of ours, creates nothing and takes no lock.
// docs/engine.md draws a step: who reads and writes what, where it waits, which numbers are bf16 in bf16, and
// why losses and weights are the same bits for every number of threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/core/facts.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/models/model_file.hpp"
#include "mnist/models/training_state.hpp"
#include "mnist/step/exchange.hpp"
#include "mnist/step/layer_plan.hpp"
#include "mnist/step/optimizer.hpp"
#include "mnist/step/team.hpp"

namespace mnist {

/// Labelled rows that are trained on or evaluated; not owned.
struct LabelledRows {
    const std::uint8_t* images = nullptr;  ///< [count, pixels] u8 row-major
    const std::uint8_t* labels = nullptr;  ///< [count] u8, each < classes
    std::size_t count = 0;
    std::size_t pixels = 0;
};

/// Batches that somebody else has normalised. Implementations are called by several threads at once.
class BatchFeed {
  public:
    virtual ~BatchFeed() = default;
    /// The buffers that batches appear in, in turn: batch s in slots()[s % slots().size()]. Each [batch,
    /// pixels rounded up to kLane] f32; the columns from `pixels` on must be 0.
    [[nodiscard]] virtual std::vector<float*> slots() = 0;
    /// Waits until batch `step` of the epoch is complete in its slot.
    virtual void wait(std::size_t step) = 0;
    /// Batches before `step` are not needed any more; may be called repeatedly and out of order.
    virtual void release_before(std::size_t step) = 0;
};

inline constexpr std::size_t kForwardTile = 64;  ///< of a forward pass: its numbers stay in a core's cache

/// Rows that a thread computes at a time in calls for `batch` rows, from the batch alone: a row's last bits
/// depend on it. From 64 rows on there are two tiles at least. Smaller ones would cost one thread more than a
/// twentieth, because each tile reads all weights.
[[nodiscard]] constexpr std::size_t inference_tile(std::size_t batch) {
    return batch < kForwardTile ? batch : std::min((batch + 1) / 2, kForwardTile);
}

struct EngineOptions {
    std::vector<std::size_t> dims;         ///< {in, hidden..., classes}
    std::size_t batch = 64;                ///< rows of a training step; 0: an engine for evaluation only
    std::size_t last_batch = 0;            ///< rows of an epoch's last step where they are fewer; 0: none
    std::size_t eval_tile = 64;            ///< rows that a thread evaluates at a time
    Precision precision = Precision::f32;  ///< of training; evaluation reads the f32 weights
    std::optional<KernelFamily> family{};  ///< empty: the one that this machine's oneDNN runs fastest
    std::optional<Isa> isa{};              ///< of our own loops; empty: the best
    BatchFeed* feed = nullptr;             ///< not owned; null: the compute threads gather their own rows
    /// Not owned; null: this process trains alone. Ranks make and call their engines alike, with the same
    /// rows, and have the same weights, loss and predictions behind each call.
    Exchange* exchange = nullptr;
};

/// Wall-clock time that the threads spent in each part of the steps, summed over threads, in seconds.
struct PhaseSeconds {
    double rows = 0;
    double weights = 0;
    double waiting = 0;
};

/// What a rank did in an epoch, in seconds: exchanging includes waiting for ranks that are slower.
struct RankSeconds {
    double computing = 0;
    double exchanging = 0;
};

struct EpochOutcome {
    double loss = 0;        ///< nats, mean over the rows of the completed steps; not finite where it diverged
    std::size_t steps = 0;  ///< completed
    std::optional<std::size_t> diverged_at;  ///< first step (from 0) with a loss that is not finite
    PhaseSeconds phases;                     ///< only where timed
    std::vector<RankSeconds> ranks{};        ///< of all; empty for a process alone
};

struct EvalOutcome {
    double loss = 0;                                           ///< nats, mean over the rows
    std::vector<std::uint8_t> predicted;                       ///< [count]
    std::vector<std::vector<std::uint64_t>> confusion_matrix;  ///< [true][predicted]
    std::uint64_t correct = 0;
};

class Engine {
  public:
    /// Builds primitives and buffers. `team` is not owned and must outlive the engine. Throws ShapeError,
    /// BackendError (also for a precision that precision_obstacle() names something against). Cost: some
    /// milliseconds to tens of them.
    Engine(Team& team, EngineOptions options);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Starts anew from these weights with this optimizer, its state all zero.
    void start(const ModelParameters& weights, const OptimizerSettings& optimizer);
    /// Goes on from state() of an engine of the same extents with the same optimizer: the steps that follow
    /// have the bits that they would have had there. Throws ShapeError where the extents differ.
    void resume(const TrainingState& state, const OptimizerSettings& optimizer);

    /// One epoch: steps over `order` (row numbers in the order of training), batch by batch, the last,
    /// smaller batch included. order.size() must be k * batch + last_batch. `stop`: training ends at the next
    /// step's end once it is set. `timed` measures the phases (costs a few clock reads a step).
    [[nodiscard]] EpochOutcome train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                                           const std::atomic<bool>& stop, bool timed = false);

    /// Forward over all rows in order. Does not touch weights or optimizer state.
    [[nodiscard]] EvalOutcome evaluate(const LabelledRows& rows);

    /// Logits of all rows, [count, classes] row-major.
    [[nodiscard]] std::vector<float> logits(const LabelledRows& rows);

    /// Current weights in PyTorch's order, without padding.
    [[nodiscard]] ModelParameters weights() const;
    /// Weights, and what the optimizer keeps of its steps. Meant for between epochs. All ranks call it.
    [[nodiscard]] TrainingState state() const;
    /// Gradients of the last step, in the same form, of a process alone. For tests and diagnosis.
    [[nodiscard]] ModelParameters gradients() const;

    /// What oneDNN runs for each operation.
    [[nodiscard]] std::vector<PrimitiveFacts> primitives() const;
    /// Shards of the batch that a step walks through side by side: docs/engine.md.
    [[nodiscard]] std::size_t shards() const;
    /// How a step's work is divided, in words: "2 workers; 2 strips of 2 chains; blocks of 32 rows in groups
    /// of 64, 1 at a time". Empty for an engine for evaluation only.
    [[nodiscard]] std::string grid() const;
    [[nodiscard]] const std::vector<LayerPlan>& layers() const noexcept;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mnist
