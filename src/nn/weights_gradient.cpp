// Building the products, and pointing their calls.
#include "weights_gradient.hpp"

#include <algorithm>

#include "bf16_loops.hpp"
#include "column_sums.hpp"

namespace mnist {
namespace {

using tag = dnnl::memory::format_tag;

// Places of the arguments that a thread's calls are pointed with.
constexpr std::size_t kSrc = 0;
constexpr std::size_t kDiffDst = 1;
constexpr std::size_t kDiffWeights = 2;

}  // namespace

WeightsGradient::WeightsGradient(const Shape& shape, std::size_t threads, Isa isa)
    : shape_(shape), isa_(isa) {
    const std::size_t whole = shape.cut.chunk;
    const std::size_t rest = shape.cut.rows % whole;
    for (const std::size_t rows : {whole, rest}) {
        if (rows == 0) continue;
        const onednn::InnerProductShape product{
            .rows = rows, .in = shape.in, .out = shape.out, .type = shape.type};
        sizes_.push_back({.first = {onednn::matmul_weights_gradient(product, shape.by_output, false), {}},
                          .add = {onednn::matmul_weights_gradient(product, shape.by_output, true), {}}});
    }
    for (std::size_t t = 0; t < threads; ++t) {
        std::vector<Calls>& calls = calls_.emplace_back();
        calls.push_back(bind_size(sizes_.front(), whole));
        if (rest > 0) calls.push_back(bind_size(sizes_.back(), rest));
    }
}

WeightsGradient::Calls WeightsGradient::bind_size(const Primitives& primitives, std::size_t rows) const {
    // Addresses come when the call is pointed. One factor lies transposed.
    const auto here = [](const dnnl::memory::desc& md) { return onednn::view(md, nullptr); };
    const bool by_output = shape_.by_output;
    const auto src = by_output ? onednn::matrix(rows, shape_.in, tag::ab, shape_.type)
                               : onednn::matrix(shape_.in, rows, tag::ba, shape_.type);
    const auto diff_dst = by_output ? onednn::matrix(shape_.out, rows, tag::ba, shape_.type)
                                    : onednn::matrix(rows, shape_.out, tag::ab, shape_.type);
    const auto diff_weights = by_output ? onednn::matrix(shape_.out, shape_.in, tag::ab)
                                        : onednn::matrix(shape_.in, shape_.out, tag::ab);
    const auto call = [&](const TeamPrimitive& primitive) {
        return bind(primitive, {{by_output ? DNNL_ARG_WEIGHTS : DNNL_ARG_SRC, here(src)},
                                {by_output ? DNNL_ARG_SRC : DNNL_ARG_WEIGHTS, here(diff_dst)},
                                {DNNL_ARG_DST, here(diff_weights)}});
    };
    return {.first = call(primitives.first), .add = call(primitives.add)};
}

std::vector<TeamPrimitive*> WeightsGradient::primitives() {
    std::vector<TeamPrimitive*> all;
    for (Primitives& size : sizes_) {
        all.push_back(&size.first);
        all.push_back(&size.add);
    }
    return all;
}

std::size_t WeightsGradient::rows_of(std::size_t chunk) const {
    return std::min(shape_.cut.chunk, shape_.cut.rows - chunk * shape_.cut.chunk);
}

void WeightsGradient::run(std::size_t chunk, const Data& data, std::size_t thread) {
    const std::size_t rows = rows_of(chunk);
    const bool begins = shape_.cut.begins_shard(chunk);
    Calls& calls = rows == shape_.cut.chunk ? calls_[thread].front() : calls_[thread].back();
    TeamCall& call = begins ? calls.first : calls.add;
    call.call.point(kSrc, data.src);
    call.call.point(kDiffDst, data.diff_dst);
    call.call.point(kDiffWeights, data.diff_weights);
    call.run(thread);
    if (data.diff_bias == nullptr) return;
    if (begins) std::fill_n(data.diff_bias, shape_.out, 0.0F);
    if (shape_.type == Precision::bf16)
        add_column_sums_bf16(static_cast<const Bf16*>(data.diff_dst), rows, shape_.out, data.diff_bias);
    else
        add_column_sums(isa_, static_cast<const float*>(data.diff_dst), rows, shape_.out, data.diff_bias);
}

}  // namespace mnist
