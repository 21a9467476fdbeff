// Phases, gates that are abandoned, and displaced threads. Run under ThreadSanitizer too.
#include "mnist/step/phase_gate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/step/team.hpp"

namespace mnist {

TEST_CASE("phases: each item runs once in each phase, and nobody enters a phase before the last is done") {
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        Team team(threads, {});
        PhaseGate gate(threads, team.at_once(), 7);
        std::vector<int> plain(7, 0);  // not atomic on purpose: the gate alone must order the accesses
        std::atomic<int> wrong{0};
        team.run([&](std::size_t t) {
            PhaseGate::Walker walker(gate, t);
            for (int round = 0; round < 200; ++round) {
                walker.phase(7, [&](std::size_t item) { ++plain[item]; });
                walker.phase(3, [&](std::size_t item) {
                    // Items of the next phase see all results of the one before.
                    for (const int count : plain) {
                        if (count != round + 1) ++wrong;
                    }
                    if (item > 2) ++wrong;
                });
            }
        });
        CHECK(wrong == 0);
        CHECK(plain == std::vector<int>(7, 200));
    }
}

TEST_CASE("phases: a wait spins for a tenth of a millisecond before it gives the CPU away") {
    CHECK(SpinWait::spins() == SpinWait::spins());
    std::chrono::nanoseconds shortest = std::chrono::hours{1};
    for (int round = 0; round < 50; ++round) {
        SpinWait wait(false);
        const auto begin = std::chrono::steady_clock::now();
        for (int i = 0; i < SpinWait::spins(); ++i) wait.pause();
        shortest = std::min<std::chrono::nanoseconds>(shortest, std::chrono::steady_clock::now() - begin);
    }
    CHECK(shortest >
          SpinWait::kSpin / 3);  // the clock of the CPU may have been slower when a pause was measured
    CHECK(shortest < SpinWait::kSpin * 3);
}

TEST_CASE("phases: a single thread finishes what others leave") {
    Team team(3, {});
    PhaseGate gate(3, 1, 4);
    std::atomic<int> done{0};
    team.run([&](std::size_t t) {
        if (t != 1) return;  // two threads never come
        PhaseGate::Walker walker(gate, t);
        for (int round = 0; round < 10; ++round) {
            walker.phase(4, [&](std::size_t) { ++done; });
        }
    });
    CHECK(done == 40);
}

TEST_CASE("phases: an abandoned gate lets the others go") {
    Team team(2, {});
    PhaseGate gate(2, 1, 2);

    CHECK_THROWS(team.run([&](std::size_t t) {
        PhaseGate::Walker walker(gate, t);
        try {
            walker.phase(2, [&](std::size_t item) {
                if (item == 0) throw std::runtime_error("no");
            });
        } catch (...) {
            gate.abandon();
            throw;
        }
    }));
    gate.reset();
    int rounds = 0;
    team.run([&](std::size_t t) {
        PhaseGate::Walker walker(gate, t);
        if (walker.phase(2, [](std::size_t) {}) && t == 0) ++rounds;
    });
    CHECK(rounds == 1);
}

TEST_CASE("lone member: it takes what is dealt to it, its part of what is anybody's, and waits for nobody") {
    LoneMember lone{.team = 3, .member = 1};
    Team team(lone, 0);
    CHECK(team.size() == 3);
    PhaseGate gate(team.size(), team.at_once(), 11, team.lone());
    std::vector<std::size_t> taken;
    team.run([&](std::size_t thread) {
        CHECK(thread == 1);
        PhaseGate::Walker walker(gate, thread);
        for (int round = 0; round < 2; ++round)
            CHECK(walker.phase(6, 11, [&](std::size_t item) { taken.push_back(item); }));
    });
    CHECK(taken == std::vector<std::size_t>{2, 3, 7, 10, 2, 3, 7, 10});
    REQUIRE(lone.phases.size() == 2);
    CHECK(lone.phases[1].items == 11);
    CHECK(lone.phases[1].own_s > 0);
    CHECK(lone.phases[1].anyones.size() == 2);
    CHECK_THROWS_AS(team.share(2, [](std::size_t, std::size_t) {}), ShapeError);
}

TEST_CASE(
    "phases: a thread that lost its CPU takes turns where items are long, and rests where they are short") {
    using std::chrono::microseconds;
    CHECK(displacement(microseconds{100}, microseconds{1000}) == Displacement::none);
    CHECK(displacement(microseconds{3000}, microseconds{300}) == Displacement::turns);
    CHECK(displacement(microseconds{3000}, microseconds{60}) == Displacement::rest);
}

}  // namespace mnist
