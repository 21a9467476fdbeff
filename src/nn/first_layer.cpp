// Gathering rows, and the calls of the first layer.
#include "first_layer.hpp"

#include <unistd.h>

#include <algorithm>

#include "bf16_loops.hpp"
#include "column_sums.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;

// Places of the arguments that a thread's calls are pointed with.
constexpr std::size_t kSrc = 0;
constexpr std::size_t kWeights = 1;
constexpr std::size_t kDst = 2;
constexpr std::size_t kBias = 3;

}  // namespace

std::size_t chunk_rows(std::size_t batch) {
    return batch <= kChunkRows ? batch : kChunkRows;
}

ThreadRows::ThreadRows(Precision type, std::size_t count, std::pmr::memory_resource* memory) {
    // Two chunks of the default network are 800 kB. Beside weights, gradient and optimizer state of a panel
    // they fit a second-level cache of 2 MB, and would displace each other in one of 1 MB.
    constexpr long kRoomForTwo = 2L << 20U;
    const std::size_t places = ::sysconf(_SC_LEVEL2_CACHE_SIZE) >= kRoomForTwo ? 2 : 1;
    for (std::size_t i = 0; i < places; ++i) chunks.push_back({.rows = Numbers(type, count, memory)});
}

ChunkRows& ThreadRows::place_of(std::uint64_t serial, std::size_t chunk) {
    for (ChunkRows& place : chunks) {
        if (place.serial == serial && place.chunk == chunk) return place;
    }
    latest = (latest + 1) % chunks.size();
    ChunkRows& place = chunks[latest];
    place.serial = serial;
    place.chunk = chunk;
    place.present = 0;
    return place;
}

FirstLayer::FirstLayer(std::size_t rows, LayerMemory& layer, FirstLayerBuffers& buffers,
                       const RowsPrimitives& full, const RowsPrimitives* rest, std::size_t threads, Isa isa)
    : rows_(rows),
      tile_rows_(full.rows),
      tiles_((rows + full.rows - 1) / full.rows),
      chunk_rows_(chunk_rows(rows)),
      layer_(layer),
      buffers_(buffers),
      precision_(full.precision),
      by_output_(layer.plan.gradient_layout == WeightsLayout::output_major),
      gather_(isa, layer.plan.in_padded, precision_),
      isa_(isa) {
    const LayerPlan& plan = layer.plan;
    for (const std::size_t size : {chunk_rows_, rows % chunk_rows_}) {
        if (size == 0) continue;
        const onednn::InnerProductShape shape{.rows = size,
                                              .in = plan.in_padded,
                                              .out = plan.panel_width,
                                              .weights_tag = layer.tag(),
                                              .type = precision_};
        chunks_.push_back({.rows = size,
                           .first = {onednn::matmul_weights_gradient(shape, by_output_, false), {}},
                           .add = {onednn::matmul_weights_gradient(shape, by_output_, true), {}}});
    }
    for (std::size_t t = 0; t < threads; ++t) calls_.push_back(make_calls(full, rest));
}

FirstLayer::ThreadCalls FirstLayer::make_calls(const RowsPrimitives& full, const RowsPrimitives* rest) {
    const LayerPlan& plan = layer_.plan;
    const auto weights = onednn::matrix(plan.panel_width, plan.in_padded, layer_.tag(precision_), precision_);
    const auto bias = onednn::vector(plan.panel_width);
    const auto rows_of = [](std::size_t rows, std::size_t columns, Precision type) {
        return onednn::matrix(rows, columns, tag::ab, type);
    };
    // Any valid address will do until the call is pointed.
    float* const here = layer_.weights.data();
    ThreadCalls calls;
    for (const RowsPrimitives* const tile : {&full, rest}) {
        if (tile == nullptr) continue;
        const auto src = rows_of(tile->rows, plan.in_padded, precision_);
        const auto dst = rows_of(tile->rows, plan.panel_width, buffers_.dst.type());
        calls.forward.push_back(bind(tile->forward.front(), {{DNNL_ARG_SRC, onednn::view(src, here)},
                                                             {DNNL_ARG_WEIGHTS, onednn::view(weights, here)},
                                                             {DNNL_ARG_DST, onednn::view(dst, here)},
                                                             {DNNL_ARG_BIAS, onednn::view(bias, here)}}));
    }
    for (const ChunkPrimitives& chunk : chunks_) {
        // One factor lies transposed.
        const auto src =
            onednn::view(by_output_ ? rows_of(chunk.rows, plan.in_padded, precision_)
                                    : onednn::matrix(plan.in_padded, chunk.rows, tag::ba, precision_),
                         here);
        const auto diff_dst =
            onednn::view(by_output_ ? onednn::matrix(plan.panel_width, chunk.rows, tag::ba, precision_)
                                    : rows_of(chunk.rows, plan.panel_width, precision_),
                         here);
        const auto diff_weights =
            onednn::view(by_output_ ? rows_of(plan.panel_width, plan.in_padded, Precision::f32)
                                    : rows_of(plan.in_padded, plan.panel_width, Precision::f32),
                         here);
        const auto gradient = [&](const TeamPrimitive& primitive) {
            return bind(primitive, {{by_output_ ? DNNL_ARG_WEIGHTS : DNNL_ARG_SRC, src},
                                    {DNNL_ARG_DST, diff_weights},
                                    {by_output_ ? DNNL_ARG_SRC : DNNL_ARG_WEIGHTS, diff_dst}});
        };
        calls.first.push_back(gradient(chunk.first));
        calls.add.push_back(gradient(chunk.add));
    }
    return calls;
}

