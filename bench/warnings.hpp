// What made the figures of a run doubtful while it was measured. Pure, so that it can be tested on machines
// that have none of these troubles.
#pragma once

#include <string>
#include <vector>

#include "reporters.hpp"

namespace mnist::bench {

/// What was wrong with repetitions when all are measured: how many were disturbed, and by what at worst; how
/// many were faster than the peak that they are compared with.
[[nodiscard]] std::vector<std::string> doubts(const std::vector<std::vector<Run>>& groups);

}  // namespace mnist::bench
