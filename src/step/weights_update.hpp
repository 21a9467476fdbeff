// The optimizer's update of a piece of a layer's weights, from a gradient that lies where it was computed or
// where it was received. Private to this room.
#pragma once

#include <cstddef>

#include "layer_memory.hpp"
#include "mnist/step/optimizer.hpp"

namespace mnist {

/// How an optimizer changes weights in one step.
struct Update {
    UpdateFn weights;
    UpdateFn bias;
    UpdateScalars scalars;
};

/// `gradient`: the strip's first number; `stride` floats from a row to the next, in the layer's order.
void update_weights(LayerMemory& layer, const Strip& strip, const float* gradient, std::size_t stride,
                    const Update& update);
/// `gradient`: [out_padded].
void update_bias(LayerMemory& layer, const float* gradient, const Update& update);

}  // namespace mnist
