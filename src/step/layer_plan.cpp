// Extents, panels, chains, and the rows of a batch.
#include "mnist/step/layer_plan.hpp"

#include <algorithm>
#include <bit>

#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

// At least two panels where the layer is wide enough, so that two workers share it; the widest such panel,
// because a wide panel reads its input least often. `least`: what the layer above needs of its inputs.
std::size_t panel_width_for(std::size_t out_padded, std::size_t least) {
    for (const std::size_t width : {std::size_t{64}, std::size_t{32}}) {
        if (out_padded % width == 0 && out_padded >= 2 * width) return width;
    }
    return least;
}

// The place of the i-th of `count` cuts of something `width` wide, in whole units.
std::size_t cut_at(std::size_t i, std::size_t count, std::size_t width, std::size_t unit) {
    return i * (width / unit) / count * unit;
}

// Equal to within one block.
std::vector<std::size_t> cut_inputs(std::size_t in_padded, std::size_t block, std::size_t chains) {
    std::vector<std::size_t> cuts;
    for (std::size_t c = 0; c <= chains; ++c) cuts.push_back(cut_at(c, chains, in_padded, block));
    return cuts;
}

// Two chains let two workers own inputs of the first layer, and cost one worker some additions; each further
// one would cost as much again, and what more workers need shards and strips give.
std::size_t chains_of(std::size_t layer, std::size_t in_padded, std::size_t block) {
    constexpr std::size_t kMost = 2;
    return layer == 0 ? std::clamp<std::size_t>(in_padded / block / 2, 1, kMost) : 1;
}

}  // namespace

std::size_t LayerPlan::widest_chain() const {
    std::size_t widest = 0;
    for (std::size_t c = 0; c < chains(); ++c) widest = std::max(widest, chain_width(c));
    return widest;
}

std::size_t LayerPlan::gradient_offset(std::size_t o, std::size_t i) const {
    const auto behind = std::upper_bound(cuts.begin(), cuts.end(), i);
    const auto chain = static_cast<std::size_t>(behind - cuts.begin()) - 1;
    const std::size_t within = i - cuts[chain];
    return cuts[chain] * out_padded + (gradient_layout == WeightsLayout::output_major
                                           ? o * chain_width(chain) + within
                                           : within * out_padded + o);
}

std::vector<Strip> LayerPlan::gradient_strips(std::size_t count) const {
    std::vector<Strip> strips;
    const bool by_input = gradient_layout == WeightsLayout::output_major;
    for (std::size_t c = 0; c < chains(); ++c) {
        const std::size_t width = by_input ? chain_width(c) : out_padded;
        const std::size_t pieces = std::min(count, width / bf16_block);
        for (std::size_t i = 0; i < pieces; ++i) {
            const std::size_t first = cut_at(i, pieces, width, bf16_block);
            const std::size_t end = i + 1 == pieces ? width : cut_at(i + 1, pieces, width, bf16_block);
            if (by_input)
                strips.push_back({c, cuts[c] + first, cuts[c] + end, 0, out_padded});
            else
                strips.push_back({c, cuts[c], cuts[c + 1], first, end});
        }
    }
    return strips;
}

std::vector<Strip> LayerPlan::forward_strips(std::size_t count) const {
    if (layout == WeightsLayout::input_major) return gradient_strips(count);
    std::vector<Strip> strips;
    const std::size_t width = count == 1 ? out_padded : panel_width;
    for (std::size_t c = 0; c < chains(); ++c) {
        for (std::size_t o = 0; o < out_padded; o += width)
            strips.push_back({c, cuts[c], cuts[c + 1], o, o + width});
    }
    return strips;
}

std::vector<LayerPlan> plan_layers(const std::vector<std::size_t>& dims, KernelFamily family) {
    if (dims.size() < 2) throw ShapeError("a network needs an input and an output extent");
    if (std::find(dims.begin(), dims.end(), std::size_t{0}) != dims.end())
        throw ShapeError("a network's extents must be at least 1");
    const bool plain = family == KernelFamily::plain;
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
        layer.panel_width = plain ? layer.out_padded : panel_width_for(layer.out_padded, out_lane);
        layer.cuts =
            cut_inputs(layer.in_padded, layer.bf16_block, chains_of(l, layer.in_padded, layer.bf16_block));
        layer.gathered = l == 0;
        layer.layout = plain ? WeightsLayout::input_major : WeightsLayout::blocked;
        layer.gradient_layout = plain ? WeightsLayout::input_major : WeightsLayout::output_major;
        layers.push_back(std::move(layer));
    }
    return layers;
}

// A group is small enough for a core's cache to hold its share of it, and large enough that waiting for the
// others twice is little beside it. A batch of one group would be one leaf, which nobody can share, so a
// large one has two. Tiles and blocks are what more workers than pieces, and several workers of a small
// batch, divide among themselves; those of small batches are lower, so that there are as many.
BatchCut cut_batch(std::size_t rows) {
    const std::size_t largest_tile = rows <= kLargestGroup / 2 ? 32 : rows <= kLargestGroup ? 64 : 128;
    const std::size_t largest_block = rows <= kLargestGroup ? 32 : 64;
    const auto shares = [](std::size_t of, std::size_t largest) { return (of + largest - 1) / largest; };
    const std::size_t largest = rows <= kLargestGroup ? kLargestGroup / 2 : kLargestGroup;
    const std::size_t share = shares(rows, shares(rows, largest));
    const std::size_t tiles = shares(share, largest_tile);
    const std::size_t blocks = shares(shares(share, tiles), largest_block);  // of a tile
    const std::size_t block = shares(share, tiles * blocks);
    return {.rows = rows, .group = tiles * blocks * block, .tile = blocks * block, .block = block};
}

std::size_t shards_of(const LayerPlan& first, const BatchCut& cut, std::size_t team) {
    constexpr std::size_t kMost = 4;
    constexpr std::size_t kPieceFloats = 49152;
    if (cut.rows <= kLargestGroup && team > 2) return cut.leaves();
    const auto shares = [](std::size_t of, std::size_t largest) { return (of + largest - 1) / largest; };
    const std::size_t pieces = std::max(first.chains(), first.weight_floats() / kPieceFloats);
    const std::size_t needed = std::max(shares(team, pieces), shares(team, cut.group / cut.block));
    return std::min({std::bit_ceil(needed), kMost, cut.leaves()});
}

}  // namespace mnist
