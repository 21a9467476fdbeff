// One body a loop, compiled for each level of instructions.
#include "requantize.hpp"

#include <algorithm>

#include "mnist/core/bf16_vectors.hpp"
#include "mnist/core/isa_levels.hpp"
#include "requantize_avx512.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void requantize_body(const std::int32_t* __restrict sums,
                                                   const float* __restrict factor,
                                                   const float* __restrict offset, std::size_t rows,
                                                   std::size_t columns, std::uint8_t* __restrict dst) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const float value = static_cast<float>(sums[r * columns + c]) * factor[c] + offset[c];
            // Never negative, so that cutting off behind adding a half rounds, and vectorises.
            const float raised = std::min(std::max(value, 0.0F), 255.0F) + 0.5F;
            dst[r * columns + c] = static_cast<std::uint8_t>(static_cast<std::int32_t>(raised));
        }
    }
}

[[gnu::always_inline]] inline void dequantize_body(const std::int32_t* __restrict sums,
                                                   const float* __restrict factor,
                                                   const float* __restrict offset, std::size_t rows,
                                                   std::size_t columns, float* __restrict dst) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c)
            dst[r * columns + c] = static_cast<float>(sums[r * columns + c]) * factor[c] + offset[c];
    }
}

}  // namespace

RequantizeFn requantize(Isa isa) {
    if constexpr (kX86) {
        if (isa == Isa::avx512) return requantize_avx512;
    }
    return compiled_for<requantize_body>(isa);
}

MNIST_AVX512_BF16 void widen_to_bf16(const std::uint8_t* src, std::uint16_t* dst, std::size_t n) {
    constexpr std::size_t kTogether = 16;
    std::size_t i = 0;
    for (; i + kTogether <= n; i += kTogether) store(rounded_bf16(widened(src + i)), dst + i);
    for (; i < n; ++i) dst[i] = to_bf16(static_cast<float>(src[i])).bits;
}

DequantizeFn dequantize(Isa isa) {
    return compiled_for<dequantize_body>(isa);
}

}  // namespace mnist
