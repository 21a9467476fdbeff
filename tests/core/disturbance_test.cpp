// The rule against measurements of which it is known whether something else ran.
#include "mnist/core/disturbance.hpp"

#include <string>

#include "catch.hpp"

using mnist::Disturbance;
using mnist::disturbed_by;
using mnist::worst_of;

namespace {

// Training steps on two CPUs in files that know only this much: alone, and beside two busy loops.
struct OldRow {
    double switches;
    double seconds;
    double waiting_share;
};

constexpr OldRow kAlone[]{{41, 0.5043, 0.0352}, {36, 0.4824, 0.0816}, {38, 0.4644, 0.0669},
                          {30, 0.4114, 0.0366}, {38, 0.3889, 0.0348}, {37, 0.4048, 0.0696},
                          {42, 0.4638, 0.0674}, {32, 0.4587, 0.0683}};
constexpr OldRow kBesideTwoLoops[]{{247, 0.3560, 0.5806}, {583, 0.6402, 0.5633}, {305, 0.4680, 0.5702},
                                   {200, 0.2880, 0.5377}, {193, 0.3161, 0.5496}, {172, 0.2681, 0.5258},
                                   {196, 0.3326, 0.5217}, {186, 0.2800, 0.5452}};

Disturbance facts_of(const OldRow& row) {
    return {.steal_share = 0.004,
            .involuntary_switches_per_s = row.switches / row.seconds,
            .waiting_share = row.waiting_share};
}

}  // namespace

TEST_CASE("disturbance: where nothing is known nothing is accused") {
    CHECK(!disturbed_by({}));
}

TEST_CASE("disturbance: rows of older files are judged by switches and waiting together") {
    for (const OldRow& row : kAlone) CHECK(!disturbed_by(facts_of(row)));
    for (const OldRow& row : kBesideTwoLoops) CHECK(disturbed_by(facts_of(row)));
    CHECK(disturbed_by(facts_of(kBesideTwoLoops[0])) ==
          "its threads were interrupted 694 times a second and waited for each other for 58 % of their time");
}

TEST_CASE("disturbance: older files of quiet machines stay what they are") {
    CHECK(!disturbed_by({.steal_share = 0, .involuntary_switches_per_s = 205}));
    // Threads that yield while they wait: latencies of single calls.
    CHECK(!disturbed_by({.steal_share = 0, .involuntary_switches_per_s = 42452}));
    CHECK(!disturbed_by({.involuntary_switches_per_s = 42452, .waiting_share = 0.07}));
    // Small steps.
    CHECK(!disturbed_by({.involuntary_switches_per_s = 43, .waiting_share = 0.62}));
}

TEST_CASE("disturbance: each fact alone is enough beyond its limit and not at it") {
    CHECK(!disturbed_by({.steal_share = 0.02}));
    CHECK(disturbed_by({.steal_share = 0.03}) == "the host took 3 % of the CPUs away");
    CHECK(!disturbed_by({.other_cpu_share = 0.05}));
    CHECK(disturbed_by({.other_cpu_share = 0.48}) == "other processes took 48 % of the CPUs");
    CHECK(!disturbed_by({.run_queue_share = 0.05}));
    CHECK(disturbed_by({.run_queue_share = 0.12}) == "its threads waited for a CPU for 12 % of their time");
    CHECK(!disturbed_by({.throttled_share = 0.02}));
    CHECK(disturbed_by({.throttled_share = 0.24}) ==
          "the CPU quota of its control group held it back for 24 % of the time, so try fewer threads");
}

TEST_CASE("disturbance: other processes on free CPUs disturb when they are many") {
    CHECK(!disturbed_by({.other_cpu_share = 0.2, .run_queue_share = 0.01}));
    CHECK(disturbed_by({.other_cpu_share = 0.3, .run_queue_share = 0.01}) ==
          "other processes took 30 % of the CPUs");
    CHECK(disturbed_by({.other_cpu_share = 0.2, .run_queue_share = 0.06}) ==
          "other processes took 20 % of the CPUs");
    CHECK(disturbed_by({.other_cpu_share = 0.02, .run_queue_share = 0.06}) ==
          "its threads waited for a CPU for 6 % of their time");
}

TEST_CASE("disturbance: the reason is the one that explains the others") {
    const Disturbance all{
        .throttled_share = 0.5, .steal_share = 0.5, .other_cpu_share = 0.5, .run_queue_share = 0.5};
    CHECK(disturbed_by(all).value_or("").find("quota") != std::string::npos);
    CHECK(disturbed_by({.steal_share = 0.5, .other_cpu_share = 0.5, .run_queue_share = 0.5})
              .value_or("")
              .find("other processes") != std::string::npos);
    CHECK(disturbed_by({.steal_share = 0.5, .run_queue_share = 0.5}).value_or("").find("host") !=
          std::string::npos);
}

TEST_CASE("disturbance: who knows what ran needs no guess from switches and waiting") {
    const Disturbance suspicious{.involuntary_switches_per_s = 700, .waiting_share = 0.6};
    REQUIRE(disturbed_by(suspicious));
    Disturbance knows = suspicious;
    knows.other_cpu_share = 0.01;
    CHECK(!disturbed_by(knows));
    knows = suspicious;
    knows.run_queue_share = 0.01;
    CHECK(!disturbed_by(knows));
}

TEST_CASE("disturbance: the worst of two has the greater of each fact and of one alone that one") {
    const Disturbance worst =
        worst_of({.throttled_share = 0.1, .steal_share = 0.2, .other_cpu_share = 0.3, .waiting_share = 0.1},
                 {.throttled_share = 0.2, .steal_share = 0.1, .run_queue_share = 0.4, .waiting_share = 0.5});
    CHECK(worst.throttled_share == 0.2);
    CHECK(worst.steal_share == 0.2);
    CHECK(worst.other_cpu_share == 0.3);
    CHECK(worst.run_queue_share == 0.4);
    CHECK(worst.waiting_share == 0.5);
    CHECK(!worst.involuntary_switches_per_s);
}
