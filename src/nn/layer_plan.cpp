// Extents, panels and tiles.
#include "mnist/nn/layer_plan.hpp"

#include <algorithm>

#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

// At least two panels where the layer is wide enough, so that two threads share it; the widest such panel,
// because a wide panel reads its input least often. `least`: what the layer above needs, where it is sliced
// like this one.
std::size_t panel_width_for(std::size_t out_padded, std::size_t least) {
    for (const std::size_t width : {std::size_t{64}, std::size_t{32}}) {
        if (out_padded % width == 0 && out_padded >= 2 * width) return width;
    }
    return least;
}

// The second layer's inputs are cut where the first layer's outputs are, if all its outputs fit one panel.
void slice(LayerPlan& second, const LayerPlan& first) {
    for (const std::size_t width : {kLane, 2 * kLane, 4 * kLane}) {
        if (second.out_padded != width || first.panels() < 2) continue;
        second.panel_width = width;
        second.slices = first.panels();
    }
}

}  // namespace

std::size_t LayerPlan::offset(std::size_t o, std::size_t i, WeightsLayout order) const {
    if (order == WeightsLayout::output_major) return o * in_padded + i;
    // Inside a panel, blocked and input_major order the elements alike: blocks of 16 inputs follow each other
    // without a gap.
    return o / panel_width * panel_floats() + i * panel_width + o % panel_width;
}

std::vector<LayerPlan> plan_layers(const std::vector<std::size_t>& dims, KernelFamily family) {
    if (dims.size() < 2) throw ShapeError("a network needs an input and an output extent");
    if (std::find(dims.begin(), dims.end(), std::size_t{0}) != dims.end())
        throw ShapeError("a network's extents must be at least 1");
    std::vector<LayerPlan> layers;
    for (std::size_t l = 0; l + 1 < dims.size(); ++l) {
        LayerPlan layer;
        layer.in = dims[l];
        layer.out = dims[l + 1];
        layer.bf16_block = family == KernelFamily::amx ? kAmxInputs : kLane;
        // A layer's outputs are the next one's inputs.
        const std::size_t out_lane = l + 2 < dims.size() ? layer.bf16_block : kLane;
        layer.in_padded = round_up(layer.in, layer.bf16_block);
        layer.out_padded = round_up(layer.out, out_lane);
        layer.panel_width = panel_width_for(layer.out_padded, out_lane);
        const WeightsLayout gemm_layout = l == 0 ? WeightsLayout::input_major : WeightsLayout::output_major;
        layer.layout = family == KernelFamily::gemm ? gemm_layout : WeightsLayout::blocked;
        if (l == 1 && family != KernelFamily::gemm) slice(layer, layers.front());
        if (layer.layout != WeightsLayout::blocked || layer.slices > 1) layer.gradient_layout = layer.layout;
        layers.push_back(layer);
    }
    return layers;
}

// A chunk of 128 rows of 784 floats is 400 kB, which with a panel of weights and its gradient fits a
// second-level cache of 1 MB. Where two threads walk through all tiles, or each through its own, large ones
// cost fewest calls; where they share the tiles of every step, there must be enough of them. Shards pay where
// half a batch takes longer than to exchange gradients and weights.
BatchCut cut_batch(std::size_t rows, std::size_t batch, bool sliced) {
    constexpr std::size_t kLargest = 128;
    constexpr std::size_t kSharded = 512;
    if (!sliced) {
        constexpr std::size_t kSmallest = 8;
        const std::size_t largest = rows <= 128 ? 32 : rows <= 256 ? 64 : kLargest;
        const std::size_t share = std::clamp(round_up((rows + 1) / 2, kSmallest), kSmallest, largest);
        return {.rows = rows, .tile = std::min(rows, share), .chunk = std::min(rows, kLargest)};
    }
    std::size_t tile = std::min(rows, kLargest);
    if (batch >= kSharded) {
        // As many as come in pairs, none larger than those of a full batch.
        const auto even = [](std::size_t of, std::size_t largest) {
            const std::size_t tiles = 2 * ((of + 2 * largest - 1) / (2 * largest));
            return (of + tiles - 1) / tiles;
        };
        tile = even(rows, even(batch, kLargest));
    }
    const std::size_t shards = batch >= kSharded && tile < rows ? 2 : 1;
    return {.rows = rows, .tile = tile, .chunk = tile, .shards = shards};
}

}  // namespace mnist
