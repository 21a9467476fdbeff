// The first layer's rows and products, chain by chain (docs/engine.md). Only the chains' parts of the sums,
// and the gradients of the sums, travel between the cores. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "batch_rows.hpp"
#include "layer_memory.hpp"
#include "products.hpp"

namespace mnist {

/// Normalised pixels of a chain of the rows of one group.
struct ChainRows {
    std::optional<Numbers> rows{};  ///< [rows of the group, chain width]
    std::uint64_t serial = 0;       ///< the step that they belong to
    std::size_t group = 0;          ///< of that step
    std::size_t chain = 0;
    std::uint32_t present = 0;  ///< one bit for each tile that is there
};

/// How many of them a worker keeps until their gradient was computed. Where it computes the next turn's parts
/// before it has done with all strips of this one, each pair of chain and shard has two, for turns by turns.
struct RowPlaces {
    std::size_t pairs = 1, turns = 1;
};

class WorkerRows {
  public:
    /// `numbers`: of a chain's rows. `memory` is asked by the workers themselves.
    WorkerRows(Precision type, RowPlaces places, std::size_t numbers, std::pmr::memory_resource* memory);
    /// `pair`: neighbours have different places. `turn`: counts across steps. What was in the place before is
    /// forgotten.
    [[nodiscard]] ChainRows& place(std::uint64_t serial, std::size_t group, std::size_t chain,
                                   std::size_t pair, std::size_t turn);
    /// Room for so many floats until the next step, which gathers its rows anew: those of a step belong to
    /// its serial. Null where there is none.
    [[nodiscard]] float* lend(std::size_t floats);

  private:
    Precision type_;
    RowPlaces shape_;
    std::size_t numbers_;
    std::pmr::memory_resource* memory_;
    std::vector<ChainRows> places_;  ///< with rows from their first use on: many workers have no chain
};

/// Where the first layer reads and writes; shared by the programs of the full and of the last batch.
struct FirstLayerBuffers {
    std::vector<WorkerRows> workers;
    std::vector<float*> slots;   ///< a feed's; empty without one
    std::size_t group_rows = 0;  ///< the most that a group has
    std::size_t shards = 1;      ///< with a group each at a time
    AlignedVector<float> parts;  ///< [chain][panel][shard][group_rows][panel width]

    /// Where the rows of a group begin.
    [[nodiscard]] std::size_t first_row(const GroupPlace& place) const { return place.shard * group_rows; }
};

class FirstLayer {
  public:
    /// `strips`: what forward() will be asked for.
    FirstLayer(const BatchCut& cut, LayerMemory& layer, const std::vector<Strip>& strips,
               FirstLayerBuffers& buffers, Products& products, Precision type, Isa isa);

    [[nodiscard]] const onednn::Primitive& forward_primitive() const {
        return forward_.front().front().second->primitive();
    }
    /// A strip's part of the sums for the rows of a tile.
    void forward(std::size_t strip, const GroupPlace& place, std::size_t tile, const StepInput& input,
                 std::size_t worker);
    /// The sums of the parts for some rows of the turn, all outputs side by side.
    void sum_parts(std::size_t first_row, std::size_t rows, bool hidden, Numbers& dst) const;
    /// The rows of a chain and group, [rows, chain width], gathered again unless they are still there.
    [[nodiscard]] void* rows_of(std::size_t chain, const GroupPlace& place, const StepInput& input,
                                std::size_t worker);

  private:
    [[nodiscard]] std::size_t part_at(std::size_t chain, std::size_t output, std::size_t row) const {
        const LayerPlan& plan = layer_.plan;
        const std::size_t panel = chain * plan.panels() + output / plan.panel_width;
        return (panel * buffers_.shards * buffers_.group_rows + row) * plan.panel_width +
               output % plan.panel_width;
    }
    void fetch(std::size_t first_row, std::size_t rows, Columns columns, const StepInput& input,
               void* dst) const;
    [[nodiscard]] ChainRows& with_tile(std::size_t chain, const GroupPlace& place, std::size_t tile,
                                       const StepInput& input, std::size_t worker);

    BatchCut cut_;
    LayerMemory& layer_;
    const std::vector<Strip>& strips_;
    FirstLayerBuffers& buffers_;
    Precision type_;
    Isa isa_;
    RowGather gather_;
    std::vector<ProductsByRows> forward_;  ///< [strips], of a panel of blocked ones
};

}  // namespace mnist
