// Texts of /proc as kernels write them, and texts that they do not.
#include "load_watch.hpp"
#include "catch.hpp"

using namespace mnist::bench;

TEST_CASE("load: ticks of all CPUs are added up, guests once") {
    const auto ticks = parse_cpu_ticks("cpu  100 1 20 300 4 5 6 70 8 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    REQUIRE(ticks);
    CHECK(ticks->all == 100 + 1 + 20 + 300 + 4 + 5 + 6 + 70);
    CHECK(ticks->stolen == 70);
}

TEST_CASE("load: what is no line of /proc/stat gives nothing") {
    CHECK(!parse_cpu_ticks(""));
    CHECK(!parse_cpu_ticks("cpu0 1 1 1 1 1 1 1 1"));
    CHECK(!parse_cpu_ticks("cpu  1 2 3 4"));
    CHECK(!parse_cpu_ticks("cpu  a b c d e f g h"));
}

TEST_CASE("load: the share of stolen ticks is of what passed between two looks") {
    CHECK(steal_share({.all = 1000, .stolen = 10}, {.all = 1200, .stolen = 60}) == 0.25);
    CHECK(steal_share({.all = 1000, .stolen = 10}, {.all = 1200, .stolen = 10}) == 0.0);
    CHECK(!steal_share({.all = 1000, .stolen = 10}, {.all = 1000, .stolen = 10}));
    CHECK(!steal_share({.all = 1000, .stolen = 10}, {.all = 900, .stolen = 20}));
}

TEST_CASE("load: the first number of /proc/loadavg is the last minute's") {
    CHECK(parse_load_average("3.33 3.20 3.16 5/107 10151\n") == 3.33);
    CHECK(parse_load_average("0.00 0.01 0.05 1/80 5\n") == 0.0);
    CHECK(!parse_load_average(""));
    CHECK(!parse_load_average("none"));
}

TEST_CASE("load: a watch on Linux knows all three") {
    const LoadWatch watch;
    const Load load = watch.now();
    CHECK(load.load_average.value_or(-1) >= 0);
    CHECK(load.involuntary_switches.value_or(-1) >= 0);
    if (load.steal_share) CHECK((*load.steal_share >= 0 && *load.steal_share <= 1));
}
