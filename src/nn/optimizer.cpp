// One body an optimizer, instantiated for each level below AVX-512. The scalars are copied to locals and the
// pointers are __restrict: without that the compiler must assume that a store changes them and leaves the
// loop scalar. With AVX-512 the rules are written in its instructions (optimizer_vectors), so that all loops
// which use them round alike, whichever compiler builds them.
#include "mnist/nn/optimizer.hpp"

#include <cmath>

#include "bf16_vectors.hpp"
#include "optimizer_vectors.hpp"

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

// Sixteen parameters at a time; `live` are those that there are.
template <class Rule>
MNIST_AVX512 [[gnu::always_inline]] inline void update_some(const Rule& rule, __mmask16 live, float* w,
                                                            float* m, float* v, const float* g) {
    __m512 first = Rule::kFirst ? _mm512_maskz_loadu_ps(live, m) : _mm512_setzero_ps();
    __m512 second = Rule::kSecond ? _mm512_maskz_loadu_ps(live, v) : _mm512_setzero_ps();
    const __m512 updated =
        rule.updated(_mm512_maskz_loadu_ps(live, w), first, second, _mm512_maskz_loadu_ps(live, g));
    if (Rule::kFirst) _mm512_mask_storeu_ps(m, live, first);
    if (Rule::kSecond) _mm512_mask_storeu_ps(v, live, second);
    _mm512_mask_storeu_ps(w, live, updated);
}

template <class Rule>
MNIST_AVX512 [[gnu::always_inline]] inline void update_all(float* w, float* m, float* v, const float* g,
                                                           std::size_t n, const UpdateScalars& s) {
    constexpr std::size_t kLanes = 16;
    const Rule rule(s);
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes) update_some(rule, 0xFFFF, w + i, m + i, v + i, g + i);
    if (i < n) update_some(rule, static_cast<__mmask16>((1U << (n - i)) - 1), w + i, m + i, v + i, g + i);
}

struct Avx512 {
    MNIST_AVX512 static void sgd(float* w, float* m, float* v, const float* g, std::size_t n,
                                 const UpdateScalars& s) {
        update_all<SgdVectors>(w, m, v, g, n, s);
    }
    MNIST_AVX512 static void momentum(float* w, float* m, float* v, const float* g, std::size_t n,
                                      const UpdateScalars& s) {
        update_all<MomentumVectors>(w, m, v, g, n, s);
    }
    MNIST_AVX512 static void adam(float* w, float* m, float* v, const float* g, std::size_t n,
                                  const UpdateScalars& s) {
        update_all<AdamVectors>(w, m, v, g, n, s);
    }
};

// Two rows are updated, then packed out of the nearest cache.
MNIST_AVX512_BF16 void packed_sgd(float* w, float* m, float* v, const float* g, std::size_t n,
                                  std::size_t width, Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        update_all<SgdVectors>(w + i, m + i, v + i, g + i, 2 * width, s);
        pack_two_rows(w + i, width, copy + i);
    }
}
MNIST_AVX512_BF16 void packed_momentum(float* w, float* m, float* v, const float* g, std::size_t n,
                                       std::size_t width, Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        update_all<MomentumVectors>(w + i, m + i, v + i, g + i, 2 * width, s);
        pack_two_rows(w + i, width, copy + i);
    }
}
MNIST_AVX512_BF16 void packed_adam(float* w, float* m, float* v, const float* g, std::size_t n,
                                   std::size_t width, Bf16* copy, const UpdateScalars& s) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        update_all<AdamVectors>(w + i, m + i, v + i, g + i, 2 * width, s);
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
