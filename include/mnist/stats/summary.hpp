// Summary of a small sample: where it lies and how far it spreads. Pure functions; what is undefined is
// std::nullopt, never 0, so that a missing figure can never pass for a measured one.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace mnist {

struct Summary {
    std::size_t n = 0;
    double mean = 0;
    /// sqrt(sum((x - mean)^2) / (n - 1)); empty where n is 1.
    std::optional<double> standard_deviation;
    double median = 0;
    double min = 0;
    double max = 0;
};

/// Mean = sum(x) / n; sample standard deviation with Bessel's correction, in two passes (the second over x -
/// mean, so that close values far from 0 lose no digits); median as in median(). Undefined (empty): no
/// values, or a value that is not finite. Cost: one copy for the median. Source: NIST/SEMATECH e-Handbook of
/// Statistical Methods, 1.3.5.1 and 1.3.5.6.
[[nodiscard]] std::optional<Summary> summarise(std::span<const double> values);

/// Middle value of the ordered sample; with an even n the mean of the two middle ones.
/// Undefined (empty): no values, or a value that is not finite. Cost: one copy, linear on average.
[[nodiscard]] std::optional<double> median(std::span<const double> values);

/// Geometric mean exp(sum(log x) / n), never outside the range of the values: the middle of ratios, where 2
/// and 1/2 cancel. Undefined (empty): no values, or one that is not positive or not finite; a single 0 would
/// make the whole mean 0 whatever the rest is. Cost: one logarithm a value. Source: Fleming and Wallace, "How
/// not to lie with statistics", Communications of the ACM 29 (1986).
[[nodiscard]] std::optional<double> geometric_mean(std::span<const double> values);

}  // namespace mnist
