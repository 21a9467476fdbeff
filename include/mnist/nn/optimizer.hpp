// The optimizers' updates as vectorised loops of our own, compiled once a level of instructions and chosen at
// run time. They run on one panel of weights right after its gradient is computed, while the panel is still
// in the cache.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/bf16.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/nn/schedule.hpp"

namespace mnist {

/// Hyper-parameters of one optimizer. The defaults of those that an optimizer does not read do not matter.
struct OptimizerSettings {
    OptimizerKind kind = OptimizerKind::sgd;
    double lr = 0.01;  ///< constant, or the highest of the schedule
    double momentum = 0.9;
    double beta1 = 0.9;
    double beta2 = 0.999;
    double epsilon = 1e-8;
    Schedule schedule{};
};

/// The settings of `kind` out of a configuration, for a run of `steps` steps (only schedules that are not
/// constant look at them).
[[nodiscard]] OptimizerSettings settings_for(OptimizerKind kind, const TrainConfig& config,
                                             std::uint64_t steps);

/// The numbers of one step, rounded to float once.
struct UpdateScalars {
    float lr = 0;        ///< for Adam: lr / (1 - beta1^t)
    float momentum = 0;  ///< mu, or beta1
    float one_minus_beta1 = 0;
    float beta2 = 0;
    float one_minus_beta2 = 0;
    float second_scale = 0;  ///< 1 / sqrt(1 - beta2^t)
    float epsilon = 0;
};

/// Scalars of step t, counted from 1. Computed in double.
[[nodiscard]] UpdateScalars scalars_at(const OptimizerSettings& settings, std::uint64_t t);

/// One update of n parameters; all arrays [n] f32, no two overlap.
///   w   parameters, updated
///   m   first state (momentum's v, Adam's m), updated; not read by SGD
///   v   second state (Adam's v), updated; not read by the others
///   g   gradient, read
/// SGD: w -= lr g. Momentum: m = mu m + g, w -= lr m. Adam (Kingma and Ba 2015, as PyTorch computes it):
/// m = b1 m + (1-b1) g, v = b2 v + (1-b2) g^2, w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) + eps).
/// Cost: no allocation; 12, 20 or 28 bytes of memory traffic a parameter.
using UpdateFn = void (*)(float* w, float* m, float* v, const float* g, std::size_t n,
                          const UpdateScalars& s);

/// The loop for `kind` compiled for `isa`; `isa` must not exceed detected_isa().
[[nodiscard]] UpdateFn update_function(OptimizerKind kind, Isa isa);

/// The same update of weights that lie input by input, from a gradient that lies output by output.
///   w, m, v  [inputs, outputs] f32, as above
///   g        [outputs, inputs] f32, read
/// `inputs` a multiple of 4, `outputs` of 16. Cost: as above; with AVX-512 two shuffles and four loads
/// for sixteen parameters more, without it slow.
using TurnedUpdateFn = void (*)(float* w, float* m, float* v, const float* g, std::size_t inputs,
                                std::size_t outputs, const UpdateScalars& s);
[[nodiscard]] TurnedUpdateFn turned_update_function(OptimizerKind kind, Isa isa);

/// The same update of a panel of weights [n / width][width], each rounded to bf16 as well while it is at
/// hand, two rows side by side, as oneDNN multiplies them: copy[r / 2][c][r % 2] = to_bf16(w[r][c]).
///   n      a multiple of 2 width; width a multiple of 16
///   copy   [n] bf16, overwritten
/// Only where has_avx512_bf16(). Cost: as above and 2 bytes a parameter.
using PackedUpdateFn = void (*)(float* w, float* m, float* v, const float* g, std::size_t n,
                                std::size_t width, Bf16* copy, const UpdateScalars& s);
[[nodiscard]] PackedUpdateFn packed_update_function(OptimizerKind kind);

/// Both at once: the gradient lies output by output, and the weights are packed.
///   w, m, v, copy  [inputs, outputs], as above
///   g              [outputs, inputs] f32, read
/// `inputs` a multiple of 4, `outputs` of 16. Only where has_avx512_bf16(). Cost: the sum of the above.
using PackedTurnedUpdateFn = void (*)(float* w, float* m, float* v, const float* g, std::size_t inputs,
                                      std::size_t outputs, Bf16* copy, const UpdateScalars& s);
[[nodiscard]] PackedTurnedUpdateFn packed_turned_update_function(OptimizerKind kind);

}  // namespace mnist
