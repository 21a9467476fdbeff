// One body an optimizer, instantiated for each level. The scalars are copied to locals and the pointers are
// __restrict: without that the compiler must assume that a store changes them and leaves the loop scalar.
// Adam has a body of its own for AVX-512, where a CPU that takes square roots and divides in one unit would
// wait for it.
#include "mnist/nn/optimizer.hpp"

#include <immintrin.h>

#include <cmath>

#include "bf16_vectors.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void sgd_body(float* __restrict w, const float* __restrict g, std::size_t n,
                                            const UpdateScalars& s) {
    const float lr = s.lr;
    for (std::size_t i = 0; i < n; ++i) w[i] -= lr * g[i];
}

[[gnu::always_inline]] inline void momentum_body(float* __restrict w, float* __restrict m,
                                                 const float* __restrict g, std::size_t n,
                                                 const UpdateScalars& s) {
    const float lr = s.lr;
    const float mu = s.momentum;
    for (std::size_t i = 0; i < n; ++i) {
        const float velocity = mu * m[i] + g[i];
        m[i] = velocity;
        w[i] -= lr * velocity;
    }
}

[[gnu::always_inline]] inline void adam_body(float* __restrict w, float* __restrict m, float* __restrict v,
                                             const float* __restrict g, std::size_t n,
                                             const UpdateScalars& s) {
    const float lr = s.lr;
    const float b1 = s.momentum;
    const float c1 = s.one_minus_beta1;
    const float b2 = s.beta2;
    const float c2 = s.one_minus_beta2;
    const float scale = s.second_scale;
    const float eps = s.epsilon;
    for (std::size_t i = 0; i < n; ++i) {
        const float gradient = g[i];
        const float first = b1 * m[i] + c1 * gradient;
        const float second = b2 * v[i] + c2 * (gradient * gradient);
        m[i] = first;
        v[i] = second;
        w[i] -= lr * first / (__builtin_sqrtf(second) * scale + eps);
    }
}

struct Baseline {
    static void sgd(float* w, float*, float*, const float* g, std::size_t n, const UpdateScalars& s) {
        sgd_body(w, g, n, s);
    }
    static void momentum(float* w, float* m, float*, const float* g, std::size_t n, const UpdateScalars& s) {
        momentum_body(w, m, g, n, s);
    }
    static void adam(float* w, float* m, float* v, const float* g, std::size_t n, const UpdateScalars& s) {
        adam_body(w, m, v, g, n, s);
    }
};

struct Avx2 {
    [[gnu::target("avx2,fma")]] static void sgd(float* w, float*, float*, const float* g, std::size_t n,
                                                const UpdateScalars& s) {
        sgd_body(w, g, n, s);
    }
    [[gnu::target("avx2,fma")]] static void momentum(float* w, float* m, float*, const float* g,
                                                     std::size_t n, const UpdateScalars& s) {
        momentum_body(w, m, g, n, s);
    }
    [[gnu::target("avx2,fma")]] static void adam(float* w, float* m, float* v, const float* g, std::size_t n,
                                                 const UpdateScalars& s) {
        adam_body(w, m, v, g, n, s);
    }
};

// 512-bit vectors are asked for in CMakeLists.txt.
#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

// The square root by Newton's method from an estimate of 14 bits (Goldschmidt's form), and a last correction
// by the exact remainder (Markstein 1990), which leaves what the instruction rounds to; below 2^-100 the
// remainder underflows and the last bit is uncertain. Infinity gives no number. The multiply-add units do
// this while the divider is at the division.
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

// adam_body, sixteen parameters at a time.
MNIST_AVX512 [[gnu::always_inline]] inline void adam_avx512(float* w, float* m, float* v, const float* g,
                                                            std::size_t n, const UpdateScalars& s) {
    constexpr std::size_t kLanes = 16;
    const __m512 lr = _mm512_set1_ps(s.lr);
    const __m512 b1 = _mm512_set1_ps(s.momentum);
    const __m512 c1 = _mm512_set1_ps(s.one_minus_beta1);
    const __m512 b2 = _mm512_set1_ps(s.beta2);
    const __m512 c2 = _mm512_set1_ps(s.one_minus_beta2);
    const __m512 scale = _mm512_set1_ps(s.second_scale);
    const __m512 eps = _mm512_set1_ps(s.epsilon);
    for (std::size_t i = 0; i < n; i += kLanes) {
        const auto live = static_cast<__mmask16>(n - i >= kLanes ? 0xFFFFU : (1U << (n - i)) - 1);
        const __m512 gradient = _mm512_maskz_loadu_ps(live, g + i);
        const __m512 first =
            _mm512_fmadd_ps(b1, _mm512_maskz_loadu_ps(live, m + i), _mm512_mul_ps(c1, gradient));
        const __m512 second = _mm512_fmadd_ps(b2, _mm512_maskz_loadu_ps(live, v + i),
                                              _mm512_mul_ps(c2, _mm512_mul_ps(gradient, gradient)));
        _mm512_mask_storeu_ps(m + i, live, first);
        _mm512_mask_storeu_ps(v + i, live, second);
        const __m512 divisor = _mm512_fmadd_ps(square_root(second), scale, eps);
        const __m512 change = _mm512_div_ps(_mm512_mul_ps(lr, first), divisor);
        _mm512_mask_storeu_ps(w + i, live, _mm512_sub_ps(_mm512_maskz_loadu_ps(live, w + i), change));
    }
}

