// Limits that control groups put on this process: what a container or a batch system allows, less than the
// machine has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mnist {

struct CgroupLimits {
    std::optional<double> cpu_quota;            ///< cores, e.g. 1.5; empty without a limit
    std::optional<std::uint64_t> memory_bytes;  ///< empty without a limit
};

/// The least limit of every group from the process's own up to the mounted root, over cgroup v1 and v2 (a
/// machine may use both). Groups come from ROOT/proc/self/cgroup, mount points from ROOT/proc/self/mountinfo.
/// Never throws for what cannot be read.
[[nodiscard]] CgroupLimits cgroup_limits(const std::filesystem::path& root);

}  // namespace mnist
