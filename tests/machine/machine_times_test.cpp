// What the growth of counts says, played for machines that are not there.
#include "machine_times.hpp"

#include "catch.hpp"

using mnist::CpuTicks;
using mnist::Disturbance;
using mnist::disturbance_between;
using mnist::MachineTimes;
using mnist::parse_cpu_ticks;

namespace {

const std::string kStat =
    "cpu  1100 2 40 600 8 10 12 140 16 18\n"
    "cpu0 100 1 20 300 4 5 6 70 8 9\n"
    "cpu1 1000 1 20 300 4 5 6 70 8 9\n"
    "intr 1 2 3\n"
    "cpu2 1 1 1 1 1 1 1 1 1 1\n";

MachineTimes start() {
    return {.clock_s = 100,
            .ticks = CpuTicks{.all = 10000, .busy = 5000, .stolen = 100, .cpus = 2},
            .own_cpu_s = 10,
            .waited_s = 5,
            .throttled_s = 1,
            .involuntary_switches = 1000};
}

/// Two CPUs, one second later, of which this process used `own` and its threads waited `waited` seconds of
/// CPUs, and all processes together `busy`.
MachineTimes later(double own, double waited, double busy) {
    MachineTimes times = start();
    times.clock_s += 1;
    times.ticks->all += 200;
    times.ticks->busy += static_cast<std::uint64_t>(100 * busy);
    *times.own_cpu_s += own;
    *times.waited_s += waited;
    *times.involuntary_switches += 50;
    return times;
}

Disturbance between(const MachineTimes& after) {
    return disturbance_between(start(), after, 2);
}

}  // namespace

TEST_CASE("machine times: ticks are those of the CPUs that were asked for, guests once") {
    const auto one = parse_cpu_ticks(kStat, {0});
    REQUIRE(one);
    CHECK(one->all == 100 + 1 + 20 + 300 + 4 + 5 + 6 + 70);
    CHECK(one->busy == 100 + 1 + 20 + 5 + 6);
    CHECK(one->stolen == 70);
    const auto all = parse_cpu_ticks(kStat, {});
    REQUIRE(all);
    CHECK(all->cpus == 2);
    CHECK(all->all == 2 * one->all + 900);
    CHECK(parse_cpu_ticks(kStat, {1, 0})->all == all->all);
}

TEST_CASE("machine times: what is no /proc/stat, or lacks a CPU, gives nothing") {
    CHECK(!parse_cpu_ticks("", {}));
    CHECK(!parse_cpu_ticks(kStat, {0, 3}));
    CHECK(!parse_cpu_ticks("cpu  1 2 3 4 5 6 7 8\n", {}));
    CHECK(!parse_cpu_ticks("cpu0 1 2 3 4 5 6 7\n", {}));
    CHECK(!parse_cpu_ticks("cpu0 a b c d e f g h\n", {}));
    CHECK(!parse_cpu_ticks("cpux 1 2 3 4 5 6 7 8\n", {}));
}

TEST_CASE("machine times: a quiet machine shows no disturbance") {
    const Disturbance found = between(later(2.0, 0.01, 2.0));
    CHECK(found.other_cpu_share == 0.0);
    CHECK(found.steal_share == 0.0);
    CHECK(found.throttled_share == 0.0);
    CHECK(found.involuntary_switches_per_s == 50.0);
    CHECK(!found.waiting_share);
    CHECK(!disturbed_by(found));
}

TEST_CASE("machine times: two busy loops beside two threads take half of the CPUs and of the threads' time") {
    const Disturbance found = between(later(1.0, 1.0, 2.0));
    CHECK(found.other_cpu_share == Approx(0.49));  // of 200 ticks 100, less one for each CPU
    CHECK(found.run_queue_share == Approx(0.5));
}

TEST_CASE("machine times: threads that only this process has too many of do not disturb it") {
    // Eight on two CPUs: all want to run all the time.
    const Disturbance found = between(later(2.0, 6.0, 2.0));
    CHECK(found.run_queue_share == 0.0);
    CHECK(!disturbed_by(found));
    // Beside other processes as well.
    const Disturbance both = between(later(1.6, 6.4, 2.0));
    CHECK(both.run_queue_share == Approx(0.4 / 8));
    CHECK(both.other_cpu_share == Approx(0.19));
    CHECK(disturbed_by(both));
}

TEST_CASE("machine times: what the host and the quota took is of the time of the CPUs") {
    MachineTimes after = later(1.0, 0, 1.0);
    after.ticks->stolen += 52;
    *after.throttled_s += 0.5;
    const Disturbance found = between(after);
    CHECK(found.steal_share == 0.25);
    CHECK(found.throttled_share == 0.25);
    *after.throttled_s += 100;
    CHECK(between(after).throttled_share == 1.0);
}

TEST_CASE("machine times: a tick more on each CPU in a short look is rounding and no disturbance") {
    MachineTimes after = start();
    after.clock_s += 0.2;
    after.ticks->all += 40;
    after.ticks->busy += 40;
    after.ticks->stolen += 2;
    *after.own_cpu_s += 0.38;
    CHECK(!disturbed_by(between(after)));
    after.ticks->stolen += 1;
    CHECK(disturbed_by(between(after)));
}

TEST_CASE("machine times: a look that is too short, and counts that are not there or fall, say nothing") {
    MachineTimes after = later(1.0, 1.0, 2.0);
    after.clock_s = 100.09;
    CHECK(!between(after).other_cpu_share);
    CHECK(!between(after).run_queue_share);
    CHECK(!between(after).involuntary_switches_per_s);
    const MachineTimes nothing{.clock_s = 101};
    for (const mnist::DisturbanceFact& fact : mnist::kDisturbanceFacts)
        CHECK(!(between(nothing).*fact.value));
    after = later(1.0, 1.0, 2.0);
    after.own_cpu_s = 9;
    CHECK(!between(after).other_cpu_share);
    CHECK(!between(after).run_queue_share);
    CHECK(between(after).steal_share == 0.0);
}
