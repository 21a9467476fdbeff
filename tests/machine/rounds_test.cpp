// How long is long enough, for quotas that this machine does not have.
#include "rounds.hpp"

#include <cmath>
#include <limits>

#include "catch.hpp"

using mnist::round_plan;
using namespace std::chrono_literals;

TEST_CASE("rounds: without a quota below the threads there are eight as long as asked") {
    for (const mnist::CgroupLimits& limits :
         {mnist::CgroupLimits{},
          mnist::CgroupLimits{.cpu_quota = 2.0, .cpu_period_s = 0.1, .memory_bytes = {}}}) {
        const mnist::RoundPlan plan = round_plan(0.03, 2, limits);
        CHECK(plan.duration == 30ms);
        CHECK(plan.rounds == 8);
        CHECK(!plan.settles);
    }
}

TEST_CASE(
    "rounds: with a quota below the threads they last whole periods, three or more, after one to settle") {
    mnist::CgroupLimits limits{.cpu_quota = 1.5, .cpu_period_s = 0.1, .memory_bytes = {}};
    CHECK(round_plan(0.03, 2, limits).duration == 300ms);
    CHECK(round_plan(0.03, 2, limits).settles);
    CHECK(round_plan(0.03, 1, limits).duration == 30ms);
    CHECK(round_plan(0.45, 2, limits).duration == 500ms);
    limits.cpu_period_s = 0.01;
    CHECK(round_plan(0.001, 2, limits).duration == 30ms);
}

TEST_CASE("rounds: a senseless time is brought into bounds") {
    CHECK(round_plan(-1, 1, {}).duration == 1ms);
    CHECK(round_plan(std::nan(""), 1, {}).duration == 1ms);
    CHECK(round_plan(std::numeric_limits<double>::infinity(), 1, {}).duration == 1ms);
    CHECK(round_plan(1e9, 1, {}).duration == 10s);
}

TEST_CASE("rounds: the one that settles does not count") {
    int calls = 0;
    const auto measure = [&](std::size_t) {
        const auto begin = std::chrono::steady_clock::time_point{};
        return mnist::RoundSpan{.begin = begin, .end = begin + 1s, .work = calls++ == 0 ? 1000.0 : 10.0};
    };
    const auto rate = [&](bool settles) {
        calls = 0;
        return mnist::best_rate(
            {}, {.duration = 1s, .rounds = 2, .settles = settles}, "test", [](std::size_t) {}, measure);
    };
    CHECK(rate(false) == 1000.0);
    CHECK(calls == 2);
    CHECK(rate(true) == 10.0);
    CHECK(calls == 3);
}
