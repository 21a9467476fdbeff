// hwloc is asked once and its tree copied into plain values. Disallowed CPUs are included, because a result
// states the machine's size beside what the process may use of it. Left out: kinds of cores (performance and
// efficiency cores count alike).
#include "topology.hpp"

#include <hwloc.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

namespace mnist {
namespace {

struct DestroyTopology {
    void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using TopologyHandle = std::unique_ptr<hwloc_topology, DestroyTopology>;

/// Null where hwloc fails.
TopologyHandle load(const std::optional<std::string>& synthetic) {
    hwloc_topology_t raw = nullptr;
    if (hwloc_topology_init(&raw) != 0) return nullptr;
    TopologyHandle topology(raw);
    hwloc_topology_set_flags(raw, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
    hwloc_topology_set_icache_types_filter(raw, HWLOC_TYPE_FILTER_KEEP_ALL);
    if (synthetic && hwloc_topology_set_synthetic(raw, synthetic->c_str()) != 0) return nullptr;
    return hwloc_topology_load(raw) == 0 ? std::move(topology) : nullptr;
}

std::optional<int> count(hwloc_topology_t topology, hwloc_obj_type_t type) {
    const int objects = hwloc_get_nbobjs_by_type(topology, type);
    return objects > 0 ? std::optional(objects) : std::nullopt;
}

std::string cache_type_name(hwloc_obj_cache_type_t type) {
    switch (type) {
        case HWLOC_OBJ_CACHE_DATA:
            return "data";
        case HWLOC_OBJ_CACHE_INSTRUCTION:
            return "instruction";
        case HWLOC_OBJ_CACHE_UNIFIED:
            return "unified";
    }
    return "";
}

/// Caches of equal level, type and size are one entry, so that hybrid machines list both of their sizes.
std::vector<CacheFacts> caches(hwloc_topology_t topology) {
    std::vector<CacheFacts> facts;
    for (const hwloc_obj_type_t type :
         {HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE, HWLOC_OBJ_L3CACHE,
          HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE}) {
        std::map<std::uint64_t, int> instances;
        hwloc_obj_t first = nullptr;
        for (hwloc_obj_t cache = hwloc_get_next_obj_by_type(topology, type, nullptr); cache != nullptr;
             cache = hwloc_get_next_obj_by_type(topology, type, cache)) {
            if (first == nullptr) first = cache;
            ++instances[cache->attr->cache.size];
        }
        for (const auto& [bytes, number] : instances) {
            facts.push_back({.level = static_cast<int>(first->attr->cache.depth),
                             .type = cache_type_name(first->attr->cache.type),
                             .bytes = bytes,
                             .instances = number});
        }
    }
    return facts;
}

/// A machine whose kernel does not tell cores apart gets one core for each logical CPU.
std::vector<LogicalCpu> logical_cpus(hwloc_topology_t topology) {
    std::vector<LogicalCpu> cpus;
    for (hwloc_obj_t unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, nullptr); unit != nullptr;
         unit = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_PU, unit)) {
        const hwloc_obj* core = hwloc_get_ancestor_obj_by_type(topology, HWLOC_OBJ_CORE, unit);
        cpus.push_back(
            {.os_index = static_cast<int>(unit->os_index),
             .core = static_cast<int>(core != nullptr ? core->logical_index : unit->logical_index)});
    }
    return cpus;
}

}  // namespace

Topology discover_topology(const std::optional<std::string>& synthetic) {
    const TopologyHandle handle = load(synthetic);
    if (!handle) return {};
    hwloc_topology* topology = handle.get();
    return {.sockets = count(topology, HWLOC_OBJ_PACKAGE),
            .physical_cores = count(topology, HWLOC_OBJ_CORE),
            .hardware_threads = count(topology, HWLOC_OBJ_PU),
            .numa_nodes = count(topology, HWLOC_OBJ_NUMANODE),
            .caches = caches(topology),
            .cpus = logical_cpus(topology)};
}

std::vector<LogicalCpu> team_order(const Topology& topology, const std::vector<int>& allowed,
                                   std::optional<double> cpu_quota) {
    std::set<int> left(allowed.begin(), allowed.end());
    std::map<int, int> taken_of_core;
    std::vector<std::pair<int, LogicalCpu>> ranked;  // rank: how many CPUs of the same core come before it
    int next_core = 0;
    for (const LogicalCpu& cpu : topology.cpus) {
        next_core = std::max(next_core, cpu.core + 1);
        if (left.erase(cpu.os_index) != 0) ranked.emplace_back(taken_of_core[cpu.core]++, cpu);
    }
    for (const int os_index : left) ranked.push_back({0, {.os_index = os_index, .core = next_core++}});
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });

    std::size_t wanted = ranked.size();
    if (cpu_quota && std::isfinite(*cpu_quota) && *cpu_quota < static_cast<double>(wanted)) {
        wanted = static_cast<std::size_t>(std::max(1.0, std::round(*cpu_quota)));
    }
    std::vector<LogicalCpu> team;
    for (std::size_t i = 0; i < std::min(wanted, ranked.size()); ++i) team.push_back(ranked[i].second);
    return team;
}

int distinct_cores(const std::vector<LogicalCpu>& cpus) {
    std::set<int> cores;
    for (const LogicalCpu& cpu : cpus) cores.insert(cpu.core);
    return static_cast<int>(cores.size());
}

}  // namespace mnist
