// One body, compiled once a level of instructions, and one way round for columns that only wide registers
// make worth while. Fusing the multiplication with the subtraction is switched off for this file (see
// CMakeLists.txt), so that all levels round alike.
#include "mnist/core/pixels.hpp"

#include <algorithm>

#include "pixel_block.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void body(const std::uint8_t* __restrict src, float* __restrict dst,
                                        std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) dst[i] = static_cast<float>(src[i]) * kPixelScale - 1.0F;
}

void baseline(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

[[gnu::target("avx2")]] void avx2(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

MNIST_AVX512 void avx512(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

void columns(const std::uint8_t* const* rows, std::size_t count, std::size_t n, float* dst) {
    for (std::size_t r = 0; r < count; ++r) {
        for (std::size_t p = 0; p < n; ++p)
            dst[p * count + r] = static_cast<float>(rows[r][p]) * kPixelScale - 1.0F;
    }
}

// Writes lane `Lane` of a register: a pixel of sixteen rows.
template <int Lane>
MNIST_AVX512 inline void store_pixel(__m512i pixel, float* dst, __mmask16 rows) {
    _mm512_mask_storeu_ps(dst, rows, normalized(_mm512_maskz_extracti32x4_epi32(0xF, pixel, Lane)));
}

MNIST_AVX512 void columns_avx512(const std::uint8_t* const* rows, std::size_t count, std::size_t n,
                                 float* dst) {
    for (std::size_t r0 = 0; r0 < count; r0 += kBlockRows) {
        const std::size_t block_rows = std::min(kBlockRows, count - r0);
        const auto row_mask = static_cast<__mmask16>((1U << block_rows) - 1);
        for (std::size_t p0 = 0; p0 < n; p0 += kBlockPixels) {
            const std::size_t pixels = std::min(kBlockPixels, n - p0);
            const __mmask64 pixel_mask = pixels == kBlockPixels ? ~0ULL : (1ULL << pixels) - 1;
            PixelBlock block;
            for (std::size_t r = 0; r < kBlockRows; ++r)
                block.row[r] = r < block_rows ? _mm512_maskz_loadu_epi8(pixel_mask, rows[r0 + r] + p0)
                                              : _mm512_setzero_si512();
            transpose_bytes(block);
            for (std::size_t i = 0; i < kBlockRows; ++i) {
                float* const at = dst + (p0 + i) * count + r0;
                const std::size_t step = kBlockRows * count;
                if (i < pixels) store_pixel<0>(block.row[i], at, row_mask);
                if (i + 16 < pixels) store_pixel<1>(block.row[i], at + step, row_mask);
                if (i + 32 < pixels) store_pixel<2>(block.row[i], at + 2 * step, row_mask);
                if (i + 48 < pixels) store_pixel<3>(block.row[i], at + 3 * step, row_mask);
            }
        }
    }
}
#undef MNIST_AVX512

}  // namespace

NormalizeFn normalize_pixels(Isa isa) {
    switch (isa) {
        case Isa::avx512:
            return avx512;
        case Isa::avx2:
            return avx2;
        case Isa::baseline:
            break;
    }
    return baseline;
}

NormalizeColumnsFn normalize_columns(Isa isa) {
    return isa == Isa::avx512 ? columns_avx512 : columns;
}

}  // namespace mnist
