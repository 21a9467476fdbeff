// The rank test turned round. Its p depends on the sizes and on U alone, so it is asked about ranks that have
// no ties, whatever the samples have.
#include <algorithm>
#include <cmath>
#include <vector>

#include "checks.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "mnist/stats/rank_test.hpp"

namespace mnist {
namespace {

/// p of samples of n1 and n2 different values in which u pairs have the first as the larger.
double p_of_u(std::size_t n1, std::size_t n2, std::size_t u) {
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t j = 1; j <= n2; ++j) second.push_back(static_cast<double>(j));
    for (std::size_t i = 0; i < n1; ++i) {
        const std::size_t below = std::min(n2, u);  // values of the second sample
        u -= below;
        const double offset = 0.5 + static_cast<double>(i) / static_cast<double>(4 * n1);
        first.push_back(static_cast<double>(below) + offset);
    }
    return mann_whitney_test(first, second).value().p;
}

}  // namespace

std::optional<Interval> rank_test_interval(std::span<const double> first, std::span<const double> second,
                                           double confidence) {
    if (!is_finite_sample(first) || !is_finite_sample(second) || !is_share(confidence)) return std::nullopt;
    const std::size_t pairs = first.size() * second.size();
    constexpr std::size_t kMostPairs = 10'000;
    if (pairs > kMostPairs) return hodges_lehmann_interval(first, second, confidence);
    std::size_t k = 0;
    while (2 * k < pairs && p_of_u(first.size(), second.size(), k) <= 1 - confidence) ++k;
    if (k == 0) return std::nullopt;
    std::vector<double> differences;
    differences.reserve(pairs);
    for (const double x : first)
        for (const double y : second) differences.push_back(x - y);
    std::sort(differences.begin(), differences.end());
    const Interval interval{differences[k - 1], differences[pairs - k]};
    if (!std::isfinite(interval.lower) || !std::isfinite(interval.upper)) return std::nullopt;
    return interval;
}

}  // namespace mnist
