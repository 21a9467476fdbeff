// Pairs are counted by merging, for a hostile file has hundreds of thousands of repetitions. The exact
// distribution is that of inversions in a random order, by their generating function
//   product for k = 1 ... n of (1 + x + ... + x^(k - 1)),
// cut off above the number asked for.
#include "mnist/stats/trend.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <vector>

#include "checks.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostExact = 100;  // 100! is still a double

/// Sorts the values and counts the pairs whose later value was smaller.
double sort_counting_falls(std::span<double> values) {
    if (values.size() < 2) return 0;
    const std::span<double> early = values.first(values.size() / 2);
    const std::span<double> late = values.subspan(early.size());
    double falls = sort_counting_falls(early) + sort_counting_falls(late);
    auto greater = early.begin();
    for (const double value : late) {
        greater = std::upper_bound(greater, early.end(), value);
        falls += static_cast<double>(early.end() - greater);
    }
    std::inplace_merge(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(early.size()),
                       values.end());
    return falls;
}

struct Ties {
    double pairs = 0;
    double variance = 0;  ///< sum of t (t - 1) (2 t + 5)
};

Ties ties_of(const std::vector<double>& sorted) {
    Ties ties;
    for (auto group = sorted.begin(); group != sorted.end();) {
        const auto end = std::upper_bound(group, sorted.end(), *group);
        const auto size = static_cast<double>(end - group);
        ties.pairs += size * (size - 1) / 2;
        ties.variance += size * (size - 1) * (2 * size + 5);
        group = end;
    }
    return ties;
}

/// P(at most `falls` inversions) in a random order of n different values.
double exact_tail(std::size_t n, std::size_t falls) {
    std::vector<double> counts(falls + 1, 0.0);
    counts[0] = 1;
    double orders = 1;
    for (std::size_t k = 2; k <= n; ++k) {
        for (std::size_t i = 1; i <= falls; ++i) counts[i] += counts[i - 1];
        for (std::size_t i = falls; i >= k; --i) counts[i] -= counts[i - k];
        orders *= static_cast<double>(k);
    }
    return std::accumulate(counts.begin(), counts.end(), 0.0) / orders;
}

}  // namespace

std::optional<TrendResult> mann_kendall_test(std::span<const double> values) {
    if (values.size() < 3 || !is_finite_sample(values)) return std::nullopt;
    std::vector<double> sorted(values.begin(), values.end());
    const double falls = sort_counting_falls(sorted);
    const Ties ties = ties_of(sorted);
    const auto n = static_cast<double>(values.size());
    const double pairs = n * (n - 1) / 2;
    const double rises = pairs - ties.pairs - falls;
    TrendResult result;
    result.tau = (rises - falls) / pairs;
    result.exact = ties.pairs == 0 && values.size() <= kMostExact;
    if (result.exact) {
        const auto least = static_cast<std::size_t>(std::min(rises, falls));
        result.p = std::min(1.0, 2 * exact_tail(values.size(), least));
        return result;
    }
    const double variance = (n * (n - 1) * (2 * n + 5) - ties.variance) / 18;
    if (!(variance > 0)) return result;
    const double z = (std::abs(rises - falls) - 1) / std::sqrt(variance);
    result.p = std::min(1.0, std::erfc(z / std::numbers::sqrt2));
    return result;
}

}  // namespace mnist
