// Threads, what they share, and failures. Run under ThreadSanitizer too.
#include "mnist/step/team.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include "catch.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/error.hpp"
#include "mnist/onednn/threads.hpp"

namespace mnist {

TEST_CASE("team: every thread runs the work once, again and again") {
    Team team(3, {});
    REQUIRE(team.size() == 3);
    for (int round = 0; round < 20; ++round) {
        std::vector<int> calls(3, 0);
        team.run([&](std::size_t t) { ++calls[t]; });
        CHECK(calls == std::vector<int>{1, 1, 1});
    }
    std::vector<int> onednn_threads(3, 0);
    team.run([&](std::size_t t) { onednn_threads[t] = onednn::threads_here(); });
    CHECK(onednn_threads == std::vector<int>{1, 1, 1});
}

TEST_CASE("team: an exception of a thread comes out of run, and the team goes on") {
    Team team(2, {});
    CHECK_THROWS_AS(team.run([](std::size_t t) {
        if (t == 1) throw std::runtime_error("no");
    }),
                    std::runtime_error);
    int calls = 0;
    team.run([&](std::size_t t) {
        if (t == 0) ++calls;
    });
    CHECK(calls == 1);
}

TEST_CASE(
    "team: a single item is shared with nobody: the caller computes as a member, and is then what it was") {
    REQUIRE_FALSE(FlushedDenormals::here());
    const int threads_before = onednn::threads_here();
    const std::thread::id caller = std::this_thread::get_id();
    int calls = 0;
    Team team(2, {});
    team.share(1, [&](std::size_t item, std::size_t thread) {
        ++calls;
        CHECK((item == 0 && thread == 0));
        CHECK(std::this_thread::get_id() == caller);
        CHECK(onednn::threads_here() == 1);
        CHECK(FlushedDenormals::here());
    });
    team.share(0, [&](std::size_t, std::size_t) { ++calls; });
    CHECK(calls == 1);
    CHECK_THROWS_AS(team.share(1, [](std::size_t, std::size_t) { throw std::runtime_error("no"); }),
                    std::runtime_error);
    CHECK_FALSE(FlushedDenormals::here());
    CHECK(onednn::threads_here() == threads_before);
}

TEST_CASE("team: every shared item is computed once, call after call, asleep and awake") {
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        Team team(threads, {});
        std::vector<int> plain(7, 0);  // not atomic on purpose: the team alone must order the accesses
        int calls = 0;
        const auto call = [&](std::size_t items) {
            ++calls;
            team.share(items, [&](std::size_t item, std::size_t thread) {
                if (thread < threads) plain[item] += 1;
            });
            for (std::size_t i = 0; i < items; ++i) plain[i] -= 1;
        };
        for (const std::size_t items : {std::size_t{2}, std::size_t{7}}) call(items);
        team.stay_awake([&] {
            for (std::size_t k = 0; k < 3000; ++k) call(k % 8);
        });
        call(3);
        CHECK(calls == 3003);
        CHECK(plain == std::vector<int>(7, 0));
    }
}

TEST_CASE("team: threads that are awake share the items") {
    Team team(2, {});
    std::atomic<int> inside{0};
    team.stay_awake([&] {
        // Each waits for the other, so one thread alone would never return.
        team.share(2, [&](std::size_t, std::size_t) {
            ++inside;
            while (inside.load() < 2) std::this_thread::yield();
        });
    });
    CHECK(inside == 2);
}

TEST_CASE("team: an exception of a shared item comes out where it was shared, after all items") {
    Team team(3, {});
    std::atomic<int> done{0};
    const auto fail = [&] {
        team.share(6, [&](std::size_t item, std::size_t) {
            ++done;
            if (item % 2 == 0) throw std::runtime_error("no");
        });
    };
    CHECK_THROWS_AS(fail(), std::runtime_error);
    CHECK(done == 6);
    team.stay_awake([&] { CHECK_THROWS_AS(fail(), std::runtime_error); });
    CHECK(done == 12);
    CHECK_THROWS_AS(team.stay_awake([] { throw std::runtime_error("no"); }), std::runtime_error);
    team.share(2, [&](std::size_t, std::size_t) { ++done; });
    CHECK(done == 14);
}

TEST_CASE("team: no thread at all is refused") {
    CHECK_THROWS(Team(0, {}));
}

}  // namespace mnist
