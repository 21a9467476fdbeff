// The rules in loops compiled for each level below AVX-512. The scalars are a copy and the pointers are
// __restrict: without that the compiler must assume that a store changes them and leaves the loop scalar.
#include "mnist/step/optimizer.hpp"

#include <array>
#include <cmath>

#include "mnist/core/isa_levels.hpp"
#include "optimizer_avx512.hpp"

namespace mnist {
namespace {

namespace one {

using Number = float;
#define MNIST_RULE [[gnu::always_inline]]

MNIST_RULE inline Number all(float x) {
    return x;
}
// By the compiler, where the loop is compiled for such a CPU.
MNIST_RULE inline Number fused(Number a, Number b, Number c) {
    return a * b + c;
}
// Of two products compilers fuse the first that they are given.
MNIST_RULE inline Number products(Number a, Number b, Number c, Number d) {
    return a * b + c * d;
}
MNIST_RULE inline Number root(Number a) {
    return __builtin_sqrtf(a);
}

#include "optimizer_rules.inc"
#undef MNIST_RULE

}  // namespace one

template <OptimizerKind kKind>
[[gnu::always_inline]] inline void update_numbers(float* __restrict w, float* __restrict m,
                                                  float* __restrict v, const float* __restrict g,
                                                  std::size_t n, const UpdateScalars& given) {
    constexpr std::size_t kStates = optimizer(kKind).states;
    const UpdateScalars s = given;
    for (std::size_t i = 0; i < n; ++i) {
        float first = kStates > 0 ? m[i] : 0;
        float second = kStates > 1 ? v[i] : 0;
        w[i] = one::updated<kKind>(s, w[i], first, second, g[i]);
        if constexpr (kStates > 0) m[i] = first;
        if constexpr (kStates > 1) v[i] = second;
    }
}

template <OptimizerKind kKind>
[[gnu::always_inline]] inline void update_row(const UpdateOperands& o, std::size_t at, const float* g,
                                              std::size_t n, const UpdateScalars& s) {
    constexpr std::size_t kStates = optimizer(kKind).states;
    update_numbers<kKind>(o.w + at, kStates > 0 ? o.m + at : nullptr, kStates > 1 ? o.v + at : nullptr, g, n,
                          s);
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
            .numbers = config,
            .schedule = {.kind = config.schedule, .warmup = config.warmup, .steps = steps}};
}

UpdateScalars scalars_at(const OptimizerSettings& settings, std::uint64_t t) {
    const Optimizer& rule = optimizer(settings.kind);
    const auto number = [&](OptimizerNumber member) { return member ? settings.numbers.*member : 0; };
    const double memory = number(rule.memory);
    const double squares = number(rule.squares);
    const auto correction = [&](double kept) {
        return rule.corrects_bias ? 1.0 - std::pow(kept, static_cast<double>(t)) : 1.0;
    };
    const double lr = settings.lr * schedule_factor(settings.schedule, t);
    return {.lr = static_cast<float>(lr / correction(memory)),
            .memory = static_cast<float>(memory),
            .one_minus_memory = static_cast<float>(1.0 - memory),
            .squares = static_cast<float>(squares),
            .one_minus_squares = static_cast<float>(1.0 - squares),
            .second_scale = static_cast<float>(1.0 / std::sqrt(correction(squares))),
            .epsilon = static_cast<float>(number(rule.epsilon)),
            .kept = static_cast<float>(1.0 - lr * number(rule.decay))};
}

UpdateFn update_function(OptimizerKind kind, Isa isa, UpdateLayout layout) {
    if constexpr (kX86) {
        if (isa == Isa::avx512 || layout.packed) return avx512_update_function(kind, layout);
    }
    constexpr std::array kOfKinds = for_each_kind([]<OptimizerKind kKind>() { return below_avx512<kKind>; });
    return kOfKinds.at(static_cast<std::size_t>(kind))(isa, layout.turned);
}

}  // namespace mnist
