// Sixteen numbers at a time; arrays begin at a multiple of 16 numbers and end at one.
#include "bf16_loops.hpp"

#include <immintrin.h>

#include "bf16_vectors.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {
namespace {

MNIST_AVX512_BF16 inline void store(__m512 values, Bf16* dst) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(dst), rounded_bf16(values));
}

MNIST_AVX512_BF16 inline __m256i load(const Bf16* src) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(src));
}

}  // namespace

MNIST_AVX512_BF16 void round_to_bf16(const float* src, Bf16* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kLane) store(_mm512_loadu_ps(src + i), dst + i);
}

MNIST_AVX512_BF16 void add_parts_bf16(const Parts& parts, Bf16* dst) {
    for (std::size_t r = 0; r < parts.rows; ++r) {
        const float* const row = parts.parts + r * parts.width;
        for (std::size_t i = 0; i < parts.width; i += kLane) {
            __m512 sum = _mm512_loadu_ps(row + i);
            for (std::size_t p = 1; p < parts.count; ++p)
                sum = _mm512_add_ps(sum, _mm512_loadu_ps(row + p * parts.stride + i));
            sum = _mm512_add_ps(sum, _mm512_loadu_ps(parts.bias + i));
            // Where it is negative, 0; a comparison with what is no number fails, so that stays.
            const __mmask16 negative = _mm512_cmp_ps_mask(sum, _mm512_setzero_ps(), _CMP_LT_OQ);
            if (parts.relu) sum = _mm512_mask_mov_ps(sum, negative, _mm512_setzero_ps());
            store(sum, dst + r * parts.dst_stride + i);
        }
    }
}

// As whole numbers, those above 0 are the positive ones (and some that are no numbers).
MNIST_AVX512_BF16 void mask_relu_bf16(const Bf16* dst, Bf16* diff, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kLane) {
        const __mmask16 positive = _mm256_cmpgt_epi16_mask(load(dst + i), _mm256_setzero_si256());
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(diff + i),
                            _mm256_maskz_mov_epi16(positive, load(diff + i)));
    }
}

MNIST_AVX512_BF16 void add_column_sums_bf16(const Bf16* matrix, std::size_t rows, std::size_t columns,
                                            float* sums) {
    for (std::size_t c = 0; c < columns; c += kLane) {
        __m512 sum = _mm512_loadu_ps(sums + c);
        for (std::size_t r = 0; r < rows; ++r) {
            const __m512i wide = widened(load(matrix + r * columns + c));
            sum = _mm512_add_ps(sum, _mm512_castsi512_ps(_mm512_maskz_slli_epi32(0xFFFF, wide, 16)));
        }
        _mm512_storeu_ps(sums + c, sum);
    }
}

MNIST_AVX512_BF16 void pack_bf16(const float* src, std::size_t n, std::size_t width, Bf16* dst) {
    for (std::size_t i = 0; i < n; i += 2 * width) pack_two_rows(src + i, width, dst + i);
}

}  // namespace mnist
