// Welch's test by the book. It serves accuracies over seeds; times, whose noise is skewed, have rank_test.cpp
// and bootstrap.cpp.
#include "mnist/stats/hypothesis.hpp"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "mnist/stats/summary.hpp"

namespace mnist {

std::optional<WelchResult> welch_test(std::span<const double> first, std::span<const double> second,
                                      double confidence) {
    const std::optional<Summary> a = summarise(first);
    const std::optional<Summary> b = summarise(second);
    if (!a || !b || !a->standard_deviation || !b->standard_deviation) return std::nullopt;
    const auto n1 = static_cast<double>(a->n);
    const auto n2 = static_cast<double>(b->n);
    const double v1 = *a->standard_deviation * *a->standard_deviation / n1;
    const double v2 = *b->standard_deviation * *b->standard_deviation / n2;
    const double variance = v1 + v2;
    if (!(variance > 0)) return std::nullopt;

    WelchResult result;
    // In shares of the variance, so that tiny variances do not underflow when squared.
    const double share1 = v1 / variance;
    const double share2 = v2 / variance;
    result.degrees_of_freedom = 1 / (share1 * share1 / (n1 - 1) + share2 * share2 / (n2 - 1));
    const std::optional<double> quantile =
        confidence < 1 ? student_t_quantile(1 - (1 - confidence) / 2, result.degrees_of_freedom)
                       : std::nullopt;
    if (!quantile || !(confidence > 0)) return std::nullopt;
    const double standard_error = std::sqrt(variance);
    result.difference = a->mean - b->mean;
    result.interval = {result.difference - *quantile * standard_error,
                       result.difference + *quantile * standard_error};
    result.t = result.difference / standard_error;
    const boost::math::students_t distribution(result.degrees_of_freedom);
    result.p = 2 * boost::math::cdf(boost::math::complement(distribution, std::abs(result.t)));
    return result;
}

}  // namespace mnist
