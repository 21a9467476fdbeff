// Order statistics of all pairwise differences without the pairs. With both samples in ascending order the
// differences up to some value are counted in one walk; the value is found by bisection over the doubles
// themselves, taken as whole numbers in their order: exact, at most 64 walks whatever the magnitudes, and
// ties cannot stop it.
#include "mnist/stats/hodges_lehmann.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

#include "checks.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

using Ordered = std::vector<double>;  // ascending

Ordered ordered(std::span<const double> values) {
    Ordered sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

/// A whole number in the order of the doubles (negative ones count downwards in their bits); its own inverse.
std::int64_t mirrored(std::int64_t bits) {
    return bits < 0 ? std::numeric_limits<std::int64_t>::min() - bits : bits;
}
std::int64_t position_of(double value) {
    return mirrored(std::bit_cast<std::int64_t>(value));
}
double value_at(std::int64_t position) {
    return std::bit_cast<double>(mirrored(position));
}

/// Number of pairs with first_i - second_j <= value. Rounding keeps the order, so the walk is exact.
std::size_t pairs_up_to(double value, const Ordered& first, const Ordered& second) {
    std::size_t pairs = 0;
    std::size_t j = 0;
    for (const double x : first) {
        while (j < second.size() && x - second[j] > value) ++j;
        if (j == second.size()) break;
        pairs += second.size() - j;
    }
    return pairs;
}

/// The difference of rank `rank`, from 1, among all pairs.
double difference_of_rank(std::size_t rank, const Ordered& first, const Ordered& second) {
    std::int64_t low = position_of(first.front() - second.back());
    std::int64_t high = position_of(first.back() - second.front());
    while (low < high) {
        const std::int64_t middle = std::midpoint(low, high);  // rounds towards low
        if (pairs_up_to(value_at(middle), first, second) >= rank) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return value_at(low);
}

double median_difference(const Ordered& first, const Ordered& second) {
    const std::size_t pairs = first.size() * second.size();
    const double lower = difference_of_rank((pairs + 1) / 2, first, second);
    if (pairs % 2 == 1 || pairs_up_to(lower, first, second) > pairs / 2) return lower;
    return std::midpoint(lower, difference_of_rank(pairs / 2 + 1, first, second));
}

/// The same pairs with the sides exchanged: (-second_j) - (-first_i) is first_i - second_j to the last bit.
Ordered negated(const Ordered& values) {
    Ordered result(values.rbegin(), values.rend());
    for (double& x : result) x = -x;
    return result;
}

/// var(P) / n, with P_i the share of pairs (i, j) whose difference exceeds `shift`, ties half.
double placement_variance(const Ordered& first, const Ordered& second, double shift) {
    std::vector<double> shares;
    shares.reserve(first.size());
    for (const double x : first) {
        const auto equal =
            std::partition_point(second.begin(), second.end(), [&](double y) { return x - y > shift; });
        const auto less = std::partition_point(equal, second.end(), [&](double y) { return x - y >= shift; });
        const auto twice = static_cast<double>((equal - second.begin()) + (less - second.begin()));
        shares.push_back(twice / (2 * static_cast<double>(second.size())));
    }
    const double deviation = summarise(shares).value().standard_deviation.value();
    return deviation * deviation / static_cast<double>(first.size());
}

std::optional<double> finite(double value) {
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<double> hodges_lehmann_shift(std::span<const double> first, std::span<const double> second) {
    if (!is_finite_sample(first) || !is_finite_sample(second)) return std::nullopt;
    return finite(median_difference(ordered(first), ordered(second)));
}

std::optional<double> hodges_lehmann_ratio(std::span<const double> base, std::span<const double> new_values) {
    if (!is_positive_sample(base) || !is_positive_sample(new_values)) return std::nullopt;
    const double ratio =
        std::exp(median_difference(ordered_logarithms(base), ordered_logarithms(new_values)));
    return ratio > 0 ? finite(ratio) : std::nullopt;
}

std::optional<Interval> hodges_lehmann_interval(std::span<const double> first, std::span<const double> second,
                                                double confidence) {
    if (!is_finite_sample(first) || !is_finite_sample(second) || !is_share(confidence)) return std::nullopt;
    if (first.size() < 2 || second.size() < 2) return std::nullopt;
    const Ordered a = ordered(first);
    const Ordered b = ordered(second);
    const double shift = median_difference(a, b);
    if (!std::isfinite(shift)) return std::nullopt;
    const double v1 = placement_variance(a, b, shift);
    const double v2 = placement_variance(negated(b), negated(a), shift);
    const double variance = v1 + v2;
    if (!(variance > 0)) return Interval{shift, shift};  // all differences are equal
    const double share1 = v1 / variance;
    const double share2 = v2 / variance;
    const double degrees_of_freedom = 1 / (share1 * share1 / static_cast<double>(a.size() - 1) +
                                           share2 * share2 / static_cast<double>(b.size() - 1));
    const std::optional<double> t = student_t_quantile(upper_probability(confidence), degrees_of_freedom);
    if (!t) return std::nullopt;
    const std::size_t pairs = a.size() * b.size();
    const double rank = std::floor(static_cast<double>(pairs) * (0.5 - *t * std::sqrt(variance)));
    const std::size_t k = rank > 1 ? static_cast<std::size_t>(rank) : 1;
    const Interval interval{difference_of_rank(k, a, b), difference_of_rank(pairs + 1 - k, a, b)};
    if (!finite(interval.lower) || !finite(interval.upper)) return std::nullopt;
    return interval;
}

}  // namespace mnist
