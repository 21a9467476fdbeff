// Two sides that were both looked at could each have been stopped anywhere: their numbers multiply.
#include "looks.hpp"

#include <algorithm>
#include <cmath>

#include "mnist/core/parsed.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/stats/looks.hpp"

namespace mnist {

std::size_t planned_looks(const Measurements& side) {
    constexpr std::size_t kMost = 100;
    const auto found = side.facts.find(kPlannedLooks);
    if (found == side.facts.end()) return 1;
    return std::clamp<std::size_t>(parsed<std::size_t>(found->second).value_or(1), 1, kMost);
}

VerdictSettings at_level(const VerdictSettings& settings, std::size_t looks) {
    if (looks <= 1) return settings;
    constexpr double kBeyond = 10;  // resamples outside of the interval, on both sides together
    constexpr std::uint32_t kMost = 1'000'000;
    VerdictSettings level = settings;
    level.alpha = alpha_of_look(settings.alpha, looks);
    const double least = std::min<double>(kMost, std::ceil(kBeyond / level.alpha));
    level.resamples = std::max(settings.resamples, static_cast<std::uint32_t>(least));
    return level;
}

}  // namespace mnist
