// The test of whether two means differ. A pure function; undefined is std::nullopt. What several such tests
// together may claim is for the caller to say.
#pragma once

#include <optional>
#include <span>

#include "mnist/stats/intervals.hpp"

namespace mnist {

struct WelchResult {
    double difference = 0;  ///< mean of the first sample minus mean of the second
    Interval interval;      ///< of the difference
    double t = 0;
    double degrees_of_freedom = 0;
    double p = 1;  ///< two-sided
};

/// Welch's t test: two means, without assuming equal variances. With v = s^2 / n of each sample:
///   t = (mean1 - mean2) / sqrt(v1 + v2),  df = (v1 + v2)^2 / (v1^2 / (n1 - 1) + v2^2 / (n2 - 1)),
///   interval = difference +- t(1 - (1 - confidence) / 2, df) * sqrt(v1 + v2).
/// Undefined: fewer than two values on a side, a value that is not finite, no spread on either side (t would
/// be 0/0 or infinite), confidence outside (0, 1). Source: Welch, "The generalization of Student's problem",
/// Biometrika 34 (1947); df by Satterthwaite (1946).
[[nodiscard]] std::optional<WelchResult> welch_test(std::span<const double> first,
                                                    std::span<const double> second, double confidence = 0.95);

}  // namespace mnist
