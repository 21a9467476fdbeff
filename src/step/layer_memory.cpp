// Plain copies through LayerPlan::offset: done once a run, so clarity counts more than speed.
#include "layer_memory.hpp"

#include <algorithm>

#include "bf16_loops.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;

template <class Offset>
LayerParameters in_order_of_outputs(const LayerPlan& plan, const AlignedVector<float>& weights,
                                    const AlignedVector<float>& bias, Offset offset) {
    LayerParameters parameters{.in = plan.in, .out = plan.out, .weight = {}, .bias = {}};
    parameters.weight.resize(plan.out * plan.in);
    for (std::size_t o = 0; o < plan.out; ++o) {
        for (std::size_t i = 0; i < plan.in; ++i) parameters.weight[o * plan.in + i] = weights[offset(o, i)];
    }
    parameters.bias.assign(bias.begin(), bias.begin() + static_cast<std::ptrdiff_t>(plan.out));
    return parameters;
}

}  // namespace

tag bf16_tag(std::size_t block, std::size_t panel_width) {
    const bool amx = block == kAmxInputs;
    if (panel_width == 64) return amx ? tag::OI16i64o2i : tag::OI8i64o2i;
    if (panel_width == 32) return amx ? tag::OI16i32o2i : tag::OI8i32o2i;
    return amx ? tag::OI16i16o2i : tag::OI8i16o2i;
}

tag tag_of(WeightsLayout layout, std::size_t panel_width) {
    if (layout == WeightsLayout::input_major) return tag::io;
    if (panel_width == 64) return tag::OI16i64o;
    return panel_width == 32 ? tag::OI16i32o : tag::OI16i16o;
}

LayerMemory::LayerMemory(const LayerPlan& layer_plan, Precision training, std::pmr::memory_resource* memory)
    : plan(layer_plan),
      weights(plan.weight_floats(), 0.0F, memory),
      diff_weights(plan.weight_floats(), 0.0F, memory),
      first_weights(plan.weight_floats(), 0.0F, memory),
      second_weights(plan.weight_floats(), 0.0F, memory),
      copy(Precision::bf16, training == Precision::bf16 ? plan.weight_floats() : 0, memory),
      bias(plan.out_padded, 0.0F, memory),
      diff_bias(plan.out_padded, 0.0F, memory),
      first_bias(plan.out_padded, 0.0F, memory),
      second_bias(plan.out_padded, 0.0F, memory) {
    // Of bf16 rows the matrix product has to interleave pairs, which AMX's kernels do faster than
    // transposing.
    if (training == Precision::bf16 && plan.bf16_block != kAmxInputs) plan.gradient_layout = plan.layout;
}

void LayerMemory::load(const LayerParameters& parameters) {
    fill(parameters, weights, bias);
    if (!copy.empty())
        pack_bf16(weights.data(), weights.size(), plan.panel_width, static_cast<Bf16*>(copy.at(0)));
}

void LayerMemory::fill(const LayerParameters& parameters, AlignedVector<float>& weight_storage,
                       AlignedVector<float>& bias_storage) const {
    if (parameters.in != plan.in || parameters.out != plan.out)
        throw ShapeError("the weights' extents are not the layer's");
    std::fill(weight_storage.begin(), weight_storage.end(), 0.0F);
    std::fill(bias_storage.begin(), bias_storage.end(), 0.0F);
    for (std::size_t o = 0; o < plan.out; ++o) {
        for (std::size_t i = 0; i < plan.in; ++i)
            weight_storage[plan.offset(o, i)] = parameters.weight[o * plan.in + i];
    }
    std::copy(parameters.bias.begin(), parameters.bias.end(), bias_storage.begin());
}

void LayerMemory::clear_state() {
    for (auto* const array : {&first_weights, &second_weights, &first_bias, &second_bias})
        std::fill(array->begin(), array->end(), 0.0F);
}

void LayerMemory::reserve_sums(std::size_t buffers) {
    std::pmr::memory_resource* const memory = weights.get_allocator().resource();
    while (more_sums.size() + 1 < buffers)
        more_sums.push_back({.weights = AlignedVector<float>(plan.weight_floats(), 0.0F, memory),
                             .bias = AlignedVector<float>(plan.out_padded, 0.0F, memory)});
}

LayerParameters LayerMemory::unload(const AlignedVector<float>& weight_storage,
                                    const AlignedVector<float>& bias_storage) const {
    return in_order_of_outputs(plan, weight_storage, bias_storage,
                               [this](std::size_t o, std::size_t i) { return plan.offset(o, i); });
}

LayerParameters LayerMemory::gradient() const {
    return in_order_of_outputs(plan, diff_weights, diff_bias,
                               [this](std::size_t o, std::size_t i) { return plan.gradient_offset(o, i); });
}

std::string LayerMemory::tag_name(Precision type) const {
    if (type == Precision::bf16)
        return "OI" + std::to_string(plan.bf16_block / 2) + "i" + std::to_string(plan.panel_width) + "o2i";
    if (plan.layout == WeightsLayout::input_major) return "io";
    return "OI16i" + std::to_string(plan.panel_width) + "o";
}

}  // namespace mnist
