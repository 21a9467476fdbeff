// What is behind Engine: its state, shared by the two files that carry it out. Private to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "eval_program.hpp"
#include "mnist/nn/engine.hpp"
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
    void resume(const TrainingState& state, const OptimizerSettings& optimizer);
    TrainingState state() const;
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
    void make_programs();
    [[nodiscard]] bool sliced() const { return plans.size() > 1 && plans[1].slices > 1; }
    [[nodiscard]] bool replicas_pay() const;
    [[nodiscard]] std::vector<LayerList> make_replicas();
    /// The programs of the full and of the last batch, and what they work in.
    struct Programs {
        BatchBuffers buffers;
        std::unique_ptr<StepProgram> full;
        std::unique_ptr<StepProgram> last;  ///< null where all batches are full
    };
    [[nodiscard]] BatchCut cut_of(std::size_t rows) const {
        return cut_batch(rows, options_.batch, sliced());
    }
    void add_programs(const std::vector<LayerList>& replicas, const BatchUse& use);
    [[nodiscard]] std::size_t most_items() const;
    [[nodiscard]] StepProgram& program(const EpochWork& work, std::size_t step, std::size_t thread) const;
    [[nodiscard]] StepInput input(const EpochWork& work, std::size_t step) const;
    [[nodiscard]] Update update_of(std::size_t s) const;
    [[nodiscard]] StepProgram::Panels group(std::size_t g) const;
    void walk(const EpochWork& work, std::size_t thread);
    bool step(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool rows_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool weights_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    bool forward_phase(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    /// A tile of a step of the epoch.
    struct Place {
        std::size_t step = 0;
        std::size_t tile = 0;
    };
    [[nodiscard]] std::optional<Place> behind(const EpochWork& work, Place at) const;
    bool groups_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    void group_item(const EpochWork& work, Place at, std::size_t g, std::size_t thread, PhaseClock& clock);
    void prepare_ahead(const EpochWork& work, Place at, std::size_t thread);
    bool shards_phases(const EpochWork& work, std::size_t s, PhaseGate::Walker& walker, std::size_t thread);
    void shard_item(const EpochWork& work, std::size_t s, std::size_t shard, std::size_t thread,
                    PhaseClock& clock);
    void forward_group(const EpochWork& work, Place at, std::size_t g, std::size_t thread);
    void check_rows(const LabelledRows& rows) const;
    EpochOutcome summarise(const EpochWork& work) const;

    struct alignas(kCacheLine) ThreadLog {
        PhaseSeconds phases;
        std::size_t steps = 0;
    };

    Team& team_;
    EngineOptions options_;
    Isa isa_;
    std::pmr::monotonic_buffer_resource arena_;
    std::pmr::memory_resource* memory_;  ///< of all arrays below, which it must outlive
    std::vector<LayerMemory> layers_;
    /// Copies of the layers above the second, for the replicas from the second on; the first's are in
    /// layers_.
    std::vector<std::vector<LayerMemory>> upper_copies_;
    onednn::Scratchpads scratchpads_;
    /// One that all threads share, or, where the batch goes by shards, one for each thread.
    std::vector<std::unique_ptr<Programs>> programs_;
    std::unique_ptr<EvalProgram> eval_;
    std::unique_ptr<PhaseGate> gate_;
    OptimizerSettings optimizer_;
    UpdateFn update_ = nullptr;
    TurnedUpdateFn turned_update_ = nullptr;
    PackedUpdateFn packed_update_ = nullptr;
    PackedTurnedUpdateFn packed_turned_update_ = nullptr;
    std::uint64_t steps_taken_ = 0;  ///< by the optimizer since start()
    std::uint64_t next_serial_ = 1;  ///< of steps since the engine was made, also of those that were cut off
    std::size_t groups_ = 0;         ///< into which the first layer's panels are divided
    bool replicated_ = false;        ///< whether each group has a replica of the layers above the second
    bool sharded_ = false;           ///< whether threads take shards of the batch
    std::size_t shards_of_last_step_ = 1;
    std::size_t tiles_ = 0;            ///< of a full batch
    std::vector<double> tile_losses_;  ///< [step][tile], sums over the tile's rows
    std::vector<ThreadLog> logs_;
};

}  // namespace mnist
