// Gathering rows, and the calls of the first layer.
#include "first_layer.hpp"

#include <unistd.h>

#include <algorithm>

#include "bf16_loops.hpp"
#include "mnist/core/checked.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;

// Places of the arguments that a thread's calls are pointed with.
constexpr std::size_t kSrc = 0;
constexpr std::size_t kWeights = 1;
constexpr std::size_t kDst = 2;
constexpr std::size_t kBias = 3;

}  // namespace

bool has_roomy_cache() {
    constexpr long kRoomy = 2L << 20U;
    return ::sysconf(_SC_LEVEL2_CACHE_SIZE) >= kRoomy;
}

ThreadRows::ThreadRows(Precision type, std::size_t count, bool ahead, std::pmr::memory_resource* memory) {
    // Two chunks of the default network are 800 kB. Beside weights, gradient and optimizer state of a panel
    // they fit a second-level cache of 2 MB, and would displace each other in one of 1 MB.
    const std::size_t places = ahead && has_roomy_cache() ? 2 : 1;
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

FirstLayer::FirstLayer(const BatchCut& cut, LayerMemory& layer, FirstLayerBuffers& buffers,
                       const RowsPrimitives& full, const RowsPrimitives* rest, std::size_t threads, Isa isa)
    : cut_(cut),
      layer_(layer),
      buffers_(buffers),
      precision_(full.precision),
      gather_(isa, layer.plan.in_padded, precision_),
      gradient_({.cut = cut,
                 .in = layer.plan.in_padded,
                 .out = layer.plan.panel_width,
                 .by_output = layer.plan.gradient_layout == WeightsLayout::output_major,
                 .type = precision_},
                threads, isa) {
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
        calls.push_back(bind(tile->forward.front(), {{DNNL_ARG_SRC, onednn::view(src, here)},
                                                     {DNNL_ARG_WEIGHTS, onednn::view(weights, here)},
                                                     {DNNL_ARG_DST, onednn::view(dst, here)},
                                                     {DNNL_ARG_BIAS, onednn::view(bias, here)}}));
    }
    return calls;
}

std::size_t FirstLayer::rows_of_tile(std::size_t tile) const {
    return std::min(cut_.tile, cut_.rows - tile * cut_.tile);
}

// A feed's rows are f32.
void FirstLayer::fetch(std::size_t tile, const StepInput& input, void* dst) const {
    const std::size_t rows = rows_of_tile(tile);
    if (buffers_.slots.empty()) {
        gather_.rows(input.data, input.order.subspan(tile * cut_.tile, rows), dst);
    } else {
        const std::size_t stride = layer_.plan.in_padded;
        const std::size_t feed_stride = round_up(layer_.plan.in, kLane);
        const float* src = buffers_.slots[input.slot] + tile * cut_.tile * feed_stride;
        auto* row = static_cast<Bf16*>(dst);
        for (std::size_t r = 0; r < rows; ++r, src += feed_stride, row += stride) {
            round_to_bf16(src, row, feed_stride);
            std::fill(row + feed_stride, row + stride, Bf16{});
        }
    }
}

void* FirstLayer::rows_from(std::size_t tile, const StepInput& input, std::size_t thread) {
    const std::size_t stride = layer_.plan.in_padded;
    if (buffers_.threads.empty()) return buffers_.slots[input.slot] + tile * cut_.tile * stride;
    const std::size_t tiles_per_chunk = (cut_.chunk + cut_.tile - 1) / cut_.tile;
    const std::size_t place = tile % tiles_per_chunk;
    ChunkRows& mine = buffers_.threads[thread].place_of(input.serial, tile / tiles_per_chunk);
    void* const dst = mine.rows.at(place * cut_.tile * stride);
    const std::uint32_t bit = 1U << place;
    if ((mine.present & bit) != 0) return dst;
    fetch(tile, input, dst);
    mine.present |= bit;
    return dst;
}

// The rows of a chunk. They are still there from the forward pass, unless another chunk followed it.
void* FirstLayer::chunk_from(std::size_t first_row, const StepInput& input, std::size_t thread) {
    const std::size_t end = std::min(cut_.rows, first_row + cut_.chunk);
    void* const src = rows_from(first_row / cut_.tile, input, thread);
    for (std::size_t row = first_row + cut_.tile; row < end; row += cut_.tile)
        static_cast<void>(rows_from(row / cut_.tile, input, thread));
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
    const std::size_t row = buffers_.place_of(tile * cut_.tile);
    TeamCall& call = rows_of_tile(tile) == cut_.tile ? calls_[thread].front() : calls_[thread].back();
    call.call.point(kSrc, src);
    for (std::size_t p = panels.first; p < panels.second; ++p) {
        call.call.point(kWeights, layer_.weights_at(p * plan.panel_floats(), precision_));
        call.call.point(kDst, buffers_.dst.at((p * buffers_.panel_rows + row) * plan.panel_width));
        call.call.point(kBias, layer_.bias.data() + p * plan.panel_width);
        call.run(thread);
    }
}

void FirstLayer::backward(std::size_t chunk, std::pair<std::size_t, std::size_t> panels,
                          const StepInput& input, std::size_t thread) {
    const LayerPlan& plan = layer_.plan;
    const std::size_t first_row = chunk * cut_.chunk;
    void* const src = chunk_from(first_row, input, thread);
    const std::size_t shard = cut_.shard_of(chunk);
    for (std::size_t p = panels.first; p < panels.second; ++p) {
        const std::size_t row = p * buffers_.panel_rows + buffers_.place_of(first_row);
        gradient_.run(chunk,
                      {.src = src,
                       .diff_dst = buffers_.diff_dst->at(row * plan.panel_width),
                       .diff_weights = layer_.diff_weights[shard].data() + p * plan.panel_floats(),
                       .diff_bias = layer_.diff_bias[shard].data() + p * plan.panel_width},
                      thread);
    }
}

}  // namespace mnist
