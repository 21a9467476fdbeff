// Tests of whether two means differ, and what several such tests together may claim. Pure functions;
// undefined is std::nullopt.
#pragma once

#include <optional>
#include <span>
#include <vector>

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

/// Holm's step-down adjustment: with p(1) <= ... <= p(m), adjusted p(i) = max over j <= i of min(1, (m - j +
/// 1) p(j)), returned in the order of the input. Comparing these with alpha keeps the chance of any false
/// alarm among all m tests at alpha, and is never weaker than Bonferroni. No p values give no adjusted ones.
/// Undefined: a p value outside [0, 1] or not a number. Source: Holm, Scandinavian Journal of Statistics 6
/// (1979).
[[nodiscard]] std::optional<std::vector<double>> holm_adjusted(std::span<const double> p_values);

}  // namespace mnist
