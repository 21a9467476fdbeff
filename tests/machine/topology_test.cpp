// Shapes of imagined machines, described in hwloc's synthetic syntax.
#include "topology.hpp"

#include "catch.hpp"

using mnist::discover_topology;
using mnist::Topology;

TEST_CASE("topology: every level of a machine is counted") {
    const Topology topology = discover_topology("pack:2 l3:1(size=33554432) core:2 l1d:1(size=32768) pu:2");
    CHECK(topology.sockets == 2);
    CHECK(topology.physical_cores == 4);
    CHECK(topology.hardware_threads == 8);
    CHECK(topology.numa_nodes == 1);
    REQUIRE(topology.caches.size() == 2);
    CHECK(topology.caches[0].level == 1);
    CHECK(topology.caches[0].type == "data");
    CHECK(topology.caches[0].bytes == std::uint64_t{32} << 10U);
    CHECK(topology.caches[0].instances == 4);
    CHECK(topology.caches[1].level == 3);
    CHECK(topology.caches[1].type == "unified");
    CHECK(topology.caches[1].bytes == std::uint64_t{32} << 20U);
    CHECK(topology.caches[1].instances == 2);
}

TEST_CASE("topology: a description that hwloc refuses leaves everything empty") {
    const Topology topology = discover_topology("nonsense:");
    CHECK_FALSE(topology.hardware_threads.has_value());
    CHECK(topology.caches.empty());
}