std::vector<TeamPrimitive*> FirstLayer::primitives() {
    std::vector<TeamPrimitive*> all;
    for (ChunkPrimitives& chunk : chunks_) {
        all.push_back(&chunk.first);
        all.push_back(&chunk.add);
    }
    return all;
}

std::size_t FirstLayer::rows_of_tile(std::size_t tile) const {
    return std::min(tile_rows_, rows_ - tile * tile_rows_);
}

// A feed's rows are f32.
void FirstLayer::fetch(std::size_t tile, const StepInput& input, void* dst) const {
    const std::size_t rows = rows_of_tile(tile);
    if (buffers_.slots.empty()) {
        gather_.rows(input.data, input.order.subspan(tile * tile_rows_, rows), dst);
    } else {
        const std::size_t stride = layer_.plan.in_padded;
        round_to_bf16(buffers_.slots[input.slot] + tile * tile_rows_ * stride, static_cast<Bf16*>(dst),
                      rows * stride);
    }
}

void* FirstLayer::rows_from(std::size_t tile, const StepInput& input, std::size_t thread) {
    const std::size_t stride = layer_.plan.in_padded;
    if (buffers_.threads.empty()) return buffers_.slots[input.slot] + tile * tile_rows_ * stride;
    const std::size_t tiles_per_chunk = (chunk_rows_ + tile_rows_ - 1) / tile_rows_;
    const std::size_t place = tile % tiles_per_chunk;
    ChunkRows& mine = buffers_.threads[thread].place_of(input.serial, tile / tiles_per_chunk);
    void* const dst = mine.rows.at(place * tile_rows_ * stride);
    const std::uint32_t bit = 1U << place;
    if ((mine.present & bit) != 0) return dst;
    fetch(tile, input, dst);
    mine.present |= bit;
    return dst;
}

// The rows of a chunk. They are still there from the forward pass, unless another chunk followed it.
void* FirstLayer::chunk_from(std::size_t first_row, const StepInput& input, std::size_t thread) {
    const std::size_t end = std::min(rows_, first_row + chunk_rows_);
    void* const src = rows_from(first_row / tile_rows_, input, thread);
    for (std::size_t row = first_row + tile_rows_; row < end; row += tile_rows_)
        static_cast<void>(rows_from(row / tile_rows_, input, thread));
    return src;
}

void FirstLayer::prepare(std::size_t tile, const StepInput& input, std::size_t thread) {
    if (!buffers_.threads.empty() && buffers_.threads[thread].chunks.size() > 1)
        static_cast<void>(rows_from(tile, input, thread));
}

void FirstLayer::forward(std::size_t tile, std::pair<std::size_t, std::size_t> panels, const StepInput& input,
                         std::size_t thread) {
    const LayerPlan& plan = layer_.plan;
    void* const src = rows_from(tile, input, thread);
    TeamCall& call =
        rows_of_tile(tile) == tile_rows_ ? calls_[thread].forward.front() : calls_[thread].forward.back();
    call.call.point(kSrc, src);
    for (std::size_t p = panels.first; p < panels.second; ++p) {
        call.call.point(kWeights, layer_.weights_at(p * plan.panel_floats(), precision_));
        call.call.point(kDst,
                        buffers_.dst.at((p * buffers_.panel_rows + tile * tile_rows_) * plan.panel_width));
        call.call.point(kBias, layer_.bias.data() + p * plan.panel_width);
        call.run(thread);
    }
}

void FirstLayer::backward_chunk(std::size_t first_row, std::size_t panel, void* src, ThreadCalls& calls,
                                std::size_t thread) {
    const LayerPlan& plan = layer_.plan;
    const bool full = first_row + chunk_rows_ <= rows_;
    const std::size_t rows = full ? chunk_rows_ : rows_ - first_row;
    auto& list = first_row == 0 ? calls.first : calls.add;
    onednn::Call& call = (full ? list.front() : list.back()).call;
    void* const diff_dst =
        buffers_.diff_dst->at((panel * buffers_.panel_rows + first_row) * plan.panel_width);
    float* const diff_bias = layer_.diff_bias.data() + panel * plan.panel_width;
    call.point(kSrc, src);
    call.point(kWeights, layer_.diff_weights.data() + panel * plan.panel_floats());
    call.point(kDst, diff_dst);
    (full ? list.front() : list.back()).run(thread);
    if (first_row == 0) std::fill_n(diff_bias, plan.panel_width, 0.0F);
    if (precision_ == Precision::bf16)
        add_column_sums_bf16(static_cast<const Bf16*>(diff_dst), rows, plan.panel_width, diff_bias);
    else
        add_column_sums(isa_, static_cast<const float*>(diff_dst), rows, plan.panel_width, diff_bias);
}

void FirstLayer::backward(std::size_t chunk, std::pair<std::size_t, std::size_t> panels,
                          const StepInput& input, std::size_t thread) {
    const std::size_t first_row = chunk * chunk_rows_;
    void* const src = chunk_from(first_row, input, thread);
    for (std::size_t p = panels.first; p < panels.second; ++p)
        backward_chunk(first_row, p, src, calls_[thread], thread);
}

}  // namespace mnist
