// The CPU is asked first; oneDNN by building what a layer needs. CPUs with AMX have AVX512_BF16 too, and
// loops of our own use that.
#include "mnist/step/precision.hpp"

#include "layer_memory.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/onednn/primitives.hpp"

namespace mnist {
namespace {

// A layer of usual width.
bool onednn_has_kernels(std::size_t bf16_block) {
    constexpr std::size_t kWidth = 64;
    const onednn::ProductShape shape{.rows = kWidth,
                                     .in = kWidth,
                                     .out = kWidth,
                                     .weights_tag = bf16_tag(bf16_block, kWidth),
                                     .type = Precision::bf16,
                                     .dst_type = Precision::bf16};
    try {
        return onednn::forward_product(shape, true).fast() && onednn::backward_data_product(shape).fast();
    } catch (const BackendError&) {
        return false;
    }
}

std::optional<KernelFamily> find_bf16_family() {
    if (!has_avx512_bf16()) return std::nullopt;
    if (onednn_has_kernels(kAmxInputs)) return KernelFamily::amx;
    if (onednn_has_kernels(kLane)) return KernelFamily::blocked;
    return std::nullopt;
}

}  // namespace

std::optional<KernelFamily> bf16_family() {
    static const std::optional<KernelFamily> family = find_bf16_family();
    return family;
}

std::optional<std::string> precision_obstacle(Precision precision) {
    if (precision == Precision::f32 || bf16_family()) return std::nullopt;
    if (auto obstacle = avx512_bf16_obstacle()) return obstacle;
    return "oneDNN offers no bf16 kernels here (ONEDNN_MAX_CPU_ISA or DNNL_MAX_CPU_ISA may forbid them)";
}

}  // namespace mnist
