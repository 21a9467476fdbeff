// What machine this is, as far as it matters to a measurement. hwloc for the topology; /proc, /sys and cgroup
// files for the rest.
#pragma once

#include <string>
#include <vector>

#include "mnist/core/facts.hpp"

namespace mnist {

/// Facts about this machine and about what this process may use of it. Never throws for what cannot be read:
/// that stays empty. memory_bytes is the lesser of what is installed and what the control groups allow. What
/// is usable follows the affinity mask of the calling thread, so call this (and usable_cpus) before that
/// thread is pinned. Cost: some milliseconds (hwloc discovery).
[[nodiscard]] MachineFacts machine_facts();

/// Facts about this binary and the libraries it really runs with.
[[nodiscard]] BuildFacts build_facts();

/// Logical CPUs (OS indices) for a team of threads: those that this process may use, one of every physical
/// core first, then their siblings. A cgroup quota of q cores shortens the list to max(1, round(q)) where q
/// is less.
[[nodiscard]] std::vector<int> usable_cpus();

/// Host name, the default label of a result.
[[nodiscard]] std::string host_name();

}  // namespace mnist
