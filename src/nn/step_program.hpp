// One training step for one batch size, ready to run: the first layer, tiles of rows for the layers above it,
// and panels of weights, all calls bound to buffers. Private to this room.
#pragma once

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <span>
#include <vector>

#include "first_layer.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/loss.hpp"
#include "rows_primitives.hpp"

namespace mnist {

/// Activations and gradients of a whole batch, shared by the programs of the full and of the last batch.
struct BatchBuffers {
    BatchBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, std::size_t threads,
                 BatchFeed* feed, std::pmr::memory_resource* memory);

    FirstLayerBuffers first;
    std::vector<AlignedVector<float>> dst;       ///< [layers] of [rows, out_padded]
    std::vector<AlignedVector<float>> diff_dst;  ///< [layers] of [rows, out_padded]
    /// [layers] of [panel][rows][panel width], gradients; empty where one panel is all.
    std::vector<AlignedVector<float>> panels;
    [[nodiscard]] float* panel_storage(std::size_t layer);
};

/// A panel of a layer above the first.
struct PanelItem {
    std::size_t layer = 0;
    std::size_t panel = 0;
    TeamCall backward_weights;
};

/// How an optimizer changes weights in one step.
struct Update {
    UpdateFn function;
    UpdateScalars scalars;
};

class StepProgram {
  public:
    StepProgram(std::size_t rows, std::vector<LayerMemory>& layers, BatchBuffers& buffers,
                std::size_t threads, Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t tiles() const noexcept { return tiles_.size(); }
    /// Panels of the first layer, and of all layers above it.
    [[nodiscard]] std::size_t first_panels() const { return layers_.front().plan.panels(); }
    [[nodiscard]] std::size_t upper_panels() const noexcept { return panel_items_.size(); }
    [[nodiscard]] std::vector<TeamPrimitive*> primitives();

    using Panels = std::pair<std::size_t, std::size_t>;  ///< [begin, end)

    /// Results of some panels of the first layer for the rows of tile t.
    void first_forward(std::size_t t, Panels panels, const StepInput& input, std::size_t thread) {
        first_->forward(t, panels, input, thread);
    }
    /// The rest of the rows phase of tile t: the layers above the first, the loss, gradients down to the
    /// first layer's results. Returns the sum of the losses of its rows.
    double run_tile(std::size_t t, const StepInput& input, std::size_t thread);
    /// Weights phase of some panels of the first layer: gradients, then the update.
    void update_first(Panels panels, const StepInput& input, const Update& update, std::size_t thread);
    /// Weights phase of panel i of the layers above the first.
    void update_upper(std::size_t i, const Update& update, std::size_t thread);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    struct Tile {
        std::size_t first_row = 0;
        std::size_t rows = 0;
        TileForward forward;
        std::vector<TeamCall> backward;
    };
    void make_tile(std::size_t first_row, const RowsPrimitives& primitives);
    void make_panels();
    void scatter_to_panels(std::size_t layer, const Tile& tile);
    void update_panel(LayerMemory& layer, std::size_t panel, const Update& update);

    std::size_t rows_;
    std::vector<LayerMemory>& layers_;
    BatchBuffers& buffers_;
    LossFn loss_;
    std::vector<std::unique_ptr<RowsPrimitives>> rows_primitives_;  ///< full tiles, and the smaller last one
    std::unique_ptr<FirstLayer> first_;
    std::vector<TeamPrimitive> backward_weights_;  ///< [layers - 1], for one panel
    std::vector<Tile> tiles_;
    std::vector<PanelItem> panel_items_;
};

}  // namespace mnist
