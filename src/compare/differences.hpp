// Which recorded facts differ between two files: those that make it another machine, those that may explain a
// speed beside that, and those that forbid to pool. What a difference means for a comparison is in
// fairness.hpp. Private to this room.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"
#include "table.hpp"

namespace mnist {

[[nodiscard]] std::optional<std::string> fact(const Facts& facts, const std::string& key);

/// What the machine is and what limits it: CPU, cores, instructions, caches, memory within 1 %, a cgroup's
/// quota of fewer CPUs than can be used, governor, turbo. Files of other programs are told apart by host
/// name, CPUs, caches and a clock that differs by more than 5 %. A fact that a side does not have is no
/// difference, for older files have fewer, except the CPU model (nothing is known of a machine without) and
/// the quota (without one there is none).
[[nodiscard]] std::vector<FactDifference> fingerprint_differences(const Facts& base, const Facts& measured);

/// "auto" where nobody gave a number of threads.
inline constexpr const char* kThreadsChosen = "mnist.config.threads_chosen";

/// Whether --threads auto chose the teams of both, which is then part of what is compared and makes no other
/// machine.
[[nodiscard]] bool auto_chose_both(const Facts& base, const Facts& measured);

/// Adds the threads of the first rows that were measured with other numbers of them.
void add_threads_difference(std::vector<FactDifference>& differences, const std::vector<Match>& matches);

/// What else makes a speed: the build, the kernel and the system, microcode, any fact about the machine that
/// is not in the fingerprint. Only what both have.
[[nodiscard]] std::vector<FactDifference> other_differences(const Facts& base, const Facts& measured);

/// Which rows, and which steps of training, ran other primitives or other layouts than before: one difference
/// for all that changed alike, "primitives of Step/SGD/batch:64 and 11 more", with only what is not on both
/// sides. Only what both have.
[[nodiscard]] std::vector<FactDifference> primitive_differences(const Facts& base, const Facts& measured,
                                                                const std::vector<Match>& matches);

/// Keys of differences that are of the build.
[[nodiscard]] std::vector<std::string> build_differences(const std::vector<FactDifference>& differences);

/// What either was configured with, except which optimizers: rows and runs are matched by them.
[[nodiscard]] std::vector<std::string> configuration_keys(const Facts& base, const Facts& measured);

/// Facts that forbid to take two files as repetitions of one measurement: the fingerprint, the threads, the
/// build, and what was configured except the seeds.
[[nodiscard]] std::vector<FactDifference> pooling_obstacles(const Facts& base, const Facts& measured);

}  // namespace mnist
