// Runs of units whose middles fall into equal shares of all floats; and plain copies.
#include "weight_blocks.hpp"

#include <algorithm>
#include <cstring>

#include "bf16_loops.hpp"

namespace mnist {
namespace {

void copy_floats(float* to, const float* from, std::size_t n) {
    std::memcpy(to, from, n * sizeof(float));
}

// Calls visit(place in the layer's arrays, floats): the inputs of a panel follow each other.
template <class Visit>
void visit_panels(const LayerPlan& plan, const Strip& strip, Visit&& visit) {
    const std::size_t width = plan.panel_width;
    for (std::size_t o = 0; o < plan.out_padded; o += width)
        visit(plan.offset(o, strip.first_in), strip.inputs() * width);
}

}  // namespace

WeightBlocks::WeightBlocks(const std::vector<LayerMemory>& layers, std::size_t ranks)
    : floats_(ranks, 0), begins_(ranks + 1, 0) {
    std::size_t all = 0;
    const auto add = [&](std::size_t layer, const Strip& strip, std::size_t floats) {
        units_.push_back({.layer = layer, .strip = strip, .floats = floats, .at = all});
        all += floats;
    };
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerPlan& plan = layers[l].plan;
        for (std::size_t c = 0; c < plan.chains(); ++c) {
            for (std::size_t i = plan.cuts[c]; i < plan.cuts[c + 1]; i += kLane)
                add(l, {c, i, i + kLane, 0, plan.out_padded}, kLane * plan.out_padded);
        }
        add(l, {0, 0, 0, 0, plan.out_padded}, plan.out_padded);
    }
    all = std::max<std::size_t>(1, all);  // a network has weights; the analyzer does not know
    for (Unit& unit : units_) {
        unit.rank = std::min(ranks - 1, (2 * unit.at + unit.floats) * ranks / (2 * all));
        ++begins_[unit.rank + 1];
        unit.at = floats_[unit.rank];
        floats_[unit.rank] += unit.floats;
    }
    for (std::size_t r = 0; r < ranks; ++r) begins_[r + 1] += begins_[r];
}

std::size_t packed_stride(const LayerMemory& layer, const Unit& unit) {
    return layer.turned() ? unit.strip.inputs() : layer.plan.out_padded;
}

void pack_gradient(LayerMemory& layer, const Unit& unit, std::size_t buffer, float* to) {
    const LayerPlan& plan = layer.plan;
    if (unit.bias()) return copy_floats(to, layer.bias_sum(buffer), unit.floats);
    const float* const from = layer.weights_sum(buffer) + plan.gradient_offset(0, unit.strip.first_in);
    if (!layer.turned()) return copy_floats(to, from, unit.floats);
    const std::size_t inputs = unit.strip.inputs();
    for (std::size_t o = 0; o < plan.out_padded; ++o)
        copy_floats(to + o * inputs, from + o * plan.chain_width(unit.strip.chain), inputs);
}

void pack_unit(const LayerMemory& layer, const Unit& unit, const UnitArrays& arrays, float* to) {
    if (unit.bias()) return copy_floats(to, (layer.*arrays.bias).data(), unit.floats);
    visit_panels(layer.plan, unit.strip, [&](std::size_t at, std::size_t n) {
        copy_floats(to, (layer.*arrays.weights).data() + at, n);
        to += n;
    });
}

void unpack_unit(LayerMemory& layer, const Unit& unit, const UnitArrays& arrays, const float* from) {
    if (unit.bias()) return copy_floats((layer.*arrays.bias).data(), from, unit.floats);
    const bool rounds = arrays.weights == &LayerMemory::weights && !layer.copy.empty();
    visit_panels(layer.plan, unit.strip, [&](std::size_t at, std::size_t n) {
        copy_floats((layer.*arrays.weights).data() + at, from, n);
        if (rounds) pack_bf16(from, n, layer.plan.panel_width, static_cast<Bf16*>(layer.copy.at(at)));
        from += n;
    });
}

}  // namespace mnist
