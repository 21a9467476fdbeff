// Shapes of imagined machines, described in hwloc's synthetic syntax, and the order of a team on them.
#include "topology.hpp"

#include "catch.hpp"

using mnist::discover_topology;
using mnist::LogicalCpu;
using mnist::team_order;
using mnist::Topology;

namespace {

std::vector<int> os_indices(const std::vector<LogicalCpu>& cpus) {
    std::vector<int> indices;
    indices.reserve(cpus.size());
    for (const LogicalCpu& cpu : cpus) indices.push_back(cpu.os_index);
    return indices;
}

/// Two sockets of two cores of two threads; siblings are numbered next to each other.
Topology eight_threads() {
    return discover_topology("pack:2 l3:1(size=33554432) core:2 l1d:1(size=32768) pu:2");
}

}  // namespace

TEST_CASE("topology: every level of a machine is counted") {
    const Topology topology = eight_threads();
    CHECK(topology.sockets == 2);
    CHECK(topology.physical_cores == 4);
    CHECK(topology.hardware_threads == 8);
    CHECK(topology.numa_nodes == 1);
    REQUIRE(topology.cpus.size() == 8);
    CHECK(topology.cpus[0].core == topology.cpus[1].core);
    CHECK(topology.cpus[1].core != topology.cpus[2].core);
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
    CHECK(topology.cpus.empty());
}

TEST_CASE("topology: a team takes one thread of each core before their siblings") {
    const std::vector<LogicalCpu> team = team_order(eight_threads(), {0, 1, 2, 3, 4, 5, 6, 7}, std::nullopt);
    CHECK(os_indices(team) == std::vector<int>{0, 2, 4, 6, 1, 3, 5, 7});
    CHECK(mnist::distinct_cores(team) == 4);
}

TEST_CASE("topology: a team stays within the allowed CPUs") {
    const std::vector<LogicalCpu> team = team_order(eight_threads(), {1, 6, 7}, std::nullopt);
    CHECK(os_indices(team) == std::vector<int>{1, 6, 7});
    CHECK(mnist::distinct_cores(team) == 2);
}

TEST_CASE("topology: a quota is rounded to whole CPUs and is never less than one") {
    struct Case {
        double quota;
        std::vector<int> team;
    };
    const Case c = GENERATE(values<Case>({{0.1, {0}},
                                          {1.4, {0}},
                                          {1.5, {0, 2}},
                                          {3.0, {0, 2, 4}},
                                          {7.9, {0, 2, 4, 6, 1, 3, 5, 7}},
                                          {64.0, {0, 2, 4, 6, 1, 3, 5, 7}}}));
    CAPTURE(c.quota);
    CHECK(os_indices(team_order(eight_threads(), {0, 1, 2, 3, 4, 5, 6, 7}, c.quota)) == c.team);
}

TEST_CASE("topology: a CPU that is not in the topology counts as a core of its own") {
    const std::vector<LogicalCpu> team = team_order(eight_threads(), {0, 1, 90, 91}, std::nullopt);
    CHECK(os_indices(team) == std::vector<int>{0, 90, 91, 1});
    CHECK(mnist::distinct_cores(team) == 3);
    CHECK(os_indices(team_order(Topology{}, {4, 3}, std::nullopt)) == std::vector<int>{3, 4});
}

TEST_CASE("topology: no allowed CPU leaves no team") {
    CHECK(team_order(eight_threads(), {}, 1.0).empty());
}
