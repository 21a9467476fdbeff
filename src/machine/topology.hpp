// What hwloc knows about the machine's shape.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/core/facts.hpp"

namespace mnist {

/// Shape of the whole machine, whether this process may use all of it or not. Where a level is not reported,
/// it is empty.
struct Topology {
    std::optional<int> sockets;
    std::optional<int> physical_cores;
    std::optional<int> hardware_threads;
    std::optional<int> numa_nodes;
    std::vector<CacheFacts> caches;  ///< nearest first
};

/// This machine, or, for a description in hwloc's synthetic syntax ("pack:2 core:4 pu:2"), an imagined one.
/// All levels stay empty where hwloc fails. Cost: some milliseconds.
[[nodiscard]] Topology discover_topology(const std::optional<std::string>& synthetic = std::nullopt);

}  // namespace mnist
