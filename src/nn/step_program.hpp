// One training step for one batch size, ready to run: the first layer, tiles of rows for the layers above it,
// and panels of weights, all calls bound to buffers. Where the second layer is cut into slices (LayerPlan),
// the layers above it may exist several times: each replica computes all of them for all rows, with the same
// results, which for small layers is cheaper than sending rows between cores. Private to this room.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <vector>

#include "first_layer.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/loss.hpp"
#include "rows_primitives.hpp"
#include "second_layer.hpp"

namespace mnist {

/// Activations and gradients of a whole batch as one replica computes them.
struct ReplicaBuffers {
    /// Layers below `lowest` have none.
    ReplicaBuffers(const std::vector<LayerMemory>& layers, std::size_t lowest, std::size_t rows,
                   Precision precision, std::pmr::memory_resource* memory);

    std::vector<Numbers> dst;       ///< [layers] of [rows, out_padded]; the last one, the logits, f32
    std::vector<Numbers> diff_dst;  ///< [layers] of [rows, out_padded]
    /// [layers] of [panel][rows][panel width], gradients; empty where one panel is all.
    std::vector<Numbers> panels;
    AlignedVector<float>
        diff_logits;  ///< before rounding, [rows, out_padded]; empty where nothing is rounded
    [[nodiscard]] Numbers& panel_storage(std::size_t layer);
};

/// Who uses the buffers of a batch, and how.
struct BatchUse {
    std::size_t threads = 1;           ///< of the team
    std::optional<std::size_t> owner;  ///< the one thread that uses them; none: all do
    std::size_t replicas = 1;          ///< of the layers above the second
    /// Only one tile at a time is worked on, so there is room for one; its numbers are still in a core's
    /// cache when they are read again.
    bool by_tile = false;
};

/// What the programs of the full and of the last batch share.
struct BatchBuffers {
    /// `cut`: of the full batch.
    BatchBuffers(const std::vector<LayerMemory>& layers, const BatchCut& cut, const BatchUse& use,
                 Precision type, BatchFeed* feed, std::pmr::memory_resource* memory);

    Precision precision;
    FirstLayerBuffers first;
    SecondLayerBuffers second;  ///< empty where the second layer is not sliced
    std::vector<ReplicaBuffers> replicas;
};

/// A panel of a layer above the first.
struct PanelItem {
    std::size_t layer = 0;
    std::size_t panel = 0;
};

/// How an optimizer changes weights in one step.
struct Update {
    UpdateFn function;
    TurnedUpdateFn turned_function;               ///< of weights whose gradient lies output by output
    PackedUpdateFn packed_function;               ///< of weights that have a copy in bf16
    PackedTurnedUpdateFn packed_turned_function;  ///< of both
    UpdateScalars scalars;
};

class StepProgram {
  public:
    /// `replicas`: the layers of each; those below the third are the same ones in all of them.
    StepProgram(const BatchCut& cut, const std::vector<LayerList>& replicas, std::vector<LayerMemory>& layers,
                BatchBuffers& buffers, std::size_t threads, Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] const BatchCut& cut() const noexcept { return cut_; }
    [[nodiscard]] std::size_t tiles() const { return cut_.tiles(); }
    /// Panels of the first layer (with the slices of the second), and of the layers above.
    [[nodiscard]] std::size_t first_panels() const { return layers_.front().plan.panels(); }
    [[nodiscard]] std::size_t upper_panels() const noexcept { return replicas_.front().panel_items.size(); }
    [[nodiscard]] std::vector<TeamPrimitive*> primitives();

    using Panels = std::pair<std::size_t, std::size_t>;  ///< [begin, end)

    /// Gathers the rows of tile t ahead of first_forward, where there is room for them.
    void prepare(std::size_t t, const StepInput& input, std::size_t thread) {
        first_->prepare(t, input, thread);
    }
    /// Results of some panels of the first layer for the rows of tile t, and the second layer's parts of
    /// them.
    void first_forward(std::size_t t, Panels panels, const StepInput& input, std::size_t thread);
    /// The rest of the rows phase of tile t in a replica: the layers above, the loss, gradients down to the
    /// results of some panels of the first layer (all, unless the second is sliced). Returns the sum of the
    /// losses of its rows.
    double run_tile(std::size_t replica, std::size_t t, Panels panels, const StepInput& input,
                    std::size_t thread);
    /// Gradients over the rows of a chunk; all chunks of a shard, in their order. Of some panels of the first
    /// layer and the slices of the second that belong to them, and of panel i of the layers above, in a
    /// replica.
    void first_gradient(std::size_t replica, std::size_t chunk, Panels panels, const StepInput& input,
                        std::size_t thread);
    void upper_gradient(std::size_t replica, std::size_t chunk, std::size_t i, std::size_t thread);
    /// The optimizer's update of the same, from these gradients, whose sums over the shards are added up.
    void update_first(Panels panels, const Update& update);
    void update_upper(std::size_t replica, std::size_t i, const Update& update);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    struct Tile {
        std::size_t first_row = 0;  ///< of the batch
        std::size_t place = 0;      ///< of that row in the buffers
        std::size_t rows = 0;
        TileForward forward;
        std::vector<TeamCall> backward;
    };
    struct Replica {
        LayerList layers;
        ReplicaBuffers& buffers;
        std::vector<Tile> tiles;
        std::vector<PanelItem> panel_items;
    };
    [[nodiscard]] bool sliced() const { return second_ != nullptr; }
    /// Of the parts, in turns: a thread writes the next ones while another still reads these.
    [[nodiscard]] std::size_t set_of(const StepInput& input, std::size_t t) const {
        return (input.turn + (buffers_.first.by_tile ? t : 0)) % 2;
    }
    /// The lowest layer that tiles run and that panel items update.
    [[nodiscard]] std::size_t lowest_upper() const { return sliced() ? 2 : 1; }
    void make_gradients(std::size_t threads);
    void make_tile(Replica& replica, std::size_t first_row, const RowsPrimitives& primitives);
    void make_panels(Replica& replica);
    double loss_of_tile(Replica& replica, const Tile& tile, const StepInput& input);
    void scatter_to_panels(Replica& replica, std::size_t layer, const Tile& tile);
    void update_panel(LayerMemory& layer, std::size_t panel, const Update& update);
    void update_slice(LayerMemory& layer, std::size_t slice, const Update& update);
    [[nodiscard]] const float* summed_weights(LayerMemory& layer, std::size_t home, std::size_t at,
                                              std::size_t n) const;
    /// The sum of the shards' gradients of [at, at + n), in the home shard's.
    [[nodiscard]] const float* summed(LayerMemory& layer, ShardSums LayerMemory::*array, std::size_t home,
                                      std::size_t at, std::size_t n) const;

    BatchCut cut_;
    std::vector<LayerMemory>& layers_;
    BatchBuffers& buffers_;
    LossFn loss_;
    Isa isa_;
    std::vector<std::unique_ptr<RowsPrimitives>> rows_primitives_;  ///< full tiles, and the smaller last one
    std::unique_ptr<FirstLayer> first_;
    std::unique_ptr<SecondLayer> second_;  ///< null where the second layer is not sliced
    /// Of a panel of each layer from lowest_upper() on.
    std::vector<std::unique_ptr<WeightsGradient>> gradients_;
    std::vector<Replica> replicas_;
};

}  // namespace mnist
