// Learning rates that change from step to step. One-cycle (Smith and Topin 2018, "Super-convergence", in the
// shape that PyTorch's OneCycleLR has by default): from a 25th of the peak along half a cosine up to the
// peak, then along half a cosine down to almost nothing. Left out: the momentum that OneCycleLR moves the
// other way (its cycle_momentum), so that momentum and Adam's betas mean here what they always mean.
#pragma once

#include <cstdint>

#include "mnist/core/train_config.hpp"

namespace mnist {

/// The course of a whole run's learning rate, as a factor of its highest.
struct Schedule {
    ScheduleKind kind = ScheduleKind::constant;
    double warmup = 0.3;      ///< share of the steps in which one-cycle rises, in [0, 1)
    std::uint64_t steps = 0;  ///< of the run; one-cycle needs at least one
};

/// One-cycle's first rate is the peak divided by this ...
inline constexpr double kOneCycleStart = 25;
/// ... and its last one the first divided by this. Both as in PyTorch.
inline constexpr double kOneCycleEnd = 1e4;

/// Factor of step t, counted from 1: 1 for constant. For one-cycle of N steps with warm-up w, and s = t - 1:
///   p = w N - 1                                        the step of the peak; no whole number in general
///   s <= p   from 1/25 at s = 0 to 1 at p              b + (a - b) / 2 * (1 + cos(pi s / p)), a to b
///   else     from 1 at p to 1/250000 at s = N - 1      the same with (s - p) / (N - 1 - p)
/// A warm-up of less than a step starts at the peak. Steps beyond the last keep its factor. Computed in
/// double. Cost: a cosine.
[[nodiscard]] double schedule_factor(const Schedule& schedule, std::uint64_t t);

}  // namespace mnist
