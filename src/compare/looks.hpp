// What a measurement that was looked at while it went on (mnist_bench --until-decided) means for verdicts on
// it. Private to this room.
#pragma once

#include "mnist/compare/measurements.hpp"

namespace mnist {

/// How many looks at it were planned; 1 where its facts say nothing of looks, or nothing that could be.
[[nodiscard]] std::size_t planned_looks(const Measurements& side);

/// The settings at the level that `looks` leave, with resamples enough for it.
[[nodiscard]] VerdictSettings at_level(const VerdictSettings& settings, std::size_t looks);

}  // namespace mnist
