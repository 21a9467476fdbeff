// The exact interval of a shift: known ranks, what it must not depend on, and how often it holds the truth.
#include <cmath>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "samples.hpp"

using mnist::rank_test_interval;

TEST_CASE("exact shift: six against six lie between the 6th and the 31st difference") {
    // Differences of 100 i and j are all different, and their order is that of i, then of -j.
    const std::vector<double> first{100, 200, 300, 400, 500, 600};
    const std::vector<double> second{6, 5, 4, 3, 2, 1};
    const auto interval = rank_test_interval(first, second);
    REQUIRE(interval);
    CHECK(interval->lower == 100 - 1);  // the sixth: 94, 95, 96, 97, 98, 99
    CHECK(interval->upper == 600 - 6);  // the 31st: from the top 599, ..., 594
    // The table's critical values of U for 5 % are 2 at 5 against 5 and 0 at 4 against 4.
    const std::vector<double> five{100, 200, 300, 400, 500};
    const std::vector<double> of_five{5, 4, 3, 2, 1};
    CHECK(rank_test_interval(five, of_five)->lower == 97);
    CHECK(
        rank_test_interval(std::vector<double>{100, 200, 300, 400}, std::vector<double>{4, 3, 2, 1})->lower ==
        96);
}

TEST_CASE("exact shift: three against three show nothing at 95 %, and a lower confidence may") {
    const std::vector<double> first{1, 2, 3};
    const std::vector<double> second{7, 9, 11};
    CHECK_FALSE(rank_test_interval(first, second));
    CHECK(rank_test_interval(first, second, 0.89));
    CHECK_FALSE(rank_test_interval(first, {}));
    CHECK_FALSE(rank_test_interval(first, second, 1));
    CHECK_FALSE(rank_test_interval(std::vector<double>{1, NAN, 2, 3}, std::vector<double>{1, 2, 3, 4}));
}

TEST_CASE("exact shift: equal values leave a point, and exchanging the sides turns it round") {
    const std::vector<double> same(6, 2.5);
    const auto point = rank_test_interval(same, same);
    REQUIRE(point);
    CHECK(point->lower == 0);
    CHECK(point->upper == 0);
    const std::vector<double> a{1, 4, 2, 8, 5, 7};
    const std::vector<double> b{3, 6, 9, 1, 2, 2};
    const auto one = rank_test_interval(a, b);
    const auto other = rank_test_interval(b, a);
    CHECK(one->lower == -other->upper);
    CHECK(one->upper == -other->lower);
}

TEST_CASE("exact shift: six against six hold the truth in 95.9 % of the cases, whatever the noise") {
    constexpr int kCases = 4000;
    const auto normal = [](mnist::CounterRng& rng) { return rng.next_normal(); };
    const auto skewed = [](mnist::CounterRng& rng) { return -std::log(1 - rng.next_unit_f64()); };
    const auto share_that_hold = [&](auto noise) {
        int holds = 0;
        for (std::uint32_t i = 0; i < kCases; ++i) {
            mnist::CounterRng rng(1, mnist::RandomPurpose::bootstrap, i);
            std::vector<double> first(6);
            std::vector<double> second(6);
            for (double& x : first) x = 10 + noise(rng);
            for (double& x : second) x = noise(rng);
            holds += rank_test_interval(first, second)->contains(10) ? 1 : 0;
        }
        return static_cast<double>(holds) / kCases;
    };
    // Two and a half standard errors of a share of 4,000.
    CHECK(share_that_hold(normal) == Approx(0.959).margin(0.008));
    CHECK(share_that_hold(skewed) == Approx(0.959).margin(0.008));
}
