// The layers above the first for a block of rows: forward, loss, and gradients back to the first layer's
// results. A worker takes a block all the way, so that its numbers stay in the nearest cache. Private to this
// room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "batch_rows.hpp"
#include "layer_memory.hpp"
#include "mnist/step/loss.hpp"
#include "products.hpp"

namespace mnist {

/// The type of a layer's results in a network that computes in `precision`: logits are f32 always.
[[nodiscard]] inline Precision results_type(std::size_t layer, std::size_t layers, Precision precision) {
    return layer + 1 == layers ? Precision::f32 : precision;
}

/// Results of the rows of a span, and their gradients.
struct RowBuffers {
    RowBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, Precision precision,
               std::pmr::memory_resource* memory);
    std::vector<Numbers> dst;       ///< [layers] of [rows, out_padded]; the last one, the logits, f32
    std::vector<Numbers> diff_dst;  ///< [layers] of [rows, out_padded]
    AlignedVector<float>
        diff_logits;  ///< before rounding, [rows, out_padded]; empty where nothing is rounded
};

class UpperLayers {
  public:
    UpperLayers(const BatchCut& cut, std::vector<LayerMemory>& layers, RowBuffers& buffers,
                Products& products, Precision type, Isa isa);

    /// For rows [first, first + rows) of the span, from the first layer's results. Returns the sum of their
    /// losses. `order` begins at the first of these rows.
    double run(std::size_t first, std::size_t rows, const LabelledRows& data,
               std::span<const std::uint32_t> order, std::size_t worker);

    [[nodiscard]] const onednn::Primitive& forward_primitive(std::size_t layer) const {
        return forward_[layer].front().second->primitive();
    }
    [[nodiscard]] const onednn::Primitive& backward_primitive(std::size_t layer) const {
        return backward_[layer].front().second->primitive();
    }

  private:
    double loss(std::size_t first, std::size_t rows, const LabelledRows& data,
                std::span<const std::uint32_t> order);

    std::vector<LayerMemory>& layers_;
    RowBuffers& buffers_;
    Precision type_;
    Isa isa_;
    LossFn loss_;
    float scale_;                           ///< of the loss's gradient: one over the rows of the batch
    std::vector<ProductsByRows> forward_;   ///< [layers]; the first has none
    std::vector<ProductsByRows> backward_;  ///< [layers]; the first has none
};

}  // namespace mnist
