// The pixels' normalisation sixteen at a time, to f32 and, in the CPU's own conversion, to bf16. By hand: the
// compiler widens bytes in two steps, and what a row displaces in the first-level cache is best asked for
// ahead of the store.
#include "pixels_avx512.hpp"

#include <immintrin.h>

namespace mnist {
namespace {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prfchw")]]
#define MNIST_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prfchw,avx512bf16")]]

constexpr std::size_t kVector = 16;
constexpr std::size_t kLine = 64;         // bytes of a cache line, so pixels of one
constexpr std::size_t kStoresAhead = 16;  // vectors

// Sixteen pixels as numbers. The intrinsics with a mask of ones are those without: GCC 12 warns of
// uninitialised values inside the latter.
MNIST_AVX512 inline __m512 normalized(__m128i pixels) {
    const __m512 values = _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, pixels));
    return _mm512_sub_ps(_mm512_mul_ps(values, _mm512_set1_ps(kPixelStep)), _mm512_set1_ps(1.0F));
}

MNIST_AVX512 inline __mmask16 mask_of(std::size_t n) {
    return static_cast<__mmask16>(n >= kVector ? 0xFFFFU : (1U << n) - 1U);
}

}  // namespace

MNIST_AVX512 void normalize_pixels_avx512(const std::uint8_t* src, float* dst, std::size_t n,
                                          const std::uint8_t* next) {
    for (std::size_t i = 0; i < n; i += kVector) {
        if (i % kLine == 0) __builtin_prefetch(next + i);
        __builtin_prefetch(dst + i + kStoresAhead * kVector, 1);
        const __mmask16 mask = mask_of(n - i);
        _mm512_mask_storeu_ps(dst + i, mask, normalized(_mm_maskz_loadu_epi8(mask, src + i)));
    }
    if (n != 0) __builtin_prefetch(next + n - 1);
}

MNIST_AVX512_BF16 void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n,
                                             const std::uint8_t* next) {
    for (std::size_t i = 0; i < n; i += kVector) {
        if (i % kLine == 0) __builtin_prefetch(next + i);
        const __mmask16 mask = mask_of(n - i);
        const __m512 values = normalized(_mm_maskz_loadu_epi8(mask, src + i));
        _mm256_mask_storeu_epi16(dst + i, mask, (__m256i)_mm512_maskz_cvtneps_pbh(0xFFFF, values));
    }
    if (n != 0) __builtin_prefetch(next + n - 1);
}

}  // namespace mnist
