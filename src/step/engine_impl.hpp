// What is behind Engine: its state, shared by the four files that carry it out. Private to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "arena.hpp"
#include "eval_program.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/phase_gate.hpp"
#include "ranked_step.hpp"
#include "step_program.hpp"

namespace mnist {

/// Adds the time since the last look to a part of the step; does nothing unless the epoch is timed.
class PhaseClock {
  public:
    PhaseClock(bool timed, PhaseSeconds& seconds) : timed_(timed), seconds_(seconds) {
        if (timed_) last_ = Clock::now();
    }
    void add(double PhaseSeconds::*part) {
        if (!timed_) return;
        const auto now = Clock::now();
        seconds_.*part += std::chrono::duration<double>(now - last_).count();
        last_ = now;
    }

  private:
    using Clock = std::chrono::steady_clock;
    bool timed_;
    PhaseSeconds& seconds_;
    Clock::time_point last_{};
};

class Engine::Impl {
  public:
    Impl(Team& team, EngineOptions options);

    void start(const ModelParameters& weights, const OptimizerSettings& optimizer);
    void resume(const TrainingState& state, const OptimizerSettings& settings);
    TrainingState state();
    [[nodiscard]] bool in_transit() const { return ranked_ && ranked_->in_transit(); }
    EpochOutcome train_epoch(const LabelledRows& rows, std::span<const std::uint32_t> order,
                             const std::atomic<bool>& stop, bool timed);
    template <class Visit>
    void forward_tiles(const LabelledRows& rows, Visit&& visit);
    EvalOutcome evaluate(const LabelledRows& rows);
    std::vector<float> logits(const LabelledRows& rows);
    /// Arrays of every layer, in PyTorch's order.
    using Array = AlignedVector<float> LayerMemory::*;
    ModelParameters parameters(Array weights, Array bias) const;
    ModelParameters gradients() const;
    std::vector<PrimitiveFacts> primitives() const;
    std::size_t shards() const;
    std::string grid() const;

    std::vector<LayerPlan> plans;

  private:
    /// What the threads of one epoch share.
    struct EpochWork {
        const LabelledRows& rows;
        std::span<const std::uint32_t> order;
        const std::atomic<bool>& stop;
        bool timed;
        std::size_t steps;
        std::uint64_t serial;  ///< of the epoch's first step
    };
    void divide_work();
    void list_items();
    void make_programs();
    [[nodiscard]] RowPlaces row_places() const;
    [[nodiscard]] StepBuffers make_buffers() const;
    [[nodiscard]] OwnLeaves leaves_of(const BatchCut& cut) const;
    /// A turn of a step of the epoch: a group of each shard.
    struct Place {
        std::size_t step = 0;
        std::size_t turn = 0;
    };
    /// A share of a chain's parts of the first layer, which are strips [first_strip, end_strip), for a
    /// shard's group.
    struct ForwardItem {
        std::size_t chain = 0, shard = 0;
        std::size_t first_strip = 0, end_strip = 0;
        std::size_t share = 0, shares = 1;
    };
    /// A strip's gradient over such a group; and of the first layer what can come at once behind it.
    struct WeightsItem {
        std::size_t layer = 0, strip = 0;
        ForwardItem rows;
    };
    [[nodiscard]] StepProgram& program(const EpochWork& work, std::size_t step) const;
    [[nodiscard]] StepInput input(const EpochWork& work, std::size_t step) const;
    [[nodiscard]] Update update_of(std::size_t s) const;
    [[nodiscard]] std::optional<Update> own_update(std::size_t s) const;
    [[nodiscard]] std::optional<Place> behind(const EpochWork& work, Place at) const;
    void walk(const EpochWork& work, std::size_t thread);
    bool step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool forward_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker, std::size_t thread);
    bool rows_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker, std::size_t thread);
    bool weights_phase(const EpochWork& work, Place at, PhaseGate::Walker& walker, std::size_t thread);
    bool finish_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool exchange_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool first_forward(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    void forward_share(const EpochWork& work, Place at, const ForwardItem& item, std::size_t thread);
    void check_rows(const LabelledRows& rows) const;
    std::vector<RankSeconds> join_ranks(double elapsed_s);
    EpochOutcome summarise(const EpochWork& work) const;

    struct alignas(kCacheLine) ThreadLog {
        PhaseSeconds phases;
        std::size_t steps = 0;
    };

    Team& team_;
    EngineOptions options_;
    Isa isa_;
    Arena arena_;
    std::pmr::memory_resource* memory_;  ///< of all arrays below, which it must outlive
    std::vector<LayerMemory> layers_;
    Products products_;
    std::optional<StepBuffers> buffers_;
    std::unique_ptr<StepProgram> full_;
    std::unique_ptr<StepProgram> last_;   ///< null where all batches are full
    std::unique_ptr<RankedStep> ranked_;  ///< null for a process alone
    std::unique_ptr<EvalProgram> eval_;
    std::unique_ptr<PhaseGate> gate_;
    StepStrips strips_;
    /// Whether a worker goes on from a strip's update to the next step's part of the same strip, which needs
    /// nothing else. Otherwise these are a phase of their own, which divides the rows as well.
    bool forward_too_ = true;
    // The first layer's come first in all of them, and are dealt; the others are anybody's.
    std::vector<WeightsItem> weights_items_;
    std::vector<std::pair<std::size_t, std::size_t>> update_items_;  ///< layer, strip
    std::vector<ForwardItem> forward_items_;
    std::size_t dealt_weights_ = 0;
    OptimizerSettings optimizer_;
    UpdateFn update_ = nullptr;
    UpdateFn bias_update_ = nullptr;
    std::uint64_t steps_taken_ = 0;  ///< by the optimizer since start()
    std::uint64_t next_serial_ = 1;  ///< of steps since the engine was made, also of those that were cut off
    std::size_t most_blocks_ = 0;  ///< of a step; a last batch can have more and smaller ones than a full one
    std::vector<double> block_losses_;  ///< [step][most_blocks_], sums over the block's rows
    std::vector<ThreadLog> logs_;
};

}  // namespace mnist
