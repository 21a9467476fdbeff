// Intervals on top of Boost.Math's distributions. Arguments are checked before Boost sees them, so that
// nothing is thrown.
#include "mnist/stats/intervals.hpp"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <vector>

#include "checks.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {

std::optional<double> student_t_quantile(double probability, double degrees_of_freedom) {
    if (!is_share(probability) || !std::isfinite(degrees_of_freedom) || degrees_of_freedom <= 0)
        return std::nullopt;
    return boost::math::quantile(boost::math::students_t(degrees_of_freedom), probability);
}

std::optional<Interval> mean_interval(std::span<const double> values, double confidence) {
    if (!is_share(confidence)) return std::nullopt;
    const std::optional<Summary> summary = summarise(values);
    if (!summary || !summary->standard_deviation) return std::nullopt;
    const auto n = static_cast<double>(summary->n);
    const std::optional<double> t = student_t_quantile(upper_probability(confidence), n - 1);
    if (!t) return std::nullopt;
    const double half = *t * *summary->standard_deviation / std::sqrt(n);
    return Interval{summary->mean - half, summary->mean + half};
}

std::optional<Interval> median_interval(std::span<const double> values, double confidence) {
    constexpr std::size_t kMostValues = 1000;
    const std::size_t n = values.size();
    if (!is_share(confidence) || n == 0 || n > kMostValues || !summarise(values)) return std::nullopt;
    std::size_t k = 0;
    double weight = std::ldexp(1.0, -static_cast<int>(n));  // P(Binomial(n, 1/2) = k)
    double outside = 2 * weight;                            // 2 P(Binomial(n, 1/2) <= k)
    while (outside <= 1 - confidence) {
        ++k;
        weight *= static_cast<double>(n - k + 1) / static_cast<double>(k);
        outside += 2 * weight;
    }
    if (k == 0) return std::nullopt;
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return Interval{sorted[k - 1], sorted[n - k]};
}

std::optional<Interval> wilson_interval(std::uint64_t successes, std::uint64_t trials, double confidence) {
    if (!is_share(confidence) || trials == 0 || successes > trials) return std::nullopt;
    const double z = boost::math::quantile(boost::math::normal(), upper_probability(confidence));
    const auto n = static_cast<double>(trials);
    const double p = static_cast<double>(successes) / n;
    const double centre = p + z * z / (2 * n);
    const double half = z * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    const double scale = 1 + z * z / n;
    Interval interval{std::max(0.0, (centre - half) / scale), std::min(1.0, (centre + half) / scale)};
    // At the ends the formula gives exactly 0 and 1; rounding must not leave a hair beside them.
    if (successes == 0) interval.lower = 0;
    if (successes == trials) interval.upper = 1;
    return interval;
}

std::optional<Interval> independent_proportions_interval(std::uint64_t first_successes,
                                                         std::uint64_t first_trials,
                                                         std::uint64_t second_successes,
                                                         std::uint64_t second_trials, double confidence) {
    const std::optional<Interval> first = wilson_interval(first_successes, first_trials, confidence);
    const std::optional<Interval> second = wilson_interval(second_successes, second_trials, confidence);
    if (!first || !second) return std::nullopt;
    const double p1 = static_cast<double>(first_successes) / static_cast<double>(first_trials);
    const double p2 = static_cast<double>(second_successes) / static_cast<double>(second_trials);
    return Interval{p1 - p2 - std::hypot(p1 - first->lower, second->upper - p2),
                    p1 - p2 + std::hypot(first->upper - p1, p2 - second->lower)};
}

}  // namespace mnist
