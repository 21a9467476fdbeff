// What a step of one rank has beside a step of a process alone: sums of its leaves go to the owners of the
// weights, an owner adds everybody's as the tree says and updates its block, and the new weights go to all.
// The engine's workers share each part by lots; what travels, travels once in between. Private to this room.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory_resource>
#include <optional>
#include <utility>
#include <vector>

#include "mnist/step/exchange.hpp"
#include "step_program.hpp"
#include "weight_blocks.hpp"

namespace mnist {

class RankedStep {
  public:
    /// `exchange` and `layers` are not owned. `last`: the cut of the smaller, last batch. `workers`: how many
    /// will share the lots.
    RankedStep(Exchange& exchange, std::vector<LayerMemory>& layers, const BatchCut& full,
               const std::optional<BatchCut>& last, std::size_t workers, Isa isa,
               std::pmr::memory_resource* memory);

    [[nodiscard]] Exchange& exchange() const { return exchange_; }

    // The parts of a step, in their order; each lot of a part once. `last`: of the last batch.
    [[nodiscard]] std::size_t pack_lots() const { return lots_of(0, blocks_.units().size()); }
    /// `own`: of that batch, with its sums.
    void pack(std::size_t lot, const OwnLeaves& own, bool last);
    /// `stop`: this rank asks all to stop.
    void send_sums(bool stop, bool last);
    [[nodiscard]] std::size_t update_lots() const { return lots_of(own_first(), own_end()); }
    void update(std::size_t lot, const Update& update, bool last);
    void publish();
    [[nodiscard]] std::size_t take_lots() const { return pack_lots(); }
    void take(std::size_t lot);

    /// Whether any rank asked to stop in the last step: all know it behind the same one.
    [[nodiscard]] bool stops() const { return stops_.load(std::memory_order_relaxed); }
    /// Gives all ranks what each has of its own block.
    void complete(const UnitArrays& arrays);
    /// Whether an exchange failed, so that others may still write into its buffers.
    [[nodiscard]] bool in_transit() const { return in_transit_; }
    /// Seconds that went by in send_sums() and publish() since the last call.
    [[nodiscard]] double exchange_s() { return std::exchange(exchange_s_, 0); }

  private:
    /// Of a batch: who sends how many sums.
    struct Shape {
        std::vector<std::size_t> sums;  ///< [ranks]
        SumPlan plan;                   ///< for all of them, in the order of the ranks
        Segments sent;
        Segments received;  ///< with those of this rank itself
        Segments arriving;  ///< without
    };
    [[nodiscard]] Shape shape_of(const BatchCut& cut) const;
    [[nodiscard]] std::size_t lots_of(std::size_t first, std::size_t end) const;
    void publish_all();
    template <class Work>
    void each_of_lot(std::size_t lot, std::size_t first, std::size_t end, Work&& work) const;
    [[nodiscard]] const Shape& shape(bool last) const { return last ? last_ : full_; }
    [[nodiscard]] std::size_t own_first() const { return blocks_.begins(rank_); }
    [[nodiscard]] std::size_t own_end() const { return blocks_.begins(rank_ + 1); }
    [[nodiscard]] float* published(const Unit& unit) {
        return all_.data() + published_.offsets[unit.rank] + unit.at;
    }
    [[nodiscard]] float* summed(const Unit& unit, const Shape& shape);

    Exchange& exchange_;
    std::vector<LayerMemory>& layers_;
    std::size_t rank_, ranks_, workers_;
    Isa isa_;
    WeightBlocks blocks_;
    Shape full_, last_;
    Segments published_;
    AlignedVector<float> send_, received_, all_;
    std::atomic<bool> stops_ = false;  ///< read by threads that are a phase behind
    double exchange_s_ = 0;
    bool in_transit_ = false;
};

}  // namespace mnist
