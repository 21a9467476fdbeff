// The pairs of a resample are the pairs of the samples, each counted weight times weight, so they are put in
// order once, and the median of any resample is a walk over half of them: no gathering, no selection. Many
// resamples are walked side by side, which the compiler does in vectors.
#include "ordered_pairs.hpp"

#include <algorithm>
#include <numeric>

namespace mnist {

OrderedPairs::OrderedPairs(std::span<const double> first, std::span<const double> second) {
    pairs_.reserve(first.size() * second.size());
    for (std::uint32_t i = 0; i < first.size(); ++i) {
        for (std::uint32_t j = 0; j < second.size(); ++j) pairs_.push_back({first[i] - second[j], i, j});
    }
    std::sort(pairs_.begin(), pairs_.end(),
              [](const Pair& a, const Pair& b) { return a.difference < b.difference; });
}

double OrderedPairs::median(const Weights& first, const Weights& second) const {
    const auto weight = [&](const Pair& pair) { return first[pair.i] * second[pair.j]; };
    const std::uint32_t total =
        std::accumulate(first.begin(), first.end(), 0U) * std::accumulate(second.begin(), second.end(), 0U);
    auto pair = pairs_.begin();
    std::uint32_t seen = weight(*pair);
    while (seen < (total + 1) / 2) seen += weight(*++pair);
    const double middle = pair->difference;
    if (total % 2 == 1 || seen > total / 2) return middle;
    do {
        ++pair;
    } while (weight(*pair) == 0);
    return std::midpoint(middle, pair->difference);
}

std::array<double, kLanes> OrderedPairs::medians(const std::int16_t* weights, std::size_t firsts,
                                                 std::size_t total) const {
    using Lanes = std::array<std::int16_t, kLanes>;
    const auto half = static_cast<std::int16_t>((total + 1) / 2);
    const auto beyond = static_cast<std::int16_t>(total / 2 + 1);
    Lanes seen{};
    Lanes lower{};  // places of the pairs in the middle: how many pairs are before them
    Lanes upper{};
    for (std::size_t at = 0; at < pairs_.size(); ++at) {
        const std::int16_t* const one = weights + pairs_[at].i * kLanes;
        const std::int16_t* const other = weights + (firsts + pairs_[at].j) * kLanes;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            seen[lane] = static_cast<std::int16_t>(seen[lane] + one[lane] * other[lane]);
            lower[lane] = static_cast<std::int16_t>(lower[lane] + (seen[lane] < half));
            upper[lane] = static_cast<std::int16_t>(upper[lane] + (seen[lane] < beyond));
        }
        if (at % kLanes == 0 && *std::min_element(seen.begin(), seen.end()) >= beyond) break;
    }
    std::array<double, kLanes> found{};
    const auto difference = [&](std::int16_t place) {
        return pairs_[static_cast<std::size_t>(place)].difference;
    };
    for (std::size_t lane = 0; lane < kLanes; ++lane)
        found[lane] = std::midpoint(difference(lower[lane]), difference(upper[lane]));
    return found;
}

}  // namespace mnist
