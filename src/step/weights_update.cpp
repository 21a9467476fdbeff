// Panel by panel: a strip's weights lie together in these.
#include "weights_update.hpp"

#include <algorithm>

namespace mnist {

void update_weights(LayerMemory& layer, const Strip& strip, const float* gradient, std::size_t stride,
                    const Update& update) {
    const LayerPlan& plan = layer.plan;
    const std::size_t width = plan.panel_width;
    for (std::size_t o = strip.first_out; o < strip.end_out; o = (o / width + 1) * width) {
        const std::size_t at = plan.offset(o, strip.first_in);
        // Pairs of inputs side by side: an output further is two numbers further.
        Bf16* const copy = layer.copy.empty() ? nullptr : static_cast<Bf16*>(layer.copy.at(at + o % width));
        update.weights({.w = layer.weights.data() + at,
                        .m = layer.first_weights.data() + at,
                        .v = layer.second_weights.data() + at,
                        .g = gradient + (o - strip.first_out) * (layer.turned() ? stride : 1),
                        .copy = copy,
                        .inputs = strip.inputs(),
                        .outputs = std::min(strip.end_out, (o / width + 1) * width) - o,
                        .stride = width,
                        .gradient_stride = stride},
                       update.scalars);
    }
}

void update_bias(LayerMemory& layer, const float* gradient, const Update& update) {
    const std::size_t outputs = layer.plan.out_padded;
    update.bias({.w = layer.bias.data(),
                 .m = layer.first_bias.data(),
                 .v = layer.second_bias.data(),
                 .g = gradient,
                 .inputs = 1,
                 .outputs = outputs,
                 .stride = outputs,
                 .gradient_stride = outputs},
                update.scalars);
}

}  // namespace mnist
