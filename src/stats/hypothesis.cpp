// Welch's test and Holm's adjustment. Rank tests and bootstraps are not here: they serve the comparison of
// throughputs.
#include "mnist/stats/hypothesis.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <numeric>

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

std::optional<std::vector<double>> holm_adjusted(std::span<const double> p_values) {
    if (!std::all_of(p_values.begin(), p_values.end(), [](double p) { return p >= 0 && p <= 1; }))
        return std::nullopt;
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t i, std::size_t j) { return p_values[i] < p_values[j]; });
    std::vector<double> adjusted(p_values.size());
    double greatest = 0;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const auto remaining = static_cast<double>(order.size() - rank);
        greatest = std::max(greatest, std::min(1.0, remaining * p_values[order[rank]]));
        adjusted[order[rank]] = greatest;
    }
    return adjusted;
}

}  // namespace mnist
