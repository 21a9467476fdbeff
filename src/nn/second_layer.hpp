// The second layer, cut by inputs as the first is by outputs: the thread that computed a panel of the first
// layer's results multiplies them by the weights that belong to them, at once and in its own cache. Its
// product is a part of the sum that the second layer is; the parts are added in the order of the slices.
// Backwards, a slice's gradients belong to the same thread again. So nothing of the first layer's results or
// gradients travels between cores, only the parts, a quarter to a half of the bytes. Private to this room.
#pragma once

#include <array>
#include <cstddef>
#include <memory_resource>
#include <utility>
#include <vector>

#include "first_layer.hpp"
#include "rows_primitives.hpp"

namespace mnist {

/// Where the parts lie; shared by the programs of the full and of the last batch. Two sets, in turns: a
/// thread writes the next step's parts while another still reads this step's.
struct SecondLayerBuffers {
    SecondLayerBuffers(std::size_t floats, std::pmr::memory_resource* memory)
        : parts{AlignedVector<float>(floats, 0.0F, memory), AlignedVector<float>(floats, 0.0F, memory)} {}

    std::array<AlignedVector<float>, 2> parts;  ///< [slice][rows][out_padded]
};

class SecondLayer {
  public:
    using Panels = std::pair<std::size_t, std::size_t>;  ///< [begin, end) of the first layer's panels: slices

    /// `layer` has plan.slices > 1. `full` and `rest`: primitives of the tiles, made for slices.
    SecondLayer(const BatchCut& cut, LayerMemory& layer, bool hidden, FirstLayerBuffers& first,
                SecondLayerBuffers& buffers, const RowsPrimitives& full, const RowsPrimitives* rest,
                std::size_t threads, Isa isa);

    /// Primitives of the weights phase; those of the tiles are the caller's.
    [[nodiscard]] std::vector<TeamPrimitive*> primitives() { return gradient_.primitives(); }
    [[nodiscard]] const onednn::Primitive& backward_weights_primitive() const {
        return gradient_.primitive();
    }
    [[nodiscard]] std::size_t slices() const { return layer_.plan.slices; }

    /// Parts of the slices for the rows of a tile, from the first layer's results, into set `set`.
    void forward(std::size_t set, std::size_t tile, Panels slices, std::size_t thread);
    /// The layer's results for the rows of a tile: the sum of all parts, after ReLU where it is hidden.
    ///   dst  [rows of the tile, out_padded] of `type`, overwritten
    void add_parts(std::size_t set, std::size_t tile, Precision type, void* dst) const;
    /// Gradients of the first layer's results before ReLU, for the slices' panels and the rows of a tile.
    ///   diff_dst  [rows of the tile, out_padded], read
    void backward_data(std::size_t tile, Panels slices, void* diff_dst, std::size_t thread);
    /// The gradient of a slice's weights over the rows of a chunk, which is a tile; slice 0 takes the bias
    /// along. All chunks of a shard, in their order.
    ///   diff_dst  [rows of the chunk, out_padded], read
    void backward_weights(std::size_t chunk, std::size_t slice, void* diff_dst, std::size_t thread);

  private:
    struct TileCalls {
        TeamCall forward_first, forward_later, backward_data;
    };
    using ThreadCalls = std::vector<TileCalls>;  ///< full, and rest where there is one
    [[nodiscard]] ThreadCalls make_calls(const RowsPrimitives& full, const RowsPrimitives* rest);
    [[nodiscard]] TileCalls make_tile_calls(const RowsPrimitives& tile, float* here) const;
    [[nodiscard]] std::size_t rows_of_tile(std::size_t tile) const;
    [[nodiscard]] TileCalls& calls_of_tile(std::size_t tile, std::size_t thread);
    /// First row of a tile in a slice of the first layer's arrays, and of the parts.
    [[nodiscard]] std::size_t row_of(std::size_t slice, std::size_t tile) const {
        return slice * first_.panel_rows + first_.place_of(tile * cut_.tile);
    }
    /// First element of a slice's weights, gradients or state.
    [[nodiscard]] std::size_t slice_at(std::size_t slice) const { return slice * layer_.plan.slice_floats(); }

    BatchCut cut_;
    std::size_t width_;  ///< inputs of a slice
    LayerMemory& layer_;
    bool hidden_;
    Precision precision_;
    FirstLayerBuffers& first_;
    Numbers& src_;       ///< [slice][rows][width], the first layer's results
    Numbers& diff_src_;  ///< the same of their gradients
    SecondLayerBuffers& buffers_;
    Isa isa_;
    WeightsGradient gradient_;  ///< of a slice
    std::vector<ThreadCalls> calls_;
};

}  // namespace mnist
