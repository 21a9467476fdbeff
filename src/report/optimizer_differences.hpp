// Whether optimizers really differ, in sentences. Only inside this room.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mnist/report/run_groups.hpp"

namespace mnist {

/// Several seeds: every pair by Welch's test of the last accuracies, p and interval adjusted alike for all
/// pairs that can be compared, so that they never disagree.
[[nodiscard]] std::vector<std::string> seed_differences(const std::vector<RunGroup>& groups);

/// One seed: what chance in the choice of the `samples` test images alone leaves open.
[[nodiscard]] std::vector<std::string> single_run_cautions(const std::vector<RunGroup>& groups,
                                                           std::uint64_t samples);

}  // namespace mnist
