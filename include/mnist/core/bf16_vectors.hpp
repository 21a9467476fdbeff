// Sixteen numbers in the compiler's vector types, to bf16 and back, for the loops that do it. Changes
// of width are instructions by name, so on x86-64 only where has_avx512_bf16(); elsewhere the bits are the
// same.
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cstddef>
#include <cstring>

#include "mnist/core/bf16.hpp"

namespace mnist {

using Floats [[gnu::vector_size(64)]] = float;
using Words [[gnu::vector_size(64)]] = std::uint32_t;
using Halves [[gnu::vector_size(32)]] = std::uint16_t;

#if defined(__x86_64__)
#define MNIST_AVX512_BF16 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")]]

// The intrinsics with a mask of ones are those without: GCC 12 warns of uninitialised values inside the
// latter. Left to itself it changes widths in pieces, bytes even one by one.
/// Of each number what to_bf16 gives.
MNIST_AVX512_BF16 inline Halves rounded_bf16(Floats values) {
    return (Halves)_mm512_maskz_cvtneps_pbh(0xFFFF, values);
}

/// Each in the lower half of a word.
MNIST_AVX512_BF16 inline Words widened(Halves halves) {
    return (Words)_mm512_maskz_cvtepu16_epi32(0xFFFF, (__m256i)halves);
}

/// Sixteen bytes as numbers.
MNIST_AVX512_BF16 inline Floats widened(const std::uint8_t* bytes) {
    const __m128i loaded = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
    return _mm512_maskz_cvtepi32_ps(0xFFFF, _mm512_maskz_cvtepu8_epi32(0xFFFF, loaded));
}
#else
#define MNIST_AVX512_BF16

inline Halves rounded_bf16(Floats values) {
    Halves rounded;
    for (int i = 0; i < 16; ++i) rounded[i] = to_bf16(values[i]).bits;
    return rounded;
}

inline Words widened(Halves halves) {
    return __builtin_convertvector(halves, Words);
}

inline Floats widened(const std::uint8_t* bytes) {
    Floats values;
    for (int i = 0; i < 16; ++i) values[i] = bytes[i];
    return values;
}
#endif

/// From and to any address; the size of a vector is read or written.
template <class Vector>
MNIST_AVX512_BF16 [[gnu::always_inline]] inline Vector loaded(const void* src) {
    Vector values;
    std::memcpy(&values, src, sizeof values);
    return values;
}
template <class Vector>
MNIST_AVX512_BF16 [[gnu::always_inline]] inline void store(const Vector& values, void* dst) {
    std::memcpy(dst, &values, sizeof values);
}

/// Sixteen pairs: of each, `lower` first.
MNIST_AVX512_BF16 inline Words pairs_of_bf16(Floats lower, Floats upper) {
    return widened(rounded_bf16(lower)) | widened(rounded_bf16(upper)) << 16;
}

}  // namespace mnist
