// hwloc is asked once and its tree copied into plain values. Disallowed CPUs are included, because a result
// states the machine's size beside what the process may use of it. Left out: which CPU is of which core,
// which cores.hpp reads from the kernel's files, as those of an imagined machine can be written by a test.
#include "topology.hpp"

#include <hwloc.h>

#include <map>
#include <memory>
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

}  // namespace

Topology discover_topology(const std::optional<std::string>& synthetic) {
    const TopologyHandle handle = load(synthetic);
    if (!handle) return {};
    hwloc_topology* topology = handle.get();
    return {.sockets = count(topology, HWLOC_OBJ_PACKAGE),
            .physical_cores = count(topology, HWLOC_OBJ_CORE),
            .hardware_threads = count(topology, HWLOC_OBJ_PU),
            .numa_nodes = count(topology, HWLOC_OBJ_NUMANODE),
            .caches = caches(topology)};
}

}  // namespace mnist
