// One rule an optimizer, in loops compiled for each level below AVX-512. The scalars are copied to locals and
// the pointers are __restrict: without that the compiler must assume that a store changes them and leaves the
// loop scalar. With AVX-512 the rules are written in its instructions (optimizer_avx512), so that all loops
// which use them round alike, whichever compiler builds them.
#include "mnist/step/optimizer.hpp"

#include <array>
#include <cmath>

#include "mnist/core/isa_levels.hpp"
#include "optimizer_avx512.hpp"

namespace mnist {
namespace {

template <OptimizerKind kKind>
[[gnu::always_inline]] inline void update_numbers(float* __restrict w, float* __restrict m,
                                                  float* __restrict v, const float* __restrict g,
                                                  std::size_t n, const UpdateScalars& s) {
    const float lr = s.lr;
    const float b1 = s.momentum;
    const float c1 = s.one_minus_beta1;
    const float b2 = s.beta2;
    const float c2 = s.one_minus_beta2;
    const float scale = s.second_scale;
    const float eps = s.epsilon;
    for (std::size_t i = 0; i < n; ++i) {
        const float gradient = g[i];
        if constexpr (kKind == OptimizerKind::sgd) {
            w[i] -= lr * gradient;
        } else if constexpr (kKind == OptimizerKind::momentum) {
            const float velocity = b1 * m[i] + gradient;
            m[i] = velocity;
            w[i] -= lr * velocity;
        } else {
            const float first = b1 * m[i] + c1 * gradient;
            const float second = b2 * v[i] + c2 * (gradient * gradient);
            m[i] = first;
            v[i] = second;
            w[i] -= lr * first / (__builtin_sqrtf(second) * scale + eps);
        }
    }
}

template <OptimizerKind kKind>
[[gnu::always_inline]] inline void update_row(const UpdateOperands& o, std::size_t at, const float* g,
                                              std::size_t n, const UpdateScalars& s) {
    float* const m = kKind == OptimizerKind::sgd ? nullptr : o.m + at;
    float* const v = kKind == OptimizerKind::adam ? o.v + at : nullptr;
    update_numbers<kKind>(o.w + at, m, v, g, n, s);
}

// Rows that follow each other without a gap are one.
template <OptimizerKind kKind>
[[gnu::always_inline]] inline void update_rows(const UpdateOperands& o, const UpdateScalars& s) {
    if (o.stride == o.outputs && o.gradient_stride == o.outputs)
        return update_row<kKind>(o, 0, o.g, o.inputs * o.outputs, s);
    for (std::size_t i = 0; i < o.inputs; ++i)
        update_row<kKind>(o, i * o.stride, o.g + i * o.gradient_stride, o.outputs, s);
}

// No network is laid out so where there is no AVX-512, unless a test asks for it.
template <OptimizerKind kKind>
void update_turned(const UpdateOperands& o, const UpdateScalars& s) {
    for (std::size_t i = 0; i < o.inputs; ++i) {
        for (std::size_t k = 0; k < o.outputs; ++k)
            update_row<kKind>(o, i * o.stride + k, o.g + k * o.gradient_stride + i, 1, s);
    }
}

template <OptimizerKind kKind>
UpdateFn below_avx512(Isa isa, bool turned) {
    if (turned) return update_turned<kKind>;
    return compiled_for<update_rows<kKind>>(isa);
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

UpdateFn update_function(OptimizerKind kind, Isa isa, UpdateLayout layout) {
    if constexpr (kX86) {
        if (isa == Isa::avx512 || layout.packed) return avx512_update_function(kind, layout);
    }
    constexpr std::array kOfKinds{below_avx512<OptimizerKind::sgd>, below_avx512<OptimizerKind::momentum>,
                                  below_avx512<OptimizerKind::adam>};
    return kOfKinds.at(static_cast<std::size_t>(kind))(isa, layout.turned);
}

}  // namespace mnist
