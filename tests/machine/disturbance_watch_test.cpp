// On the machine that is there only what must be so on any Linux is certain.
#include "mnist/machine/disturbance_watch.hpp"

#include <chrono>

#include "catch.hpp"

TEST_CASE("disturbance watch: shares are shares, and what was before begin() does not count") {
    const auto work = [] {
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(120);
        while (std::chrono::steady_clock::now() < end) {
        }
    };
    mnist::DisturbanceWatch watch({});
    work();
    const mnist::Disturbance found = watch.so_far();
    for (const mnist::DisturbanceFact& fact : mnist::kDisturbanceFacts) {
        CAPTURE(fact.key);
        if (found.*fact.value) CHECK((*(found.*fact.value) >= 0 && *(found.*fact.value) <= fact.greatest));
    }
    CHECK(found.involuntary_switches_per_s);
    CHECK(found.other_cpu_share);
    CHECK(!found.waiting_share);
    CHECK(watch.involuntary_switches().value_or(-1) >= 0);
    // A look right after is too short to say anything, unless this thread was put aside just then.
    bool begun_anew = false;
    for (int attempt = 0; attempt < 20 && !begun_anew; ++attempt) {
        watch.begin();
        begun_anew = !watch.so_far().other_cpu_share;
    }
    CHECK(begun_anew);
}

TEST_CASE("disturbance watch: a CPU that is not there leaves its facts empty") {
    CHECK(!mnist::DisturbanceWatch({1 << 19}).so_far().other_cpu_share);
}

TEST_CASE("disturbance watch: the load average is known") {
    CHECK(mnist::load_average().value_or(-1) >= 0);
}
