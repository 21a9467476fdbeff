// Each rule once, each layout of gradient and copy once. A turned gradient is transposed in registers,
// sixteen by four numbers at a time, and used at once: the shuffles are done while the weights are on their
// way from the second-level cache.
#include "optimizer_avx512.hpp"

#include <immintrin.h>

#include <array>

#include "mnist/core/bf16_vectors.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {
namespace {

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

namespace sixteen {

using Number = Floats;
#define MNIST_RULE MNIST_AVX512 [[gnu::always_inline]]

MNIST_RULE inline Number all(float x) {
    return _mm512_set1_ps(x);
}
// By name, so that all loops round alike, whichever compiler builds them, and with which optimisations.
MNIST_RULE inline Number fused(Number a, Number b, Number c) {
    return _mm512_fmadd_ps(a, b, c);
}
MNIST_RULE inline Number products(Number a, Number b, Number c, Number d) {
    return fused(a, b, c * d);
}

// By Newton's method from an estimate of 14 bits (Goldschmidt's form), and a last correction by the exact
// remainder (Markstein 1990), which leaves what the instruction rounds to; below 2^-100 the remainder
// underflows and the last bit is uncertain. Infinity gives no number. A CPU that takes square roots and
// divides in one unit would wait for that; this way the multiply-add units work beside the division.
MNIST_RULE inline Number root(Number x) {
    const __mmask16 not_zero = _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
    const Number estimate = _mm512_maskz_rsqrt14_ps(not_zero, x);
    const Number first = x * estimate;
    const Number half_inverse = estimate * 0.5F;
    const Number error = fused(-first, half_inverse, all(0.5F));
    const Number better = fused(first, error, first);
    const Number remainder = fused(-better, better, x);
    return fused(remainder, fused(half_inverse, error, half_inverse), better);
}

#include "optimizer_rules.inc"
#undef MNIST_RULE

}  // namespace sixteen

// Sixteen parameters; `live` are those that there are. Returns the new weights.
template <OptimizerKind kKind>
MNIST_AVX512 [[gnu::always_inline]] inline Floats update_some(const UpdateScalars& s, __mmask16 live,
                                                              const UpdateOperands& o, std::size_t at,
                                                              Floats g) {
    constexpr std::size_t kStates = optimizer(kKind).states;
    Floats first = kStates > 0 ? _mm512_maskz_loadu_ps(live, o.m + at) : Floats{};
    Floats second = kStates > 1 ? _mm512_maskz_loadu_ps(live, o.v + at) : Floats{};
    const Floats w = sixteen::updated<kKind>(s, _mm512_maskz_loadu_ps(live, o.w + at), first, second, g);
    if (kStates > 0) _mm512_mask_storeu_ps(o.m + at, live, first);
    if (kStates > 1) _mm512_mask_storeu_ps(o.v + at, live, second);
    _mm512_mask_storeu_ps(o.w + at, live, w);
    return w;
}

template <OptimizerKind kKind>
MNIST_AVX512 [[gnu::always_inline]] inline void update_row(const UpdateScalars& s, const UpdateOperands& o,
                                                           std::size_t at, const float* g, std::size_t n) {
    std::size_t i = 0;
    for (; i + kLane <= n; i += kLane) update_some<kKind>(s, 0xFFFF, o, at + i, _mm512_loadu_ps(g + i));
    if (i == n) return;
    const auto live = static_cast<__mmask16>((1U << (n - i)) - 1);
    update_some<kKind>(s, live, o, at + i, _mm512_maskz_loadu_ps(live, g + i));
}

template <OptimizerKind kKind>
MNIST_AVX512 void update_straight(const UpdateOperands& o, const UpdateScalars& given) {
    const UpdateScalars s = given;
    if (o.stride == o.outputs && o.gradient_stride == o.outputs)
        return update_row<kKind>(s, o, 0, o.g, o.inputs * o.outputs);
    for (std::size_t i = 0; i < o.inputs; ++i)
        update_row<kKind>(s, o, i * o.stride, o.g + i * o.gradient_stride, o.outputs);
}

// Two inputs of sixteen outputs at a time.
template <OptimizerKind kKind>
MNIST_AVX512_BF16 void update_packed(const UpdateOperands& o, const UpdateScalars& given) {
    const UpdateScalars s = given;
    for (std::size_t i = 0; i < o.inputs; i += 2) {
        for (std::size_t k = 0; k < o.outputs; k += kLane) {
            const float* const g = o.g + i * o.gradient_stride + k;
            const std::size_t at = i * o.stride + k;
            const __m512 lower = update_some<kKind>(s, 0xFFFF, o, at, _mm512_loadu_ps(g));
            const __m512 upper =
                update_some<kKind>(s, 0xFFFF, o, at + o.stride, _mm512_loadu_ps(g + o.gradient_stride));
            _mm512_storeu_si512(o.copy + i * o.stride + 2 * k, (__m512i)pairs_of_bf16(lower, upper));
        }
    }
}

// A quarter of four outputs: rows 0, 4, 8 and 12 of src side by side, four inputs of each.
MNIST_AVX512 [[gnu::always_inline]] inline __m512 four_rows(const float* src, std::size_t stride) {
    const __m512 first = _mm512_maskz_broadcast_f32x4(0xFFFF, _mm_loadu_ps(src));
    const __m512 second = _mm512_mask_broadcast_f32x4(first, 0x00F0, _mm_loadu_ps(src + 4 * stride));
    const __m512 third = _mm512_mask_broadcast_f32x4(second, 0x0F00, _mm_loadu_ps(src + 8 * stride));
    return _mm512_mask_broadcast_f32x4(third, 0xF000, _mm_loadu_ps(src + 12 * stride));
}

// Four inputs of sixteen outputs; in each quarter of the registers a block of 4x4 is transposed.
MNIST_AVX512 [[gnu::always_inline]] inline void transpose_four(const float* src, std::size_t stride,
                                                               __m512* dst) {
    const __m512 a = four_rows(src, stride);
    const __m512 b = four_rows(src + stride, stride);
    const __m512 c = four_rows(src + 2 * stride, stride);
    const __m512 d = four_rows(src + 3 * stride, stride);
    const __m512d ab_low = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xFFFF, a, b));
    const __m512d ab_high = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xFFFF, a, b));
    const __m512d cd_low = _mm512_castps_pd(_mm512_maskz_unpacklo_ps(0xFFFF, c, d));
    const __m512d cd_high = _mm512_castps_pd(_mm512_maskz_unpackhi_ps(0xFFFF, c, d));
    dst[0] = _mm512_castpd_ps(_mm512_maskz_unpacklo_pd(0xFF, ab_low, cd_low));
    dst[1] = _mm512_castpd_ps(_mm512_maskz_unpackhi_pd(0xFF, ab_low, cd_low));
    dst[2] = _mm512_castpd_ps(_mm512_maskz_unpacklo_pd(0xFF, ab_high, cd_high));
    dst[3] = _mm512_castpd_ps(_mm512_maskz_unpackhi_pd(0xFF, ab_high, cd_high));
}

