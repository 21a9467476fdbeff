// The mask of a thread, where it can be set and where not.
#include "mnist/core/affinity.hpp"

#include <thread>
#include <vector>

#include "catch.hpp"

TEST_CASE("affinity: a pinned thread sees its one CPU only") {
    const std::vector<int> allowed = mnist::allowed_cpus();
    REQUIRE_FALSE(allowed.empty());
    bool pinned = false;
    std::vector<int> seen;
    std::thread([&] {
        pinned = mnist::pin_this_thread({allowed.back()});
        seen = mnist::allowed_cpus();
    }).join();
    CHECK(pinned);
    CHECK(seen == std::vector<int>{allowed.back()});
    CHECK(mnist::allowed_cpus() == allowed);
}

TEST_CASE("affinity: pinning to a CPU that is not there is refused") {
    CHECK_FALSE(mnist::pin_this_thread({}));
    CHECK_FALSE(mnist::pin_this_thread({-1}));
    CHECK_FALSE(mnist::pin_this_thread({1 << 19}));
}
