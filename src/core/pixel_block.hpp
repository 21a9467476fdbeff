// What turning rows of pixels into columns is made of, for f32 and bf16 alike: a block of bytes that is
// transposed in registers, and the normalisation of sixteen of them. For files that are compiled without
// fusing multiplications and subtractions. Private to this room.
#pragma once

#include <immintrin.h>

#include <cstddef>

namespace mnist {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

inline constexpr float kPixelScale = 2.0F / 255.0F;

// Sixteen rows of 64 pixels: a register a row, which is four blocks of 16x16 bytes side by side.
inline constexpr std::size_t kBlockRows = 16;
inline constexpr std::size_t kBlockPixels = 64;
struct PixelBlock {
    __m512i row[kBlockRows];
};

// Interleaving register k with register k + 8 moves one bit of the register's number to the byte's number;
// four times, and all bits have changed places: register i then holds pixel i of each block, one byte a row.
MNIST_AVX512 inline void transpose_bytes(PixelBlock& block) {
    for (int stage = 0; stage < 4; ++stage) {
        PixelBlock mixed;
        for (std::size_t k = 0; k < kBlockRows / 2; ++k) {
            const __m512i upper = block.row[k];
            const __m512i lower = block.row[k + kBlockRows / 2];
            mixed.row[2 * k] = _mm512_unpacklo_epi8(upper, lower);
            mixed.row[2 * k + 1] = _mm512_unpackhi_epi8(upper, lower);
        }
        block = mixed;
    }
}

// Sixteen pixels as numbers. The intrinsics with a mask of ones are those without: GCC 12 warns of
// uninitialised values inside the latter.
MNIST_AVX512 inline __m512 normalized(__m128i pixels) {
    const __m512 values = _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, pixels));
    return _mm512_sub_ps(_mm512_mul_ps(values, _mm512_set1_ps(kPixelScale)), _mm512_set1_ps(1.0F));
}

#undef MNIST_AVX512

}  // namespace mnist
