// Intrinsics rather than a vectorised loop, so that exactly the wanted instructions are timed under any
// compiler and any flags. The chains are arrays of registers: the file is always compiled with -O3 (see
// CMakeLists.txt), which unrolls them completely.
#include "fma_kernels.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <arm_neon.h>
#include <arm_sve.h>
#endif

#include <cstddef>

namespace mnist {
namespace {

// Different starts keep a compiler from merging the chains; all converge to shift / (1 - scale).
constexpr float start_of(int chain) {
    return 1.0F + 0.01F * static_cast<float>(chain);
}

#if defined(__x86_64__)
[[gnu::target("avx512f")]] float run_avx512(std::uint64_t iterations, float scale, float shift) {
    const __m512 scales = _mm512_set1_ps(scale);
    const __m512 shifts = _mm512_set1_ps(shift);
    __m512 chains[kFmaChains];
    for (int c = 0; c < kFmaChains; ++c) chains[c] = _mm512_set1_ps(start_of(c));
    for (std::uint64_t i = 0; i < iterations; ++i) {
        for (auto& chain : chains) chain = _mm512_fmadd_ps(chain, scales, shifts);
    }
    float sum = 0;
    for (const auto& chain : chains) sum += _mm512_cvtss_f32(chain);
    return sum;
}

[[gnu::target("avx2,fma")]] float run_avx2(std::uint64_t iterations, float scale, float shift) {
    const __m256 scales = _mm256_set1_ps(scale);
    const __m256 shifts = _mm256_set1_ps(shift);
    __m256 chains[kFmaChains];
    for (int c = 0; c < kFmaChains; ++c) chains[c] = _mm256_set1_ps(start_of(c));
    for (std::uint64_t i = 0; i < iterations; ++i) {
        for (auto& chain : chains) chain = _mm256_fmadd_ps(chain, scales, shifts);
    }
    float sum = 0;
    for (const auto& chain : chains) sum += _mm256_cvtss_f32(chain);
    return sum;
}

float run_baseline(std::uint64_t iterations, float scale, float shift) {
    const __m128 scales = _mm_set1_ps(scale);
    const __m128 shifts = _mm_set1_ps(shift);
    __m128 chains[kFmaChains];
    for (int c = 0; c < kFmaChains; ++c) chains[c] = _mm_set1_ps(start_of(c));
    for (std::uint64_t i = 0; i < iterations; ++i) {
        for (auto& chain : chains) chain = _mm_add_ps(_mm_mul_ps(chain, scales), shifts);
    }
    float sum = 0;
    for (const auto& chain : chains) sum += _mm_cvtss_f32(chain);
    return sum;
}
#else
// Registers whose width is not known have no arrays.
[[gnu::target("+sve")]] float run_sve(std::uint64_t iterations, float scale, float shift) {
    const svbool_t all = svptrue_b32();
    const svfloat32_t scales = svdup_f32(scale);
    const svfloat32_t shifts = svdup_f32(shift);
    static_assert(kFmaChains == 12);
    svfloat32_t a = svdup_f32(start_of(0)), b = svdup_f32(start_of(1)), c = svdup_f32(start_of(2)),
                d = svdup_f32(start_of(3)), e = svdup_f32(start_of(4)), f = svdup_f32(start_of(5)),
                g = svdup_f32(start_of(6)), h = svdup_f32(start_of(7)), i = svdup_f32(start_of(8)),
                j = svdup_f32(start_of(9)), k = svdup_f32(start_of(10)), l = svdup_f32(start_of(11));
    for (std::uint64_t n = 0; n < iterations; ++n) {
        a = svmad_x(all, a, scales, shifts), b = svmad_x(all, b, scales, shifts);
        c = svmad_x(all, c, scales, shifts), d = svmad_x(all, d, scales, shifts);
        e = svmad_x(all, e, scales, shifts), f = svmad_x(all, f, scales, shifts);
        g = svmad_x(all, g, scales, shifts), h = svmad_x(all, h, scales, shifts);
        i = svmad_x(all, i, scales, shifts), j = svmad_x(all, j, scales, shifts);
        k = svmad_x(all, k, scales, shifts), l = svmad_x(all, l, scales, shifts);
    }
    const svbool_t first = svptrue_pat_b32(SV_VL1);
    float sum = svaddv(first, a) + svaddv(first, b) + svaddv(first, c) + svaddv(first, d);
    sum += svaddv(first, e) + svaddv(first, f) + svaddv(first, g) + svaddv(first, h);
    return sum + svaddv(first, i) + svaddv(first, j) + svaddv(first, k) + svaddv(first, l);
}

// NEON multiplies into the sum alone: a chain that is a factor would be moved twice for each multiply-add.
float run_neon(std::uint64_t iterations, float scale, float shift) {
    const float32x4_t scales = vdupq_n_f32(scale);
    const float32x4_t shifts = vdupq_n_f32(shift);
    float32x4_t chains[kFmaChains];
    for (int c = 0; c < kFmaChains; ++c) chains[c] = vdupq_n_f32(start_of(c));
    for (std::uint64_t i = 0; i < iterations; ++i) {
        for (auto& chain : chains) chain = vfmaq_f32(chain, scales, shifts);
    }
    float sum = 0;
    for (const auto& chain : chains) sum += vgetq_lane_f32(chain, 0);
    return sum;
}
#endif

}  // namespace

FmaKernel fma_kernel(Isa isa) {
#if defined(__x86_64__)
    if (isa == Isa::avx512) return {.run = run_avx512, .lanes = 16};
    if (isa == Isa::avx2) return {.run = run_avx2, .lanes = 8};
    return {.run = run_baseline, .lanes = 4};
#else
    static_cast<void>(isa);
    // Of 128 bits, SVE's registers are NEON's.
    if (sve_bits() > 128) return {.run = run_sve, .lanes = sve_bits() / 32};
    return {.run = run_neon, .lanes = 4};
#endif
}

}  // namespace mnist
