// Sixteen by sixteen floats in registers with AVX-512; one by one elsewhere, where no network is laid out so.
#include "transpose.hpp"

#include <immintrin.h>

namespace mnist {
namespace {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

// A quarter of an output's inputs: rows o, o + 4, o + 8 and o + 12 side by side, four inputs of each.
MNIST_AVX512 inline __m512 four_rows(const float* src, std::size_t stride) {
    const __m512 first = _mm512_maskz_broadcast_f32x4(0xFFFF, _mm_loadu_ps(src));
    const __m512 second = _mm512_mask_broadcast_f32x4(first, 0x00F0, _mm_loadu_ps(src + 4 * stride));
    const __m512 third = _mm512_mask_broadcast_f32x4(second, 0x0F00, _mm_loadu_ps(src + 8 * stride));
    return _mm512_mask_broadcast_f32x4(third, 0xF000, _mm_loadu_ps(src + 12 * stride));
}

// In each quarter of the registers a 4x4 block is transposed, so that a register holds one input of all
// sixteen outputs in the order 0, 1, 2, 3 of the quarters.
MNIST_AVX512 inline void transpose_16x16(const float* src, std::size_t stride, float* dst,
                                         std::size_t dst_stride) {
    for (std::size_t inputs = 0; inputs < kLane; inputs += 4) {
        const __m512 a = four_rows(src + inputs, stride);
        const __m512 b = four_rows(src + stride + inputs, stride);
        const __m512 c = four_rows(src + 2 * stride + inputs, stride);
        const __m512 d = four_rows(src + 3 * stride + inputs, stride);
        const __m512d ab_low = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xFFFF, a, b));
        const __m512d ab_high = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xFFFF, a, b));
        const __m512d cd_low = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xFFFF, c, d));
        const __m512d cd_high = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xFFFF, c, d));
        float* const to = dst + inputs * dst_stride;
        _mm512_storeu_pd(to, _mm512_maskz_unpacklo_pd(0xFF, ab_low, cd_low));
        _mm512_storeu_pd(to + dst_stride, _mm512_maskz_unpackhi_pd(0xFF, ab_low, cd_low));
        _mm512_storeu_pd(to + 2 * dst_stride, _mm512_maskz_unpacklo_pd(0xFF, ab_high, cd_high));
        _mm512_storeu_pd(to + 3 * dst_stride, _mm512_maskz_unpackhi_pd(0xFF, ab_high, cd_high));
    }
}

MNIST_AVX512 void transpose_avx512(const float* src, std::size_t stride, std::size_t outputs, float* dst) {
    for (std::size_t o = 0; o < outputs; o += kLane)
        transpose_16x16(src + o * stride, stride, dst + o, outputs);
}

#undef MNIST_AVX512

}  // namespace

void transpose_block(Isa isa, const float* src, std::size_t stride, std::size_t outputs, float* dst) {
    if (isa == Isa::avx512) return transpose_avx512(src, stride, outputs, dst);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t i = 0; i < kLane; ++i) dst[i * outputs + o] = src[o * stride + i];
    }
}

}  // namespace mnist
