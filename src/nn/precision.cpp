// The CPU is asked first; oneDNN by building what a layer needs. Left out: AMX's own layout. CPUs with AMX
// have AVX512_BF16 too, and run its kernels.
#include "mnist/nn/precision.hpp"

#include "layer_memory.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "onednn.hpp"

namespace mnist {
namespace {

// A layer of usual width, all three directions.
bool onednn_has_bf16_kernels() {
    constexpr std::size_t kWidth = 64;
    onednn::InnerProductShape shape{.rows = kWidth,
                                    .in = kWidth,
                                    .out = kWidth,
                                    .weights_tag = tag_of(WeightsLayout::blocked, kWidth, Precision::bf16),
                                    .type = Precision::bf16,
                                    .dst_type = Precision::bf16};
    try {
        if (!onednn::inner_product_forward(shape, true).fast()) return false;
        if (!onednn::inner_product_backward_data(shape).fast()) return false;
        shape.weights_tag = tag_of(WeightsLayout::blocked, kWidth);
        return onednn::inner_product_backward_weights(shape).fast();
    } catch (const BackendError&) {
        return false;
    }
}

std::optional<std::string> bf16_obstacle() {
    if (!has_avx512_bf16()) return "this CPU has no AVX512_BF16, which bf16 needs";
    if (!onednn_has_bf16_kernels())
        return "oneDNN offers no bf16 kernels here (DNNL_MAX_CPU_ISA may forbid them)";
    return std::nullopt;
}

}  // namespace

std::optional<std::string> precision_obstacle(Precision precision) {
    if (precision == Precision::f32) return std::nullopt;
    static const std::optional<std::string> obstacle = bf16_obstacle();
    return obstacle;
}

}  // namespace mnist
