// One body, compiled for each level of instructions. Fusing the multiplication with the subtraction is
// switched off for this file (see CMakeLists.txt), so that all levels round alike.
#include "mnist/core/pixels.hpp"

#include "mnist/core/bf16_vectors.hpp"
#include "mnist/core/isa_levels.hpp"

namespace mnist {
namespace {

constexpr std::size_t kLine = 64;          // bytes of a cache line, so pixels of one
constexpr std::size_t kStoresAhead = 256;  // numbers

[[gnu::always_inline]] inline void body(const std::uint8_t* __restrict src, float* __restrict dst,
                                        std::size_t n, const std::uint8_t* next) {
    const auto convert = [&](std::size_t i) { dst[i] = static_cast<float>(src[i]) * kPixelStep - 1.0F; };
    std::size_t i = 0;
    // Lines have a loop of their own, whose length the compiler knows. What a row displaces in the
    // first-level cache is best asked for ahead of the store.
    for (; i + kLine <= n; i += kLine) {
        __builtin_prefetch(next + i);
        for (std::size_t k = 0; k < kLine; k += kLine / sizeof(float))
            __builtin_prefetch(dst + i + kStoresAhead + k, 1);
        for (std::size_t k = 0; k < kLine; ++k) convert(i + k);
    }
    if (n != 0) __builtin_prefetch(next + n - 1);
    for (; i < n; ++i) convert(i);
}

}  // namespace

NormalizeFn normalize_pixels(Isa isa) {
    return compiled_for<body>(isa);
}

MNIST_AVX512_BF16 void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n,
                                             const std::uint8_t* next) {
    constexpr std::size_t kTogether = 16;
    std::size_t i = 0;
    for (; i + kTogether <= n; i += kTogether) {
        if (i % kLine == 0) __builtin_prefetch(next + i);
        store(rounded_bf16(widened(src + i) * kPixelStep - 1.0F), dst + i);
    }
    if (n != 0) __builtin_prefetch(next + n - 1);
    for (; i < n; ++i) dst[i] = to_bf16(static_cast<float>(src[i]) * kPixelStep - 1.0F);
}

}  // namespace mnist
