// Forward of one tile, in buffers that stay in the thread's own cache.
#include "eval_program.hpp"

#include <algorithm>

namespace mnist {
namespace {

constexpr std::size_t kTileRowsAhead = 4;  // on their way from memory while one is converted

}  // namespace

EvalProgram::EvalProgram(std::size_t tile_rows, std::vector<LayerMemory>& layers, std::size_t threads,
                         Isa isa, Products& products, std::vector<WorkerRows>* lenders,
                         std::pmr::memory_resource* memory)
    : rows_(tile_rows),
      layers_(layers),
      normalize_(normalize_pixels(isa)),
      loss_(softmax_cross_entropy(isa)),
      memory_(memory),
      lenders_(lenders),
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

EvalProgram::Values& EvalProgram::values_of(std::size_t thread) {
    if (values_[thread].rows == nullptr) {
        Values values;  // whole or not at all, where memory runs out
        const std::size_t floats = rows_ * layers_.front().plan.in_padded;
        for (const LayerMemory& layer : layers_)
            values.results.emplace_back(rows_ * layer.plan.out_padded, 0.0F, memory_);
        if (lenders_ != nullptr) values.rows = (*lenders_)[thread].lend(floats);
        if (values.rows == nullptr) values.rows = values.own_rows.emplace(floats, 0.0F, memory_).data();
        values_[thread] = std::move(values);
    }
    return values_[thread];
}

std::size_t EvalProgram::live_rows(std::size_t t, std::size_t count) const {
    return std::min(rows(), count - t * rows());
}

const float* EvalProgram::run_tile(std::size_t t, const LabelledRows& data, std::size_t thread) {
    Values& values = values_of(thread);
    const std::size_t stride = layers_.front().plan.in_padded;
    const std::size_t live = live_rows(t, data.count);
    for (std::size_t r = 0; r < live; ++r) {
        const std::uint8_t* const row = data.images + (t * rows() + r) * data.pixels;
        const std::uint8_t* const ahead = row + (std::min(r + kTileRowsAhead, live - 1) - r) * data.pixels;
        normalize_(row, values.rows + r * stride, data.pixels, ahead);
    }
    for (std::size_t l = 0; l < layers_.size(); ++l) {
        LayerMemory& layer = layers_[l];
        for (std::size_t o = 0; o < layer.plan.out_padded; o += width_of(layer.plan))
            forward_[l]->run(thread, l == 0 ? values.rows : values.results[l - 1].data(),
                             layer.weights.data() + o * layer.plan.in_padded, values.results[l].data() + o,
                             layer.bias.data() + o);
    }
    return values.results.back().data();
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
