// Sixty-four numbers at a time, because packing narrows four vectors to one of bytes and holds both limits
// meanwhile. It sorts by quarters of a register, so one permutation puts the numbers back in order.
#include "requantize_avx512.hpp"

#include <immintrin.h>

#include <algorithm>

#include "requantize.hpp"

namespace mnist {
namespace {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

constexpr std::size_t kVector = 16;
constexpr std::size_t kTogether = 64;

// Of the numbers that are left from the k-th vector on.
inline __mmask16 mask_of(std::size_t left, std::size_t k) {
    const std::size_t n = left > k * kVector ? std::min(left - k * kVector, kVector) : 0;
    return static_cast<__mmask16>((1U << n) - 1U);
}

// The intrinsics with a mask of ones are those without: GCC 12 warns of uninitialised values inside the
// latter. A number above 255 is cut before it is one that no integer holds, and the
// operands stand so that no number stays none, which becomes 0; what is below 0, packing cuts.
MNIST_AVX512 inline __m512i rounded(__m512i sums, __m512 factor, __m512 offset) {
    const __m512 value = _mm512_add_ps(_mm512_mul_ps(_mm512_maskz_cvtepi32_ps(0xFFFF, sums), factor), offset);
    const __m512 below = _mm512_maskz_min_ps(0xFFFF, _mm512_set1_ps(255.0F), value);
    return _mm512_maskz_cvttps_epi32(0xFFFF, _mm512_add_ps(below, _mm512_set1_ps(0.5F)));
}

}  // namespace

MNIST_AVX512 void requantize_avx512(const std::int32_t* sums, const float* factor, const float* offset,
                                    std::size_t rows, std::size_t columns, std::uint8_t* dst) {
    const __m512i in_order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    for (std::size_t c = 0; c < columns; c += kTogether) {
        const std::size_t left = std::min(columns - c, kTogether);
        const __mmask64 stored = left == kTogether ? ~__mmask64{0} : (__mmask64{1} << left) - 1;
        const __mmask16 m0 = mask_of(left, 0), m1 = mask_of(left, 1), m2 = mask_of(left, 2),
                        m3 = mask_of(left, 3);
        const float* f = factor + c;
        const float* o = offset + c;
        const __m512 f0 = _mm512_maskz_loadu_ps(m0, f), f1 = _mm512_maskz_loadu_ps(m1, f + 16),
                     f2 = _mm512_maskz_loadu_ps(m2, f + 32), f3 = _mm512_maskz_loadu_ps(m3, f + 48);
        const __m512 o0 = _mm512_maskz_loadu_ps(m0, o), o1 = _mm512_maskz_loadu_ps(m1, o + 16),
                     o2 = _mm512_maskz_loadu_ps(m2, o + 32), o3 = _mm512_maskz_loadu_ps(m3, o + 48);
        for (std::size_t r = 0; r < rows; ++r) {
            const std::int32_t* s = sums + r * columns + c;
            const __m512i low = _mm512_packs_epi32(rounded(_mm512_maskz_loadu_epi32(m0, s), f0, o0),
                                                   rounded(_mm512_maskz_loadu_epi32(m1, s + 16), f1, o1));
            const __m512i high = _mm512_packs_epi32(rounded(_mm512_maskz_loadu_epi32(m2, s + 32), f2, o2),
                                                    rounded(_mm512_maskz_loadu_epi32(m3, s + 48), f3, o3));
            const __m512i bytes =
                _mm512_maskz_permutexvar_epi32(0xFFFF, in_order, _mm512_packus_epi16(low, high));
            _mm512_mask_storeu_epi8(dst + r * columns + c, stored, bytes);
        }
    }
}

}  // namespace mnist
