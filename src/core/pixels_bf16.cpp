// The pixels' normalisation for bf16, in the CPU's own conversion. No second level of instructions: without
// it nothing trains in bf16.
#include <immintrin.h>

#include "mnist/core/pixels.hpp"

namespace mnist {
namespace {

#define MNIST_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]]

constexpr std::size_t kVector = 16;

// Sixteen pixels as numbers. The intrinsics with a mask of ones are those without: GCC 12 warns of
// uninitialised values inside the latter.
MNIST_AVX512_BF16 inline __m512 normalized(__m128i pixels) {
    const __m512 values = _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, pixels));
    return _mm512_sub_ps(_mm512_mul_ps(values, _mm512_set1_ps(kPixelStep)), _mm512_set1_ps(1.0F));
}

MNIST_AVX512_BF16 inline __m256i rounded(__m128i pixels) {
    return (__m256i)_mm512_maskz_cvtneps_pbh(0xFFFF, normalized(pixels));
}

MNIST_AVX512_BF16 inline __mmask16 mask_of(std::size_t n) {
    return static_cast<__mmask16>(n >= kVector ? 0xFFFFU : (1U << n) - 1U);
}

}  // namespace

MNIST_AVX512_BF16 void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kVector) {
        const __mmask16 mask = mask_of(n - i);
        _mm256_mask_storeu_epi16(dst + i, mask, rounded(_mm_maskz_loadu_epi8(mask, src + i)));
    }
}

}  // namespace mnist
