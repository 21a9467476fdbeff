// Rounding sixteen f32 of a register, and packing two rows of weights; shared by the loops that do it.
// Private to this room; for functions compiled for AVX512_BF16.
#pragma once

#include <immintrin.h>

#include <cstddef>

#include "mnist/core/bf16.hpp"

namespace mnist {

#define MNIST_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]]

// The intrinsics with a mask of ones are those without: GCC 12 warns of uninitialised values inside the
// latter.
MNIST_AVX512_BF16 inline __m256i rounded_bf16(__m512 values) {
    return (__m256i)_mm512_maskz_cvtneps_pbh(0xFFFF, values);
}

MNIST_AVX512_BF16 inline __m512i widened(__m256i halves) {
    return _mm512_maskz_cvtepu16_epi32(0xFFFF, halves);
}

/// Sixteen pairs: of each, `lower` first.
MNIST_AVX512_BF16 inline __m512i pairs_of_bf16(__m512 lower, __m512 upper) {
    return _mm512_or_si512(widened(rounded_bf16(lower)),
                           _mm512_maskz_slli_epi32(0xFFFF, widened(rounded_bf16(upper)), 16));
}

/// Two rows of `width` f32 into width pairs of bf16.
MNIST_AVX512_BF16 inline void pack_two_rows(const float* src, std::size_t width, Bf16* dst) {
    for (std::size_t c = 0; c < width; c += 16)
        _mm512_storeu_si512(dst + 2 * c,
                            pairs_of_bf16(_mm512_loadu_ps(src + c), _mm512_loadu_ps(src + width + c)));
}

}  // namespace mnist
