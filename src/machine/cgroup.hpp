// Limits that control groups put on this process: what a container or a batch system allows, less than the
// machine has.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace mnist {

struct CgroupLimits {
    std::optional<double> cpu_quota;  ///< cores, e.g. 1.5; empty without a limit
    double cpu_period_s = 0.1;        ///< in which the quota is used up and given anew; only with a limit
    std::optional<std::uint64_t> memory_bytes;  ///< empty without a limit
};

/// The least limit of every group from the process's own up to the mounted root, over cgroup v1 and v2 (a
/// machine may use both). Groups come from ROOT/proc/self/cgroup, mount points from ROOT/proc/self/mountinfo.
/// Never throws for what cannot be read.
[[nodiscard]] CgroupLimits cgroup_limits(const std::filesystem::path& root);

/// The files cpu.stat of the groups that cgroup_limits() takes the quota from, those that count how long
/// threads stood still because it was used up.
[[nodiscard]] std::vector<std::filesystem::path> throttling_files(const std::filesystem::path& root);

/// That time by now, in seconds of CPUs: v2's throttled_usec, v1's throttled_time. Empty where there is no
/// such file. Cost: some small files.
[[nodiscard]] std::optional<double> throttled_s(const std::vector<std::filesystem::path>& files);

}  // namespace mnist
