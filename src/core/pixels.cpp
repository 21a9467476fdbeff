// One body, compiled once a level of instructions below AVX-512. Fusing the multiplication with the
// subtraction is switched off for this file (see CMakeLists.txt), so that all levels round alike.
#include "mnist/core/pixels.hpp"

#include "mnist/core/isa_levels.hpp"
#include "pixels_avx512.hpp"

namespace mnist {
namespace {

constexpr std::size_t kLine = 64;  // bytes of a cache line, so pixels of one

[[gnu::always_inline]] inline void body(const std::uint8_t* __restrict src, float* __restrict dst,
                                        std::size_t n, const std::uint8_t* next) {
    const auto convert = [&](std::size_t i) { dst[i] = static_cast<float>(src[i]) * kPixelStep - 1.0F; };
    std::size_t i = 0;
    // Lines have a loop of their own, whose length the compiler knows.
    for (; i + kLine <= n; i += kLine) {
        __builtin_prefetch(next + i);
        for (std::size_t k = 0; k < kLine; ++k) convert(i + k);
    }
    if (n != 0) __builtin_prefetch(next + n - 1);
    for (; i < n; ++i) convert(i);
}

}  // namespace

NormalizeFn normalize_pixels(Isa isa) {
    if constexpr (kX86) {
        if (isa == Isa::avx512) return normalize_pixels_avx512;
    }
    return compiled_for<body>(isa);
}

#if !defined(__x86_64__)
void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n, const std::uint8_t*) {
    for (std::size_t i = 0; i < n; ++i) dst[i] = to_bf16(static_cast<float>(src[i]) * kPixelStep - 1.0F);
}
#endif

}  // namespace mnist
