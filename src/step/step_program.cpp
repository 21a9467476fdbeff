// Gradients and updates of strips, and the facts about what runs.
#include "step_program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bf16_loops.hpp"

namespace mnist {

std::pair<std::size_t, std::size_t> strips_of_chain(const std::vector<Strip>& strips, std::size_t chain) {
    const auto [first, end] =
        std::equal_range(strips.begin(), strips.end(), Strip{.chain = chain},
                         [](const Strip& left, const Strip& right) { return left.chain < right.chain; });
    return {static_cast<std::size_t>(first - strips.begin()), static_cast<std::size_t>(end - strips.begin())};
}

StepProgram::StepProgram(const BatchCut& cut, OwnLeaves own, const StepStrips& strips,
                         std::vector<LayerMemory>& layers, StepBuffers& buffers, Products& products,
                         Precision type, Isa isa)
    : cut_(cut),
      own_(std::move(own)),
      turns_(own_.turns(cut)),
      strips_(strips),
      layers_(layers),
      buffers_(buffers),
      type_(type),
      isa_(isa),
      first_(cut, layers.front(), strips.forward, buffers.first, products, type, isa),
      upper_(cut, layers, buffers.rows, products, type, isa),
      gradients_(layers.size()) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        for (const Strip& strip : strips.gradient[l])
            gradients_[l].push_back(make_gradient(l, strip, products));
    }
}

StepProgram::Gradient StepProgram::make_gradient(std::size_t layer, const Strip& strip,
                                                 Products& products) const {
    const LayerMemory& memory = layers_[layer];
    const LayerPlan& plan = memory.plan;
    const auto stride = [](std::size_t width, std::size_t whole) { return width == whole ? 0 : whole; };
    const std::size_t chain = plan.chain_width(strip.chain);
    const auto product = [&](std::size_t rows, bool add) {
        return std::pair{rows,
                         &products.weights_gradient(
                             {.rows = rows,
                              .in = strip.inputs(),
                              .out = strip.outputs(),
                              .type = type_,
                              .src_stride = stride(strip.inputs(), chain),
                              .weights_stride = memory.turned() ? stride(strip.inputs(), chain)
                                                                : stride(strip.outputs(), plan.out_padded),
                              .dst_stride = stride(strip.outputs(), plan.out_padded)},
                             memory.turned(), add)};
    };
    Gradient gradient;
    for (const std::size_t group : {std::size_t{0}, cut_.groups() - 1}) {
        gradient.overwrite.push_back(product(cut_.rows_of(group), false));
        if (cut_.groups_of_leaf() > 1) gradient.add.push_back(product(cut_.rows_of(group), true));
    }
    return gradient;
}

double StepProgram::rows(const GroupPlace& place, std::size_t block, const StepInput& input,
                         std::size_t worker) {
    const std::size_t row = block * cut_.block;
    const std::size_t rows = std::min(cut_.block, cut_.rows_of(place.group) - row);
    const std::size_t first = buffers_.first.first_row(place) + row;
    first_.sum_parts(first, rows, layers_.size() > 1, buffers_.rows.dst.front());
    return upper_.run(first, rows, input.data, input.order.subspan(place.group * cut_.group + row), worker);
}

