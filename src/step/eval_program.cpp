// Forward of one tile, in buffers that stay in the thread's own cache.
#include "eval_program.hpp"

#include <algorithm>

namespace mnist {
namespace {

constexpr std::size_t kTileRowsAhead = 4;  // on their way from memory while one is converted

}  // namespace

EvalProgram::EvalProgram(std::size_t tile_rows, std::vector<LayerMemory>& layers, std::size_t threads,
                         Isa isa, Products& products, std::pmr::memory_resource* memory)
    : rows_(tile_rows),
      layers_(layers),
      normalize_(normalize_pixels(isa)),
      loss_(softmax_cross_entropy(isa)),
      memory_(memory),
      values_(threads) {
    for (std::size_t l = 0; l < layers.size(); ++l) {
        const LayerPlan& plan = layers[l].plan;
        const std::size_t width = width_of(plan);
        forward_.push_back(&products.forward({.rows = tile_rows,
                                              .in = plan.in_padded,
                                              .out = width,
                                              .weights_tag = layers[l].tag(),
                                              .dst_stride = width == plan.out_padded ? 0 : plan.out_padded},
                                             l + 1 < layers.size()));
    }
}

std::vector<AlignedVector<float>>& EvalProgram::values_of(std::size_t thread) {
    if (values_[thread].empty()) {
        std::vector<AlignedVector<float>> values;  // whole or not at all, where memory runs out
        values.emplace_back(rows_ * layers_.front().plan.in_padded, 0.0F, memory_);
        for (const LayerMemory& layer : layers_)
            values.emplace_back(rows_ * layer.plan.out_padded, 0.0F, memory_);
        values_[thread] = std::move(values);
    }
    return values_[thread];
}

std::size_t EvalProgram::live_rows(std::size_t t, std::size_t count) const {
    return std::min(rows(), count - t * rows());
}

const float* EvalProgram::run_tile(std::size_t t, const LabelledRows& data, std::size_t thread) {
    std::vector<AlignedVector<float>>& values = values_of(thread);
    const std::size_t stride = layers_.front().plan.in_padded;
    const std::size_t live = live_rows(t, data.count);
    for (std::size_t r = 0; r < live; ++r) {
        const std::uint8_t* const row = data.images + (t * rows() + r) * data.pixels;
        const std::uint8_t* const ahead = row + (std::min(r + kTileRowsAhead, live - 1) - r) * data.pixels;
        normalize_(row, values.front().data() + r * stride, data.pixels, ahead);
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        LayerMemory& layer = layers_[l];
        for (std::size_t o = 0; o < layer.plan.out_padded; o += width_of(layer.plan))
            forward_[l]->run(thread, values[l].data(), layer.weights.data() + o * layer.plan.in_padded,
                             values[l + 1].data() + o, layer.bias.data() + o);
    }
    return values.back().data();
}

double EvalProgram::loss(std::size_t t, const LabelledRows& data, const float* logits) const {
    const LayerPlan& output = layers_.back().plan;
    return loss_({.logits = logits,
                  .labels = data.labels + t * rows(),
                  .diff_logits = nullptr,
                  .rows = live_rows(t, data.count),
                  .classes = output.out,
                  .columns = output.out_padded,
                  .scale = 1});
}

}  // namespace mnist
