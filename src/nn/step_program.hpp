// One training step for one batch size, ready to run: tiles for the rows phase, panels for the weights phase,
// all calls bound to buffers. Private to this room.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "mnist/core/pixels.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/loss.hpp"
#include "rows_primitives.hpp"

namespace mnist {

/// Activations and gradients of a whole batch, shared by the programs of the full and of the last batch.
struct BatchBuffers {
    BatchBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, BatchFeed* feed);

    AlignedVector<float> own_src;                ///< [rows, in_padded], unless a feed owns the input
    std::vector<float*> src;                     ///< one a slot
    std::vector<AlignedVector<float>> dst;       ///< [layers] of [rows, out_padded]
    std::vector<AlignedVector<float>> diff_dst;  ///< [layers] of [rows, out_padded]
    /// [layers] of [panel][rows][panel width]; empty where one panel is all. Gradients; forward uses it for
    /// results of panels.
    std::vector<AlignedVector<float>> panels;
    [[nodiscard]] float* panel_storage(std::size_t layer);
};

/// A panel of a layer: the unit of the weights phase.
struct PanelItem {
    std::size_t layer = 0;
    std::size_t panel = 0;
    std::vector<TeamCall> backward_weights;  ///< one a slot for the first layer, one otherwise
};

/// What one step reads.
struct StepInput {
    const LabelledRows& data;
    std::span<const std::uint32_t>
        order;             ///< row numbers from this batch's first row to the end of the epoch
    std::size_t slot = 0;  ///< where the batch's input lies
    bool gather = true;    ///< the threads normalise their rows themselves
};

class StepProgram {
  public:
    StepProgram(std::size_t rows, std::vector<LayerMemory>& layers, BatchBuffers& buffers, Isa isa);
    StepProgram(const StepProgram&) = delete;
    StepProgram& operator=(const StepProgram&) = delete;

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t tiles() const noexcept { return tiles_.size(); }
    [[nodiscard]] std::size_t panels() const noexcept { return panel_items_.size(); }
    [[nodiscard]] std::vector<TeamPrimitive*> primitives();

    /// Rows phase of tile t. Returns the sum of the losses of its rows.
    double run_tile(std::size_t t, const StepInput& input, std::size_t thread);
    /// Weights phase of item i: gradient, then the update.
    void run_panel(std::size_t i, std::size_t slot, UpdateFn update, const UpdateScalars& scalars,
                   std::size_t thread);

    [[nodiscard]] std::vector<PrimitiveFacts> facts() const;

  private:
    struct Tile {
        std::size_t first_row = 0;
        std::size_t rows = 0;
        std::vector<TileForward> forward;  ///< one a slot
        std::vector<TeamCall> backward;
    };
    void make_tile(std::size_t first_row, const RowsPrimitives& primitives);
    void make_panels();
    void gather_rows(const Tile& tile, const StepInput& input) const;
    void prefetch_next_rows(const Tile& tile, const StepInput& input) const;
    void scatter_to_panels(std::size_t layer, const Tile& tile);

    std::size_t rows_;
    std::vector<LayerMemory>& layers_;
    BatchBuffers& buffers_;
    NormalizeFn normalize_;
    LossFn loss_;
    std::vector<std::unique_ptr<RowsPrimitives>> rows_primitives_;  ///< full tiles, and the smaller last one
    std::vector<TeamPrimitive> backward_weights_;                   ///< [layers], for one panel
    std::vector<Tile> tiles_;
    std::vector<PanelItem> panel_items_;
};

}  // namespace mnist