struct Avx512 {
    MNIST_AVX512 static void sgd(float* w, float*, float*, const float* g, std::size_t n,
                                 const UpdateScalars& s) {
        sgd_body(w, g, n, s);
    }
    MNIST_AVX512 static void momentum(float* w, float* m, float*, const float* g, std::size_t n,
                                      const UpdateScalars& s) {
        momentum_body(w, m, g, n, s);
    }
    MNIST_AVX512 static void adam(float* w, float* m, float* v, const float* g, std::size_t n,
                                  const UpdateScalars& s) {
        adam_avx512(w, m, v, g, n, s);
    }
};
#undef MNIST_AVX512

// Two rows are updated, then packed out of the nearest cache.
MNIST_AVX512_BF16 void packed_sgd(float* w, float*, float*, const float* g, std::size_t n, std::size_t width,
                                  Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        sgd_body(w + i, g + i, 2 * width, s);
        pack_two_rows(w + i, width, copy + i);
    }
}
MNIST_AVX512_BF16 void packed_momentum(float* w, float* m, float*, const float* g, std::size_t n,
                                       std::size_t width, Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        momentum_body(w + i, m + i, g + i, 2 * width, s);
        pack_two_rows(w + i, width, copy + i);
    }
}
MNIST_AVX512_BF16 void packed_adam(float* w, float* m, float* v, const float* g, std::size_t n,
                                   std::size_t width, Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        adam_avx512(w + i, m + i, v + i, g + i, 2 * width, s);
        pack_two_rows(w + i, width, copy + i);
    }
}

template <class Level>
UpdateFn pick(OptimizerKind kind) {
    switch (kind) {
        case OptimizerKind::sgd:
            return Level::sgd;
        case OptimizerKind::momentum:
            return Level::momentum;
        case OptimizerKind::adam:
            break;
    }
    return Level::adam;
}

}  // namespace

OptimizerSettings settings_for(OptimizerKind kind, const TrainConfig& config, std::uint64_t steps) {
    return {.kind = kind,
            .lr = learning_rate(config, kind),
            .momentum = config.momentum,
            .beta1 = config.adam_beta1,
            .beta2 = config.adam_beta2,
            .epsilon = config.adam_epsilon,
            .schedule = {.kind = config.schedule, .warmup = config.warmup, .steps = steps}};
}

UpdateScalars scalars_at(const OptimizerSettings& settings, std::uint64_t t) {
    const double lr = settings.lr * schedule_factor(settings.schedule, t);
    if (settings.kind != OptimizerKind::adam)
        return {.lr = static_cast<float>(lr), .momentum = static_cast<float>(settings.momentum)};
    const auto step = static_cast<double>(t);
    const double correction1 = 1.0 - std::pow(settings.beta1, step);
    const double correction2 = 1.0 - std::pow(settings.beta2, step);
    return {.lr = static_cast<float>(lr / correction1),
            .momentum = static_cast<float>(settings.beta1),
            .one_minus_beta1 = static_cast<float>(1.0 - settings.beta1),
            .beta2 = static_cast<float>(settings.beta2),
            .one_minus_beta2 = static_cast<float>(1.0 - settings.beta2),
            .second_scale = static_cast<float>(1.0 / std::sqrt(correction2)),
            .epsilon = static_cast<float>(settings.epsilon)};
}

UpdateFn update_function(OptimizerKind kind, Isa isa) {
    switch (isa) {
        case Isa::avx512:
            return pick<Avx512>(kind);
        case Isa::avx2:
            return pick<Avx2>(kind);
        case Isa::baseline:
            break;
    }
    return pick<Baseline>(kind);
}

PackedUpdateFn packed_update_function(OptimizerKind kind) {
    switch (kind) {
        case OptimizerKind::sgd:
            return packed_sgd;
        case OptimizerKind::momentum:
            return packed_momentum;
        case OptimizerKind::adam:
            break;
    }
    return packed_adam;
}

}  // namespace mnist
