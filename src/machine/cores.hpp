// Which logical CPUs share a physical core, and the order in which a team of threads takes them. Hybrid
// machines need no rule of their own: a core without siblings is a core like any other, whatever its speed.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "mnist/machine/workers.hpp"

namespace mnist {

/// One logical CPU (hardware thread) and the physical core that it belongs to.
struct LogicalCpu {
    int os_index = 0;  ///< as the operating system numbers it
    int core = 0;      ///< counted from 0 over the CPUs that were asked about; siblings share it
    int node = 0;      ///< NUMA node of its memory
};

/// The CPUs `allowed` (OS indices) with their cores, by ROOT/sys/devices/system/cpu/cpuN/topology. Socket
/// after socket, by index within one, because neighbours there share caches. A CPU without such files is a
/// core of its own. Cost: two small files a CPU.
[[nodiscard]] std::vector<LogicalCpu> with_cores(const std::filesystem::path& root,
                                                 const std::vector<int>& allowed);

/// The order in which a team takes them: one CPU of every core first, then the second ones, and so on. A
/// quota of q CPUs keeps the first max(1, q rounded up): less would leave a part of it unused.
[[nodiscard]] std::vector<LogicalCpu> team_order(const std::vector<LogicalCpu>& cpus,
                                                 std::optional<double> cpu_quota);

/// The team of a process that may run on `allowed`, within the quota of its control groups, with the files in
/// `root`.
[[nodiscard]] UsableCpus usable_cpus(const std::filesystem::path& root, const std::vector<int>& allowed);

}  // namespace mnist