// Four inputs of sixteen outputs, from input i and output k on. Leaves the new weights in `updated`, too.
template <OptimizerKind kKind>
MNIST_AVX512 [[gnu::always_inline]] inline void update_block(const UpdateScalars& s, const UpdateOperands& o,
                                                             std::size_t i, std::size_t k, __m512* updated) {
    __m512 gradient[4];
    // The next sixteen inputs' gradients, a quarter each time. With state of its own a rule waits for
    // that, and gains nothing.
    const float* const soon = o.g + (k + i % kLane) * o.gradient_stride + i / kLane * kLane + kLane;
    for (std::size_t q = 0; q < 4 && optimizer(kKind).states == 0; ++q)
        __builtin_prefetch(soon + q * o.gradient_stride);
    transpose_four(o.g + k * o.gradient_stride + i, o.gradient_stride, gradient);
    for (std::size_t q = 0; q < 4; ++q)
        updated[q] = update_some<kKind>(s, 0xFFFF, o, (i + q) * o.stride + k, gradient[q]);
}

template <OptimizerKind kKind>
MNIST_AVX512 void update_turned(const UpdateOperands& o, const UpdateScalars& given) {
    const UpdateScalars s = given;
    __m512 updated[4];
    for (std::size_t i = 0; i < o.inputs; i += 4) {
        for (std::size_t k = 0; k < o.outputs; k += kLane) update_block<kKind>(s, o, i, k, updated);
    }
}

template <OptimizerKind kKind>
MNIST_AVX512_BF16 void update_turned_and_packed(const UpdateOperands& o, const UpdateScalars& given) {
    const UpdateScalars s = given;
    __m512 updated[4];
    for (std::size_t i = 0; i < o.inputs; i += 4) {
        for (std::size_t k = 0; k < o.outputs; k += kLane) {
            update_block<kKind>(s, o, i, k, updated);
            for (std::size_t q = 0; q < 4; q += 2)
                _mm512_storeu_si512(o.copy + (i + q) * o.stride + 2 * k,
                                    (__m512i)pairs_of_bf16(updated[q], updated[q + 1]));
        }
    }
}

template <OptimizerKind kKind>
UpdateFn with_layout(UpdateLayout layout) {
    if (layout.turned) return layout.packed ? update_turned_and_packed<kKind> : update_turned<kKind>;
    return layout.packed ? update_packed<kKind> : update_straight<kKind>;
}

}  // namespace

UpdateFn avx512_update_function(OptimizerKind kind, UpdateLayout layout) {
    constexpr std::array kOfKinds = for_each_kind([]<OptimizerKind kKind>() { return with_layout<kKind>; });
    return kOfKinds.at(static_cast<std::size_t>(kind))(layout);
}

}  // namespace mnist
