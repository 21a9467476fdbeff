// The update rules on registers of sixteen floats, for loops with AVX-512 that go through the weights in an
// order of their own. Private to this room; for functions compiled for AVX-512.
#pragma once

#include <immintrin.h>

#include "mnist/nn/optimizer.hpp"

namespace mnist {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

// The square root by Newton's method from an estimate of 14 bits (Goldschmidt's form), and a last correction
// by the exact remainder (Markstein 1990), which leaves what the instruction rounds to; below 2^-100 the
// remainder underflows and the last bit is uncertain. Infinity gives no number. A CPU that takes square roots
// and divides in one unit would wait for that; this way the multiply-add units work beside the division.
MNIST_AVX512 [[gnu::always_inline]] inline __m512 square_root(__m512 x) {
    const __m512 half = _mm512_set1_ps(0.5F);
    const __mmask16 not_zero = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    const __m512 estimate = _mm512_maskz_rsqrt14_ps(not_zero, x);
    __m512 root = _mm512_mul_ps(x, estimate);
    __m512 half_inverse = _mm512_mul_ps(estimate, half);
    const __m512 error = _mm512_fnmadd_ps(root, half_inverse, half);
    root = _mm512_fmadd_ps(root, error, root);
    half_inverse = _mm512_fmadd_ps(half_inverse, error, half_inverse);
    const __m512 remainder = _mm512_fnmadd_ps(root, root, x);
    return _mm512_fmadd_ps(remainder, half_inverse, root);
}

// Each rule takes sixteen parameters with their state and gradient; `first` and `second` are m and v of
// UpdateFn.
struct SgdVectors {
    static constexpr bool kFirst = false;
    static constexpr bool kSecond = false;
    __m512 lr;
    MNIST_AVX512 explicit SgdVectors(const UpdateScalars& s) : lr(_mm512_set1_ps(s.lr)) {}
    MNIST_AVX512 [[gnu::always_inline]] __m512 updated(__m512 w, __m512&, __m512&, __m512 g) const {
        return _mm512_fnmadd_ps(lr, g, w);
    }
};

struct MomentumVectors {
    static constexpr bool kFirst = true;
    static constexpr bool kSecond = false;
    __m512 lr, mu;
    MNIST_AVX512 explicit MomentumVectors(const UpdateScalars& s)
        : lr(_mm512_set1_ps(s.lr)), mu(_mm512_set1_ps(s.momentum)) {}
    MNIST_AVX512 [[gnu::always_inline]] __m512 updated(__m512 w, __m512& first, __m512&, __m512 g) const {
        first = _mm512_fmadd_ps(mu, first, g);
        return _mm512_fnmadd_ps(lr, first, w);
    }
};

struct AdamVectors {
    static constexpr bool kFirst = true;
    static constexpr bool kSecond = true;
    __m512 lr, b1, c1, b2, c2, scale, eps;
    MNIST_AVX512 explicit AdamVectors(const UpdateScalars& s)
        : lr(_mm512_set1_ps(s.lr)),
          b1(_mm512_set1_ps(s.momentum)),
          c1(_mm512_set1_ps(s.one_minus_beta1)),
          b2(_mm512_set1_ps(s.beta2)),
          c2(_mm512_set1_ps(s.one_minus_beta2)),
          scale(_mm512_set1_ps(s.second_scale)),
          eps(_mm512_set1_ps(s.epsilon)) {}
    MNIST_AVX512 [[gnu::always_inline]] __m512 updated(__m512 w, __m512& first, __m512& second,
                                                       __m512 g) const {
        first = _mm512_fmadd_ps(b1, first, _mm512_mul_ps(c1, g));
        second = _mm512_fmadd_ps(b2, second, _mm512_mul_ps(c2, _mm512_mul_ps(g, g)));
        const __m512 divisor = _mm512_fmadd_ps(square_root(second), scale, eps);
        return _mm512_sub_ps(w, _mm512_div_ps(_mm512_mul_ps(lr, first), divisor));
    }
};

}  // namespace mnist
