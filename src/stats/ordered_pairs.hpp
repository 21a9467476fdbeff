// The differences of all pairs of two samples, in order. Only inside this room.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mnist/stats/bootstrap.hpp"

namespace mnist {

constexpr std::size_t kLanes = 32;  // resamples side by side

using Weights = std::vector<std::uint32_t>;

class OrderedPairs {
  public:
    OrderedPairs(std::span<const double> first, std::span<const double> second);

    /// Median of the differences, each counted first[i] * second[j] times. Precondition: some weight on both.
    [[nodiscard]] double median(const Weights& first, const Weights& second) const;

    /// The same of kLanes resamples, each of weights that add up to `total` over all pairs: kLanes counts a
    /// value, those of the `firsts` first values before those of the others. Precondition: total <=
    /// kMostResampledPairs, so that no count overflows.
    [[nodiscard]] std::array<double, kLanes> medians(const std::int16_t* weights, std::size_t firsts,
                                                     std::size_t total) const;

  private:
    struct Pair {
        double difference;
        std::uint32_t i;
        std::uint32_t j;
    };
    std::vector<Pair> pairs_;
};

}  // namespace mnist
