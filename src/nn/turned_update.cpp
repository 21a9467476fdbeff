// The update from a gradient that lies output by output, of weights that lie input by input. Sixteen by
// sixteen numbers are transposed in registers and used at once: the shuffles are done while the weights are
// on their way from the second-level cache.
#include <cstddef>

#include "bf16_vectors.hpp"
#include "mnist/nn/layer_plan.hpp"
#include "optimizer_vectors.hpp"

namespace mnist {
namespace {

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

// Four inputs of sixteen outputs, from input i and output o on. Leaves the new weights in `updated`, too.
template <class Rule>
MNIST_AVX512 [[gnu::always_inline]] inline void update_block(const Rule& rule, float* w, float* m, float* v,
                                                             const float* g, std::size_t inputs,
                                                             std::size_t outputs, std::size_t i,
                                                             std::size_t o, __m512* updated) {
    __m512 gradient[4];
    // The next sixteen inputs' gradients, a quarter each time. With state of its own a rule waits for
    // that, and gains nothing.
    const float* const soon = g + (o + i % kLane) * inputs + i / kLane * kLane + kLane;
    for (std::size_t k = 0; k < 4 && !Rule::kFirst; ++k) __builtin_prefetch(soon + k * inputs);
    transpose_four(g + o * inputs + i, inputs, gradient);
    for (std::size_t k = 0; k < 4; ++k) {
        const std::size_t at = (i + k) * outputs + o;
        __m512 first = Rule::kFirst ? _mm512_loadu_ps(m + at) : _mm512_setzero_ps();
        __m512 second = Rule::kSecond ? _mm512_loadu_ps(v + at) : _mm512_setzero_ps();
        updated[k] = rule.updated(_mm512_loadu_ps(w + at), first, second, gradient[k]);
        _mm512_storeu_ps(w + at, updated[k]);
        if (Rule::kFirst) _mm512_storeu_ps(m + at, first);
        if (Rule::kSecond) _mm512_storeu_ps(v + at, second);
    }
}

template <class Rule>
MNIST_AVX512 void turned_avx512(float* w, float* m, float* v, const float* g, std::size_t inputs,
                                std::size_t outputs, const UpdateScalars& s) {
    const Rule rule(s);
    __m512 updated[4];
    for (std::size_t i = 0; i < inputs; i += 4) {
        for (std::size_t o = 0; o < outputs; o += kLane)
            update_block(rule, w, m, v, g, inputs, outputs, i, o, updated);
    }
}

template <class Rule>
MNIST_AVX512_BF16 void turned_and_packed(float* w, float* m, float* v, const float* g, std::size_t inputs,
                                         std::size_t outputs, Bf16* copy, const UpdateScalars& s) {
    const Rule rule(s);
    __m512 updated[4];
    for (std::size_t i = 0; i < inputs; i += 4) {
        for (std::size_t o = 0; o < outputs; o += kLane) {
            update_block(rule, w, m, v, g, inputs, outputs, i, o, updated);
            for (std::size_t k = 0; k < 4; k += 2)
                _mm512_storeu_si512(copy + (i + k) * outputs + 2 * o,
                                    pairs_of_bf16(updated[k], updated[k + 1]));
        }
    }
}

// One input at a time: no network is laid out so where there is no AVX-512.
template <OptimizerKind kKind>
void turned_baseline(float* w, float* m, float* v, const float* g, std::size_t inputs, std::size_t outputs,
                     const UpdateScalars& s) {
    for (std::size_t at = 0; at < inputs * outputs; ++at)
        update_function(kKind, Isa::baseline)(w + at, m + at, v + at,
                                              g + at % outputs * inputs + at / outputs, 1, s);
}

}  // namespace

TurnedUpdateFn turned_update_function(OptimizerKind kind, Isa isa) {
    const bool wide = isa == Isa::avx512;
    switch (kind) {
        case OptimizerKind::sgd:
            return wide ? turned_avx512<SgdVectors> : turned_baseline<OptimizerKind::sgd>;
        case OptimizerKind::momentum:
            return wide ? turned_avx512<MomentumVectors> : turned_baseline<OptimizerKind::momentum>;
        case OptimizerKind::adam:
            break;
    }
    return wide ? turned_avx512<AdamVectors> : turned_baseline<OptimizerKind::adam>;
}

PackedTurnedUpdateFn packed_turned_update_function(OptimizerKind kind) {
    switch (kind) {
        case OptimizerKind::sgd:
            return turned_and_packed<SgdVectors>;
        case OptimizerKind::momentum:
            return turned_and_packed<MomentumVectors>;
        case OptimizerKind::adam:
            break;
    }
    return turned_and_packed<AdamVectors>;
}

}  // namespace mnist
