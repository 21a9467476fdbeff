// The pixels' normalisation for bf16, in the CPU's own conversion. No second level of instructions: without
// it nothing trains in bf16.
#include <immintrin.h>

#include <algorithm>

#include "mnist/core/pixels.hpp"
#include "pixel_block.hpp"

namespace mnist {
namespace {

#define MNIST_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]]

constexpr std::size_t kVector = 16;

MNIST_AVX512_BF16 inline __m256i rounded(__m128i pixels) {
    return (__m256i)_mm512_maskz_cvtneps_pbh(0xFFFF, normalized(pixels));
}

MNIST_AVX512_BF16 inline __mmask16 mask_of(std::size_t n) {
    return static_cast<__mmask16>(n >= kVector ? 0xFFFFU : (1U << n) - 1U);
}

// Writes lane `Lane` of a register: a pixel of sixteen rows.
template <int Lane>
MNIST_AVX512_BF16 inline void store_pixel(__m512i pixel, Bf16* dst, __mmask16 rows) {
    _mm256_mask_storeu_epi16(dst, rows, rounded(_mm512_maskz_extracti32x4_epi32(0xF, pixel, Lane)));
}

}  // namespace

MNIST_AVX512_BF16 void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kVector) {
        const __mmask16 mask = mask_of(n - i);
        _mm256_mask_storeu_epi16(dst + i, mask, rounded(_mm_maskz_loadu_epi8(mask, src + i)));
    }
}

MNIST_AVX512_BF16 void normalize_columns_bf16(const std::uint8_t* const* rows, std::size_t count,
                                              std::size_t n, Bf16* dst) {
    for (std::size_t r0 = 0; r0 < count; r0 += kBlockRows) {
        const std::size_t block_rows = std::min(kBlockRows, count - r0);
        const __mmask16 row_mask = mask_of(block_rows);
        for (std::size_t p0 = 0; p0 < n; p0 += kBlockPixels) {
            const std::size_t pixels = std::min(kBlockPixels, n - p0);
            const __mmask64 pixel_mask = pixels == kBlockPixels ? ~0ULL : (1ULL << pixels) - 1;
            PixelBlock block;
            for (std::size_t r = 0; r < kBlockRows; ++r)
                block.row[r] = r < block_rows ? _mm512_maskz_loadu_epi8(pixel_mask, rows[r0 + r] + p0)
                                              : _mm512_setzero_si512();
            transpose_bytes(block);
            for (std::size_t i = 0; i < kBlockRows; ++i) {
                Bf16* const at = dst + (p0 + i) * count + r0;
                const std::size_t step = kBlockRows * count;
                if (i < pixels) store_pixel<0>(block.row[i], at, row_mask);
                if (i + 16 < pixels) store_pixel<1>(block.row[i], at + step, row_mask);
                if (i + 32 < pixels) store_pixel<2>(block.row[i], at + 2 * step, row_mask);
                if (i + 48 < pixels) store_pixel<3>(block.row[i], at + 3 * step, row_mask);
            }
        }
    }
}

}  // namespace mnist
