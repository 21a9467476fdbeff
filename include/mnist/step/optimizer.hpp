// The optimizers' updates as vectorised loops of our own, compiled once a level of instructions and chosen at
// run time. They run on a strip of weights right after its gradient is computed, while it is still in the
// cache.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/bf16.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/step/schedule.hpp"

namespace mnist {

/// What one optimizer trains with.
struct OptimizerSettings {
    OptimizerKind kind = OptimizerKind::sgd;
    double lr = 0.01;  ///< constant, or the highest of the schedule
    OptimizerNumbers numbers{};
    Schedule schedule{};
};

/// The settings of `kind` out of a configuration, for a run of `steps` steps (only schedules that are not
/// constant look at them).
[[nodiscard]] OptimizerSettings settings_for(OptimizerKind kind, const TrainConfig& config,
                                             std::uint64_t steps);

/// The numbers of one step, rounded to float once. What an optimizer does not have is 0 or, of factors, 1.
struct UpdateScalars {
    float lr = 0;      ///< with a correction of bias: lr / (1 - memory^t)
    float memory = 0;  ///< momentum's mu, Adam's beta1
    float one_minus_memory = 0;
    float squares = 0;  ///< Adam's beta2
    float one_minus_squares = 0;
    float second_scale = 0;  ///< 1 / sqrt(1 - squares^t)
    float epsilon = 0;
    float kept = 1;  ///< of the weight itself: 1 - lr decay, whose lr is without the correction
};

/// Scalars of step t, counted from 1. Computed in double.
[[nodiscard]] UpdateScalars scalars_at(const OptimizerSettings& settings, std::uint64_t t);

/// A matrix of weights with its state and its gradient; no two of them overlap. A row is an input's.
struct UpdateOperands {
    float* w = nullptr;  ///< [inputs, outputs] f32, updated
    float* m = nullptr;  ///< first state (momentum's v, Adam's m), updated; not touched where there is none
    float* v = nullptr;  ///< second state (Adam's v), updated; likewise
    const float* g = nullptr;  ///< gradient, read: [inputs, outputs], or turned: [outputs, inputs]
    Bf16* copy = nullptr;      ///< packed alone, overwritten: copy[i / 2][o][i % 2] = to_bf16(w[i][o])
    std::size_t inputs = 0, outputs = 0;
    std::size_t stride = 0;  ///< numbers from a row of w, m, v to the next, and of copy to the pair's
    std::size_t gradient_stride = 0;  ///< from a row of g to the next
};

/// One update. SGD: w -= lr g. Momentum: m = mu m + g, w -= lr m. Adam (Kingma and Ba 2015, as PyTorch
/// computes it): m = b1 m + (1-b1) g, v = b2 v + (1-b2) g^2, w -= lr/(1-b1^t) m / (sqrt(v)/sqrt(1-b2^t) +
/// eps). AdamW (Loshchilov and Hutter 2019): w = kept w before Adam's step. Cost: no allocation; 12, 20 or 28
/// bytes of memory traffic a parameter, 2 more where it is packed. A turned gradient costs two shuffles and
/// four loads for sixteen parameters with AVX-512, and much without it.
using UpdateFn = void (*)(const UpdateOperands& operands, const UpdateScalars& s);

/// How gradient and copy lie. Turned: `inputs` a multiple of 4, `outputs` of 16. Packed: `inputs` a multiple
/// of 2, `outputs` of 16; only where has_avx512_bf16().
struct UpdateLayout {
    bool turned = false;
    bool packed = false;
};

/// The loop for `kind` compiled for `isa`; `isa` must not exceed detected_isa().
[[nodiscard]] UpdateFn update_function(OptimizerKind kind, Isa isa, UpdateLayout layout = {});

}  // namespace mnist
