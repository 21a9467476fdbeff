// Pointing the calls of slices, and adding up the parts.
#include "second_layer.hpp"

#include <algorithm>

#include "bf16_loops.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;

// Places of the arguments that a thread's calls are pointed with.
constexpr std::size_t kSrc = 0;
constexpr std::size_t kWeights = 1;
constexpr std::size_t kDst = 2;

}  // namespace

SecondLayer::SecondLayer(const BatchCut& cut, LayerMemory& layer, bool hidden, FirstLayerBuffers& first,
                         SecondLayerBuffers& buffers, const RowsPrimitives& full, const RowsPrimitives* rest,
                         std::size_t threads, Isa isa)
    : cut_(cut),
      width_(layer.plan.slice_width()),
      layer_(layer),
      hidden_(hidden),
      precision_(full.precision),
      first_(first),
      src_(first.dst),
      diff_src_(*first.diff_dst),
      buffers_(buffers),
      isa_(isa),
      // A slice is one panel whose inputs are the slice's.
      gradient_({.cut = cut, .in = width_, .out = layer.plan.out_padded, .type = precision_}, threads, isa) {
    for (std::size_t t = 0; t < threads; ++t) calls_.push_back(make_calls(full, rest));
}

SecondLayer::TileCalls SecondLayer::make_tile_calls(const RowsPrimitives& tile, float* here) const {
    const auto rows_of = [&](std::size_t columns, Precision type) {
        return onednn::view(onednn::matrix(tile.rows, columns, tag::ab, type), here);
    };
    const std::size_t out = layer_.plan.out_padded;
    const auto weights = onednn::view(onednn::matrix(out, width_, layer_.tag(precision_), precision_), here);
    const auto forward = [&](const TeamPrimitive& primitive, bool bias) {
        std::vector<onednn::Call::Argument> arguments{{DNNL_ARG_SRC, rows_of(width_, precision_)},
                                                      {DNNL_ARG_WEIGHTS, weights},
                                                      {DNNL_ARG_DST, rows_of(out, Precision::f32)}};
        if (bias) arguments.push_back({DNNL_ARG_BIAS, onednn::view(onednn::vector(out), layer_.bias.data())});
        return bind(primitive, std::move(arguments));
    };
    return {.forward_first = forward(tile.forward[1], true),
            .forward_later = forward(tile.later_slices.front(), false),
            .backward_data =
                bind(tile.backward_data.front(), {{DNNL_ARG_DIFF_DST, rows_of(out, precision_)},
                                                  {DNNL_ARG_WEIGHTS, weights},
                                                  {DNNL_ARG_DIFF_SRC, rows_of(width_, precision_)}})};
}

SecondLayer::ThreadCalls SecondLayer::make_calls(const RowsPrimitives& full, const RowsPrimitives* rest) {
    // Any valid address will do until the call is pointed.
    float* const here = layer_.weights.data();
    ThreadCalls calls;
    for (const RowsPrimitives* const tile : {&full, rest}) {
        if (tile != nullptr) calls.push_back(make_tile_calls(*tile, here));
    }
    return calls;
}

std::size_t SecondLayer::rows_of_tile(std::size_t tile) const {
    return std::min(cut_.tile, cut_.rows - tile * cut_.tile);
}

SecondLayer::TileCalls& SecondLayer::calls_of_tile(std::size_t tile, std::size_t thread) {
    ThreadCalls& tiles = calls_[thread];
    return rows_of_tile(tile) == cut_.tile ? tiles.front() : tiles.back();
}

void SecondLayer::forward(std::size_t set, std::size_t tile, Panels slices, std::size_t thread) {
    TileCalls& calls = calls_of_tile(tile, thread);
    for (std::size_t p = slices.first; p < slices.second; ++p) {
        TeamCall& call = p == 0 ? calls.forward_first : calls.forward_later;
        const std::size_t row = row_of(p, tile);
        call.call.point(kSrc, src_.at(row * width_));
        call.call.point(kWeights, layer_.weights_at(slice_at(p), precision_));
        call.call.point(kDst, buffers_.parts[set].data() + row * layer_.plan.out_padded);
        call.run(thread);
    }
}

void SecondLayer::add_parts(std::size_t set, std::size_t tile, Precision type, void* dst) const {
    const std::size_t out = layer_.plan.out_padded;
    const Parts parts{.parts = buffers_.parts[set].data() + row_of(0, tile) * out,
                      .count = slices(),
                      .stride = first_.panel_rows * out,
                      .relu = hidden_};
    if (type == Precision::bf16)
        add_parts_bf16(parts, static_cast<Bf16*>(dst), rows_of_tile(tile) * out);
    else
        mnist::add_parts(isa_, parts, static_cast<float*>(dst), rows_of_tile(tile) * out);
}

void SecondLayer::backward_data(std::size_t tile, Panels slices, void* diff_dst, std::size_t thread) {
    TileCalls& calls = calls_of_tile(tile, thread);
    for (std::size_t p = slices.first; p < slices.second; ++p) {
        const std::size_t at = row_of(p, tile) * width_;
        calls.backward_data.call.point(kSrc, diff_dst);
        calls.backward_data.call.point(kWeights, layer_.weights_at(slice_at(p), precision_));
        calls.backward_data.call.point(kDst, diff_src_.at(at));
        calls.backward_data.run(thread);
        mask_relu(isa_, precision_, src_.at(at), diff_src_.at(at), rows_of_tile(tile) * width_);
    }
}

void SecondLayer::backward_weights(std::size_t chunk, std::size_t slice, void* diff_dst, std::size_t thread) {
    const std::size_t shard = cut_.shard_of(chunk);
    gradient_.run(chunk,
                  {.src = src_.at(row_of(slice, chunk) * width_),
                   .diff_dst = diff_dst,
                   .diff_weights = layer_.diff_weights[shard].data() + slice_at(slice),
                   .diff_bias = slice == 0 ? layer_.diff_bias[shard].data() : nullptr},
                  thread);
}

}  // namespace mnist
