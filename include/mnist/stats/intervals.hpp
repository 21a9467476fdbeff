// Confidence intervals of a mean, of a proportion and of a difference of proportions. Pure functions;
// undefined is std::nullopt. `confidence` is a share, 0.95 by default; outside (0, 1) every interval is
// undefined.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace mnist {

struct Interval {
    double lower = 0;
    double upper = 0;
    [[nodiscard]] bool contains(double value) const noexcept { return lower <= value && value <= upper; }
};

/// Inverse of Student's t distribution function: the t below which a share `probability` lies.
/// `degrees_of_freedom` need not be whole. Undefined: probability outside (0, 1), degrees of freedom not
/// positive or not finite.
[[nodiscard]] std::optional<double> student_t_quantile(double probability, double degrees_of_freedom);

/// Student's interval of a mean: mean +- t(1 - (1 - confidence) / 2, n - 1) * s / sqrt(n).
/// Undefined: fewer than two values, or a value that is not finite.
/// Source: Student, "The probable error of a mean", Biometrika 6 (1908).
[[nodiscard]] std::optional<Interval> mean_interval(std::span<const double> values, double confidence = 0.95);

/// Interval of a median without assuming a shape of the noise: between the k-th smallest and the k-th
/// greatest value, with the greatest k for which the median of the whole population lies outside with a
/// chance of at most 1 - confidence, 2 P(Binomial(n, 1/2) < k). So it covers at least the confidence; with 10
/// values and 95 % it lies between the second and the ninth and covers 97.9 %. Undefined: so few values
/// (below 6 for 95 %) that even their whole range does not cover it, more than 1,000 (their weights would
/// leave the range of double), or a value that is not finite. Cost: a sorted copy. Source: Conover,
/// "Practical Nonparametric Statistics" (3rd edition, 1999), 3.2.
[[nodiscard]] std::optional<Interval> median_interval(std::span<const double> values,
                                                      double confidence = 0.95);

/// Wilson's score interval of a binomial proportion, as shares in [0, 1]; with z the normal quantile and p =
/// successes / trials:
///   (p + z^2 / 2n +- z sqrt(p (1 - p) / n + z^2 / 4n^2)) / (1 + z^2 / n)
/// It stays inside [0, 1] and does not shrink to a point at 0 or n successes, as the textbook p +- z sqrt(p
/// (1 - p) / n) does. Undefined: no trials, or more successes than trials. Source: Wilson, JASA 22 (1927).
[[nodiscard]] std::optional<Interval> wilson_interval(std::uint64_t successes, std::uint64_t trials,
                                                      double confidence = 0.95);

/// Difference of two proportions, first minus second, as if the two samples were independent: Newcombe's
/// hybrid of the two Wilson intervals (l1, u1) and (l2, u2),
///   d - sqrt((p1 - l1)^2 + (u2 - p2)^2)  to  d + sqrt((u1 - p1)^2 + (p2 - l2)^2).
/// Two classifiers on the same test set tend to fail on the same samples; their accuracies then vary together
/// and the true interval is narrower. So this one is conservative there: what it excludes is excluded by the
/// paired interval too. Undefined: where either Wilson interval is. Source: Newcombe, "Interval estimation
/// for the difference between independent proportions", Statistics in Medicine 17 (1998), method 10.
[[nodiscard]] std::optional<Interval> independent_proportions_interval(std::uint64_t first_successes,
                                                                       std::uint64_t first_trials,
                                                                       std::uint64_t second_successes,
                                                                       std::uint64_t second_trials,
                                                                       double confidence = 0.95);

}  // namespace mnist
