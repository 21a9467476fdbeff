// One sentence each: what is the matter, and what it does to the figures.
#include "warnings.hpp"

#include <fmt/format.h>

#include "mnist/core/disturbance.hpp"
#include "session.hpp"

namespace mnist::bench {
namespace {

Disturbance disturbance_of(const Run& run) {
    Disturbance facts;
    for (const DisturbanceFact& fact : kDisturbanceFacts) {
        const auto found = run.counters.find(fact.key);
        if (found != run.counters.end()) facts.*fact.value = found->second.value;
    }
    return facts;
}

}  // namespace

std::vector<std::string> doubts(const std::vector<std::vector<Run>>& groups) {
    std::size_t all = 0;
    std::size_t disturbed = 0;
    std::size_t beyond_peak = 0;
    Disturbance worst;
    for (const std::vector<Run>& group : groups) {
        for (const Run& run : group) {
            if (run.run_type == Run::RT_Aggregate || has_error(run)) continue;
            ++all;
            if (run.counters.contains("peak_gflops") && !run.counters.contains("peak_fraction"))
                ++beyond_peak;
            if (!run.counters.contains(kDisturbed)) continue;
            ++disturbed;
            worst = worst_of(worst, disturbance_of(run));
        }
    }
    std::vector<std::string> found;
    if (const auto reason = disturbed_by(worst))
        found.push_back(fmt::format(
            "disturbed repetitions: {} of {} (at worst, {}). Measure those with disturbed=1 again "
            "when nothing else runs",
            disturbed, all, *reason));
    if (beyond_peak > 0)
        found.push_back(
            fmt::format("repetitions faster than the multiply-add peak in its best measurement, so without a "
                        "share of it: {} of {}. Measure again when nothing else runs",
                        beyond_peak, all));
    return found;
}

}  // namespace mnist::bench
