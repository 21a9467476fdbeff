// What makes the figures of a run doubtful, each with what can be done about it. Pure, so that it can be
// tested on machines that have none of these troubles.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "reporters.hpp"

namespace mnist::bench {

struct Circumstances {
    std::optional<std::string> governor{};
    std::optional<double> quota{};  ///< CPUs, where copies of a training may share one
    std::size_t usable_cpus = 1;
    std::size_t most_threads = 1;
    std::string build_type{};  ///< of this program
    bool synthetic = false;
};

[[nodiscard]] std::vector<std::string> warnings(const Circumstances& circumstances);

/// What was wrong with repetitions when all are measured: how many were disturbed, and by what at worst; how
/// many were faster than the peak that they are compared with.
[[nodiscard]] std::vector<std::string> doubts(const std::vector<std::vector<Run>>& groups);

}  // namespace mnist::bench
