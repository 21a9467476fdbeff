// Mann-Whitney by ranks of the joined sample. The exact distribution comes from its generating function,
//   sum over u of count(u) x^u = product for i = 1 ... n1 of (1 - x^(n2 + i)) / (1 - x^i),
// one factor after the other, cut off above the u asked for: coefficients below do not depend on those above.
// Counts are whole numbers in double: exact up to 2^53, to about 14 digits beyond.
#include "mnist/stats/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <numeric>
#include <utility>
#include <vector>

#include "checks.hpp"

namespace mnist {
namespace {

constexpr double kMostSteps = 1e6;

struct Ranking {
    double u = 0;     ///< of the first sample
    double ties = 0;  ///< sum of t^3 - t over the groups of equal values
};

Ranking rank(std::span<const double> first, std::span<const double> second) {
    std::vector<std::pair<double, bool>> joined;  // value, whether of the first sample
    joined.reserve(first.size() + second.size());
    for (const double x : first) joined.emplace_back(x, true);
    for (const double x : second) joined.emplace_back(x, false);
    std::sort(joined.begin(), joined.end());
    Ranking ranking;
    double seconds_below = 0;
    for (auto group = joined.cbegin(); group != joined.cend();) {
        const double value = group->first;
        const auto end = std::find_if(group, joined.cend(), [&](const auto& x) { return x.first != value; });
        const auto firsts =
            static_cast<double>(std::count_if(group, end, [](const auto& x) { return x.second; }));
        const auto size = static_cast<double>(end - group);
        const double seconds = size - firsts;
        ranking.u += firsts * (seconds_below + seconds / 2);
        ranking.ties += size * (size * size - 1);
        seconds_below += seconds;
        group = end;
    }
    return ranking;
}

/// P(U <= u) under the null hypothesis, for samples of `smaller` and `larger` values without ties.
double exact_tail(std::size_t smaller, std::size_t larger, std::size_t u) {
    std::vector<double> counts(u + 1, 0.0);
    counts[0] = 1;
    double orders = 1;  // (larger + smaller) over smaller
    for (std::size_t i = 1; i <= smaller; ++i) {
        for (std::size_t k = i; k <= u; ++k) counts[k] += counts[k - i];
        for (std::size_t k = u; k >= larger + i; --k) counts[k] -= counts[k - larger - i];
        orders *= static_cast<double>(larger + i) / static_cast<double>(i);
    }
    return std::accumulate(counts.begin(), counts.end(), 0.0) / orders;
}

/// Of u under the null hypothesis; 0 where all values are equal.
double variance_of_u(double n1, double n2, const Ranking& ranking) {
    const double n = n1 + n2;
    return std::max(0.0, n1 * n2 / 12 * ((n + 1) - ranking.ties / (n * (n - 1))));
}

double normal_p(double n1, double n2, const Ranking& ranking) {
    const double variance = variance_of_u(n1, n2, ranking);
    if (!(variance > 0)) return 1;
    const double z = (std::abs(ranking.u - n1 * n2 / 2) - 0.5) / std::sqrt(variance);
    return std::min(1.0, std::erfc(z / std::numbers::sqrt2));
}

}  // namespace

std::optional<MannWhitneyResult> mann_whitney_test(std::span<const double> first,
                                                   std::span<const double> second) {
    if (!is_finite_sample(first) || !is_finite_sample(second)) return std::nullopt;
    const Ranking ranking = rank(first, second);
    const auto n1 = static_cast<double>(first.size());
    const auto n2 = static_cast<double>(second.size());
    MannWhitneyResult result;
    result.u = ranking.u;
    result.exact = ranking.ties == 0 && std::min(n1, n2) * n1 * n2 <= kMostSteps;
    if (!result.exact) {
        result.p = normal_p(n1, n2, ranking);
        return result;
    }
    const auto tail = static_cast<std::size_t>(std::min(ranking.u, n1 * n2 - ranking.u));
    result.p = std::min(1.0, 2 * exact_tail(std::min(first.size(), second.size()),
                                            std::max(first.size(), second.size()), tail));
    return result;
}

double least_mann_whitney_p(std::size_t n1, std::size_t n2) {
    double p = 2;
    for (std::size_t i = 1; i <= std::min(n1, n2); ++i)
        p *= static_cast<double>(i) / static_cast<double>(std::max(n1, n2) + i);
    return std::min(1.0, p);
}

std::optional<StratifiedRankResult> stratified_rank_test(std::span<const SamplePair> pairs) {
    if (pairs.empty()) return std::nullopt;
    double deviation = 0;
    double variance = 0;
    for (const SamplePair& pair : pairs) {
        if (!is_finite_sample(pair.first) || !is_finite_sample(pair.second)) return std::nullopt;
        const Ranking ranking = rank(pair.first, pair.second);
        const auto n1 = static_cast<double>(pair.first.size());
        const auto n2 = static_cast<double>(pair.second.size());
        const double weight = 1 / (n1 + n2 + 1);
        deviation += weight * (ranking.u - n1 * n2 / 2);
        variance += weight * weight * variance_of_u(n1, n2, ranking);
    }
    StratifiedRankResult result;
    if (variance > 0) {
        result.z = deviation / std::sqrt(variance);
        result.p = std::erfc(std::abs(result.z) / std::numbers::sqrt2);
    }
    // Where the normal distribution is the coarsest, the exact one is at hand.
    if (pairs.size() == 1) result.p = mann_whitney_test(pairs.front().first, pairs.front().second)->p;
    return result;
}

}  // namespace mnist
