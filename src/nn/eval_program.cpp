// Forward of one tile, in buffers that stay in the thread's own cache.
#include "eval_program.hpp"

#include <algorithm>

namespace mnist {

EvalProgram::EvalProgram(std::size_t tile_rows, std::vector<LayerMemory>& layers, std::size_t threads,
                         Isa isa, std::pmr::memory_resource* memory)
    : layers_(layers),
      normalize_(normalize_pixels(isa)),
      loss_(softmax_cross_entropy(isa)),
      primitives_(tile_rows, layers, RowsUse::evaluation, Precision::f32) {
    LayerList all;
    for (LayerMemory& layer : layers) all.push_back(&layer);
    threads_.reserve(threads);
    for (std::size_t t = 0; t < threads; ++t) {
        ThreadBuffers& buffers = threads_.emplace_back(memory);
        buffers.src.assign(tile_rows * layers.front().plan.in_padded, 0.0F);
        TileBuffers at{.src = buffers.src.data(), .dst = {}, .panel_dst = {}, .diff_dst = {}};
        for (const LayerMemory& layer : layers) {
            buffers.dst.emplace_back(tile_rows * layer.plan.out_padded, 0.0F, memory);
            at.dst.push_back(buffers.dst.back().data());
        }
        if (layers.front().forward_by_panel()) {
            const LayerPlan& first = layers.front().plan;
            buffers.panel_dst.assign(tile_rows * first.out_padded, 0.0F);
            for (std::size_t p = 0; p < first.panels(); ++p)
                at.panel_dst.push_back(buffers.panel_dst.data() + p * tile_rows * first.panel_width);
        }
        buffers.forward.emplace(primitives_, all, at);
    }
}

std::size_t EvalProgram::live_rows(std::size_t t, std::size_t count) const {
    return std::min(rows(), count - t * rows());
}

const float* EvalProgram::run_tile(std::size_t t, const LabelledRows& data, std::size_t thread) {
    ThreadBuffers& buffers = threads_[thread];
    const std::size_t stride = layers_.front().plan.in_padded;
    const std::size_t live = live_rows(t, data.count);
    for (std::size_t r = 0; r < live; ++r) {
        const std::uint8_t* const row = data.images + (t * rows() + r) * data.pixels;
        normalize_(row, buffers.src.data() + r * stride, data.pixels, row);
    }
    buffers.forward->run(thread);
    return buffers.dst.back().data();
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
