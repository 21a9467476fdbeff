// What hwloc knows about the machine's shape, and the order in which a team of threads takes its CPUs.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/facts.hpp"

struct hwloc_topology;

namespace mnist {

/// One logical CPU (hardware thread) and the physical core that it belongs to.
struct LogicalCpu {
    int os_index = 0;  ///< as the operating system numbers it
    int core = 0;      ///< counted from 0 over the machine; siblings share it
};

/// Shape of the whole machine, whether this process may use all of it or not. Where a level is not reported,
/// it is empty.
struct Topology {
    std::optional<int> sockets;
    std::optional<int> physical_cores;
    std::optional<int> hardware_threads;
    std::optional<int> numa_nodes;
    std::vector<CacheFacts> caches;  ///< nearest first
    std::vector<LogicalCpu> cpus;    ///< in hwloc's logical order: neighbours share caches
};

/// This machine, or, for a description in hwloc's synthetic syntax ("pack:2 core:4 pu:2"), an imagined one.
/// All levels stay empty where hwloc fails. Cost: some milliseconds.
[[nodiscard]] Topology discover_topology(const std::optional<std::string>& synthetic = std::nullopt);

/// The CPUs of `allowed` in the order in which a team takes them: one of every physical core first, then the
/// second ones, and so on. A CPU that the topology does not know counts as a core of its own. A quota of q
/// cores keeps the first max(1, round(q)).
[[nodiscard]] std::vector<LogicalCpu> team_order(const Topology& topology, const std::vector<int>& allowed,
                                                 std::optional<double> cpu_quota);

/// How many physical cores the CPUs belong to.
[[nodiscard]] int distinct_cores(const std::vector<LogicalCpu>& cpus);

}  // namespace mnist
