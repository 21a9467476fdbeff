// Products and loops of a block, in the order of the network and back.
#include "upper_layers.hpp"

#include <algorithm>

#include "bf16_loops.hpp"

namespace mnist {

RowBuffers::RowBuffers(const std::vector<LayerMemory>& layers, std::size_t rows, Precision precision,
                       std::pmr::memory_resource* memory)
    : diff_logits(precision == Precision::bf16 ? rows * layers.back().plan.out_padded : 0, 0.0F, memory) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const std::size_t count = rows * layers[l].plan.out_padded;
        dst.emplace_back(results_type(l, layers.size(), precision), count, memory);
        diff_dst.emplace_back(precision, count, memory);
    }
}

UpperLayers::UpperLayers(const BatchCut& cut, std::vector<LayerMemory>& layers, RowBuffers& buffers,
                         Products& products, Precision type, Isa isa)
    : layers_(layers),
      buffers_(buffers),
      type_(type),
      isa_(isa),
      loss_(softmax_cross_entropy(isa)),
      scale_(1.0F / static_cast<float>(cut.rows)),
      forward_(layers.size()),
      backward_(layers.size()) {
    std::vector<std::size_t> heights{std::min(cut.rows, cut.block)};
    if (const std::size_t rest = cut.rows % cut.block; rest != 0 && cut.rows > cut.block)
        heights.push_back(rest);
    for (std::size_t l = 1; l < layers.size(); ++l) {
        for (const std::size_t rows : heights) {
            onednn::ProductShape shape{.rows = rows,
                                       .in = layers[l].plan.in_padded,
                                       .out = layers[l].plan.out_padded,
                                       .weights_tag = layers[l].tag(type),
                                       .type = type,
                                       .dst_type = results_type(l, layers.size(), type)};
            forward_[l].emplace_back(rows, &products.forward(shape, l + 1 < layers.size()));
            backward_[l].emplace_back(rows, &products.backward_data(shape));
        }
    }
}

double UpperLayers::loss(std::size_t first, std::size_t rows, const LabelledRows& data,
                         std::span<const std::uint32_t> order) {
    const std::size_t last = layers_.size() - 1;
    const LayerPlan& output = layers_[last].plan;
    const std::size_t offset = first * output.out_padded;
    void* const diff_dst = buffers_.diff_dst[last].at(offset);
    const bool round = type_ == Precision::bf16;
    float* const diff_logits = round ? buffers_.diff_logits.data() + offset : static_cast<float*>(diff_dst);
    const double sum = loss_of_rows(loss_,
                                    {.logits = static_cast<float*>(buffers_.dst[last].at(offset)),
                                     .diff_logits = diff_logits,
                                     .classes = output.out,
                                     .columns = output.out_padded,
                                     .scale = scale_},
                                    data, order.first(rows));
    if (round) round_to_bf16(diff_logits, static_cast<Bf16*>(diff_dst), rows * output.out_padded);
    return sum;
}

double UpperLayers::run(std::size_t first, std::size_t rows, const LabelledRows& data,
                        std::span<const std::uint32_t> order, std::size_t worker) {
    const auto at = [&](std::vector<Numbers>& arrays, std::size_t l) {
        return arrays[l].at(first * layers_[l].plan.out_padded);
    };
    for (std::size_t l = 1; l < layers_.size(); ++l)
        of_rows(forward_[l], rows)
            .run(worker, at(buffers_.dst, l - 1), layers_[l].weights_at(0, type_), at(buffers_.dst, l),
                 layers_[l].bias.data());
    const double sum = loss(first, rows, data, order);
    for (std::size_t l = layers_.size() - 1; l > 0; --l) {
        of_rows(backward_[l], rows)
            .run(worker, at(buffers_.diff_dst, l), layers_[l].weights_at(0, type_),
                 at(buffers_.diff_dst, l - 1));
        mask_relu(isa_, type_, at(buffers_.dst, l - 1), at(buffers_.diff_dst, l - 1),
                  rows * layers_[l - 1].plan.out_padded);
    }
    return sum;
}

}  // namespace mnist
