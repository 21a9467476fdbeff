// What machine this is, as far as it matters to a measurement. hwloc for the size of the machine; /proc, /sys
// and cgroup files for the rest. What of it computes is in workers.hpp.
#pragma once

#include <string>

#include "mnist/core/facts.hpp"

namespace mnist {

/// Facts about this machine and about what this process may use of it. Never throws for what cannot be read:
/// that stays empty. memory_bytes is the lesser of what is installed and what the control groups allow. What
/// is usable is that of usable_cpus(): call this before the calling thread is pinned. Cost: some milliseconds
/// (hwloc discovery).
[[nodiscard]] MachineFacts machine_facts();

/// Facts about this binary and the libraries it really runs with.
[[nodiscard]] BuildFacts build_facts();

/// Host name, the default label of a result.
[[nodiscard]] std::string host_name();

}  // namespace mnist