void StepProgram::gradient(std::size_t l, std::size_t s, const GroupPlace& place, const StepInput& input,
                           std::size_t worker) {
    LayerMemory& layer = layers_[l];
    const LayerPlan& plan = layer.plan;
    const Strip& strip = strips_.gradient[l][s];
    const std::size_t group = place.group;
    const std::size_t rows = cut_.rows_of(group);
    const std::size_t first = buffers_.first.first_row(place);
    void* const src = l == 0 ? first_.rows_of(strip.chain, place, input, worker)
                             : buffers_.rows.dst[l - 1].at(first * plan.in_padded);
    void* const src_strip = at(src, strip.first_in - plan.cuts[strip.chain], type_);
    void* const diff_dst = buffers_.rows.diff_dst[l].at(first * plan.out_padded);
    void* const diff_strip = at(diff_dst, strip.first_out, type_);
    const std::size_t of_leaf = cut_.groups_of_leaf();
    const bool begins = group % of_leaf == 0;
    const Shard& shard = own_.shards[place.shard];
    const SumMove& move = shard.sums.moves[group / of_leaf - shard.first];
    const std::size_t buffer = shard.buffer + move.slot;
    float* const sums = layer.weights_sum(buffer) + plan.gradient_offset(strip.first_out, strip.first_in);
    Gradient& gradient = gradients_[l][s];
    TeamProduct& product = of_rows(begins ? gradient.overwrite : gradient.add, rows);
    if (layer.turned())
        product.run(worker, diff_strip, src_strip, sums);
    else
        product.run(worker, src_strip, diff_strip, sums);
    if (s == 0) {
        float* const bias = layer.bias_sum(buffer);
        if (begins) std::fill_n(bias, plan.out_padded, 0.0F);
        if (type_ == Precision::bf16)
            add_column_sums_bf16(static_cast<const Bf16*>(diff_dst), rows, plan.out_padded, bias);
        else
            add_column_sums(isa_, static_cast<const float*>(diff_dst), rows, plan.out_padded, bias);
    }
    if ((group + 1) % of_leaf != 0 && group + 1 != cut_.groups()) return;
    for (std::size_t from = buffer; from > buffer - move.merges; --from)
        join(layer, strip, s == 0, {.to = from - 1, .from = from});
}

// Where a strip is a whole chain, its rows follow each other.
void StepProgram::join(LayerMemory& layer, const Strip& strip, bool bias, SumJoin buffers) const {
    const LayerPlan& plan = layer.plan;
    if (bias) add_numbers(isa_, layer.bias_sum(buffers.to), layer.bias_sum(buffers.from), plan.out_padded);
    const std::size_t at = plan.gradient_offset(strip.first_out, strip.first_in);
    float* const sums = layer.weights_sum(buffers.to) + at;
    const float* const more = layer.weights_sum(buffers.from) + at;
    const std::size_t rows = layer.turned() ? strip.outputs() : strip.inputs();
    const std::size_t width = layer.turned() ? strip.inputs() : strip.outputs();
    const std::size_t stride = layer.turned() ? plan.chain_width(strip.chain) : plan.out_padded;
    if (width == stride) return add_numbers(isa_, sums, more, rows * width);
    for (std::size_t r = 0; r < rows; ++r) add_numbers(isa_, sums + r * stride, more + r * stride, width);
}

void StepProgram::finish(std::size_t l, std::size_t s, const std::optional<Update>& update) {
    LayerMemory& layer = layers_[l];
    const LayerPlan& plan = layer.plan;
    const Strip& strip = strips_.update[l][s];
    for (const SumJoin& buffers : own_.joins) join(layer, strip, s == 0, buffers);
    if (!update) return;
    update_weights(layer, strip,
                   layer.diff_weights.data() + plan.gradient_offset(strip.first_out, strip.first_in),
                   layer.turned() ? plan.chain_width(strip.chain) : plan.out_padded, *update);
    if (s == 0) update_bias(layer, layer.diff_bias.data(), *update);
}

std::vector<PrimitiveFacts> StepProgram::facts() const {
    std::vector<PrimitiveFacts> facts;
    const auto add = [&](std::size_t l, const char* operation, const onednn::Primitive& primitive,
                         Precision weights) {
        facts.push_back(primitive.facts(layers_[l].tag_name(weights)));
        facts.back().operation = fmt::format("fc{} {}", l + 1, operation);
    };
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        add(l, "forward", l == 0 ? first_.forward_primitive() : upper_.forward_primitive(l), type_);
        if (l > 0) add(l, "backward_data", upper_.backward_primitive(l), type_);
        add(l, "backward_weights", gradients_[l].front().overwrite.front().second->primitive(),
            Precision::f32);
    }
    return facts;
}

}  // namespace mnist
