// The weights of a network as blocks, one for each rank, of nearly equal size. A block is a run of units,
// and a unit is what can be updated by itself: sixteen inputs of a layer with all their outputs, or a layer's
// biases. A block's numbers lie unit by unit when they travel. Private to this room.
#pragma once

#include <cstddef>
#include <memory_resource>
#include <vector>

#include "layer_memory.hpp"

namespace mnist {

struct Unit {
    std::size_t layer = 0;
    Strip strip{};  ///< all outputs; of biases no inputs
    std::size_t floats = 0;
    std::size_t rank = 0;  ///< who owns it
    std::size_t at = 0;    ///< floats of the block before it

    [[nodiscard]] bool bias() const { return strip.inputs() == 0; }
};

class WeightBlocks {
  public:
    WeightBlocks(const std::vector<LayerMemory>& layers, std::size_t ranks);

    [[nodiscard]] const std::vector<Unit>& units() const { return units_; }
    [[nodiscard]] std::size_t floats(std::size_t rank) const { return floats_[rank]; }
    /// Units of a rank: [begins(rank), begins(rank + 1)).
    [[nodiscard]] std::size_t begins(std::size_t rank) const { return begins_[rank]; }

  private:
    std::vector<Unit> units_;
    std::vector<std::size_t> floats_, begins_;
};

/// Copies a unit's gradient out of the sums of a layer, so that rows follow each other without a gap.
void pack_gradient(LayerMemory& layer, const Unit& unit, std::size_t buffer, float* to);
/// Floats from a row of such a gradient to the next.
[[nodiscard]] std::size_t packed_stride(const LayerMemory& layer, const Unit& unit);

/// What lies like a layer's weights, and like its biases.
struct UnitArrays {
    AlignedVector<float> LayerMemory::*weights;
    AlignedVector<float> LayerMemory::*bias;
};
void pack_unit(const LayerMemory& layer, const Unit& unit, const UnitArrays& arrays, float* to);
/// The inverse; of weights in bf16 it rounds the copy as well.
void unpack_unit(LayerMemory& layer, const Unit& unit, const UnitArrays& arrays, const float* from);

}  // namespace mnist
