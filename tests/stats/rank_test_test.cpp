// Known answers are scipy 1.10.1's, each test names the call; exact p values of small samples are also
// counted over all orders.
#include "mnist/stats/rank_test.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "samples.hpp"

using mnist::CounterRng;
using mnist::mann_whitney_test;
using mnist::RandomPurpose;
using mnist_test::kBase;
using mnist_test::kInfinity;
using mnist_test::kNan;
using mnist_test::kNew;
using mnist_test::Values;

namespace {

/// (i * factor) mod modulus + offset for i < n.
Values scattered(unsigned n, unsigned factor, unsigned modulus, double offset) {
    Values values;
    for (unsigned i = 0; i < n; ++i) values.push_back(static_cast<double>(i * factor % modulus) + offset);
    return values;
}

/// U of every way to give n1 of the ranks 1 ... n to the first sample.
std::vector<unsigned> all_u(unsigned n1, unsigned n) {
    std::vector<unsigned> result;
    for (unsigned chosen = 0; chosen < 1U << n; ++chosen) {
        unsigned firsts = 0;
        unsigned ranks = 0;
        for (unsigned rank = 1; rank <= n; ++rank) {
            if ((chosen >> (rank - 1) & 1U) == 0) continue;
            ++firsts;
            ranks += rank;
        }
        if (firsts == n1) result.push_back(ranks - n1 * (n1 + 1) / 2);
    }
    return result;
}

}  // namespace

TEST_CASE("rank test: exact p values agree with scipy") {
    // scipy.stats.mannwhitneyu(first, second, method="exact")
    const auto ages = mann_whitney_test(Values{19, 22, 16, 29, 24}, Values{20, 11, 17, 12});
    REQUIRE(ages);
    CHECK(ages->exact);
    CHECK(ages->u == 17);
    CHECK(ages->p == Approx(0.1111111111111111).epsilon(1e-14));
    const auto times = mann_whitney_test(kBase, kNew);
    REQUIRE(times);
    CHECK(times->exact);
    CHECK(times->u == 89);
    CHECK(times->p == Approx(0.0020892420273225226).epsilon(1e-14));
    const auto many = mann_whitney_test(scattered(30, 7919, 1009, 0), scattered(25, 613, 997, 150.5));
    REQUIRE(many);
    CHECK(many->exact);
    CHECK(many->u == 276);
    CHECK(many->p == Approx(0.09613879146842588).epsilon(1e-13));
}

TEST_CASE("rank test: exact p values are the share of all orders at least as far from the middle") {
    constexpr unsigned kN1 = 4;
    constexpr unsigned kN = 10;
    const std::vector<unsigned> every_u = all_u(kN1, kN);
    REQUIRE(every_u.size() == 210);
    // The first sample takes the ranks low ... low + 3, then the last of them moves up: u from 0 to 24.
    for (unsigned low = 1; low + kN1 - 1 <= kN; ++low) {
        for (unsigned last = low + kN1 - 1; last <= kN; ++last) {
            Values first;
            Values second;
            for (unsigned rank = 1; rank <= kN; ++rank) {
                const bool of_first = (rank >= low && rank < low + kN1 - 1) || rank == last;
                (of_first ? first : second).push_back(rank);
            }
            const auto result = mann_whitney_test(first, second);
            REQUIRE(result);
            const double distance = std::abs(result->u - 12);
            const auto as_far = std::count_if(every_u.begin(), every_u.end(), [&](unsigned u) {
                return std::abs(static_cast<double>(u) - 12) >= distance;
            });
            CHECK(result->p == Approx(static_cast<double>(as_far) / 210).epsilon(1e-13));
        }
    }
}

TEST_CASE("rank test: with ties p agrees with scipy's normal approximation") {
    // scipy.stats.mannwhitneyu(first, second, method="asymptotic")
    const auto some = mann_whitney_test(Values{1, 2, 2, 3, 4, 4, 4, 7}, Values{2, 4, 5, 5, 6, 7, 7, 9, 9});
    REQUIRE(some);
    CHECK_FALSE(some->exact);
    CHECK(some->u == 12.5);
    CHECK(some->p == Approx(0.025038562186147927).epsilon(1e-12));
    const auto most = mann_whitney_test(Values{1.5, 1.5, 2, 2}, Values{2, 2, 2.5, 2.5, 3});
    REQUIRE(most);
    CHECK(most->u == 2);
    CHECK(most->p == Approx(0.05280751141611363).epsilon(1e-12));
    const auto many = mann_whitney_test(scattered(300, 7919, 41, 0), scattered(200, 6133, 43, 0));
    REQUIRE(many);
    CHECK(many->u == 28526.5);
    CHECK(many->p == Approx(0.35188424431408216).epsilon(1e-12));
}

TEST_CASE("rank test: large samples agree with scipy's normal approximation") {
    // scipy.stats.mannwhitneyu(first, second, method="asymptotic")
    const auto result = mann_whitney_test(scattered(120, 7919, 10007, 0), scattered(110, 4723, 10007, 900.5));
    REQUIRE(result);
    CHECK_FALSE(result->exact);
    CHECK(result->u == 5454);
    CHECK(result->p == Approx(0.023059842055035626).epsilon(1e-12));
}

TEST_CASE("rank test: samples that lie apart have p from the one order of all that is so") {
    // Two of the (n1 + n2) over n1 orders are so extreme; the numbers are 2 / (200 over 100) and 2 / 5,001.
    const auto hundred = mann_whitney_test(scattered(100, 1, 1000, 0), scattered(100, 1, 1000, 200));
    REQUIRE(hundred);
    CHECK(hundred->exact);
    CHECK(hundred->u == 0);
    CHECK(hundred->p == Approx(2 / 9.0548514656103281e58).epsilon(1e-12).margin(0));
    const auto one = mann_whitney_test(Values{-1}, scattered(5000, 1, 5000, 0));
    REQUIRE(one);
    CHECK(one->exact);
    CHECK(one->p == Approx(2.0 / 5001).epsilon(1e-13));
    CHECK_FALSE(mann_whitney_test(scattered(101, 1, 1000, 0), scattered(100, 1, 1000, 200)).value().exact);
}

TEST_CASE("rank test: exchanging the samples keeps p and mirrors u") {
    const auto one = mann_whitney_test(kBase, kNew).value();
    const auto other = mann_whitney_test(kNew, kBase).value();
    CHECK(one.p == other.p);
    CHECK(one.u + other.u == 100);
    const Values tied{9, 9, 10, 10.5};
    CHECK(mann_whitney_test(tied, kNew).value().p == mann_whitney_test(kNew, tied).value().p);
}

TEST_CASE("rank test: only the order of the values counts, whatever their magnitude") {
    Values base = kBase;
    Values other = kNew;
    for (Values* values : {&base, &other}) {
        for (double& x : *values) x = (x - 10.2) * 1.4e308;
    }
    const auto result = mann_whitney_test(base, other).value();
    CHECK(result.u == 89);
    CHECK(result.p == mann_whitney_test(kBase, kNew).value().p);
    // Zeros of either sign are equal.
    CHECK(mann_whitney_test(Values{0.0, 1}, Values{-0.0, -1}).value().u == 3.5);
}

TEST_CASE("rank test: equal values and identical samples differ by nothing, p is 1") {
    const auto equal = mann_whitney_test(Values{5, 5, 5}, Values{5, 5});
    REQUIRE(equal);
    CHECK(equal->p == 1);
    CHECK(equal->u == 3);
    CHECK_FALSE(equal->exact);
    CHECK(mann_whitney_test(Values(3000, 0.1), Values(2000, 0.1)).value().p == 1);
    CHECK(mann_whitney_test(kBase, kBase).value().p == 1);
    CHECK(mann_whitney_test(Values{1}, Values{2}).value().p == 1);
}

TEST_CASE("rank test: few values cannot reach a small p") {
    CHECK(mann_whitney_test(Values{1, 2, 3}, Values{4, 5, 6}).value().p == Approx(0.1));
    CHECK(mann_whitney_test(Values{1, 2, 3, 4}, Values{5, 6, 7, 8}).value().p == Approx(2.0 / 70));
    CHECK(mann_whitney_test(Values{1, 2, 3, 4, 5}, Values{6, 7, 8, 9, 10}).value().p == Approx(2.0 / 252));
}

TEST_CASE("rank test: of samples without a difference the promised share looks different") {
    // 10 against 10: P(p <= 0.05) is 0.0433, the next possible value below 0.05.
    constexpr unsigned kPairs = 4000;
    unsigned found = 0;
    for (unsigned pair = 0; pair < kPairs; ++pair) {
        CounterRng rng(2024, RandomPurpose::synthetic, pair);
        Values first(10);
        Values second(10);
        for (double& x : first) x = rng.next_unit_f64();
        for (double& x : second) x = rng.next_unit_f64();
        if (mann_whitney_test(first, second).value().p <= 0.05) ++found;
    }
    CHECK(found > kPairs * 0.033);
    CHECK(found < kPairs * 0.054);
}

TEST_CASE("rank test: an empty sample and values that are not finite have no test") {
    CHECK_FALSE(mann_whitney_test({}, kNew));
    CHECK_FALSE(mann_whitney_test(kBase, {}));
    CHECK_FALSE(mann_whitney_test({}, {}));
    for (const double bad : {kNan, kInfinity, -kInfinity}) {
        CHECK_FALSE(mann_whitney_test(Values{1, bad}, kNew));
        CHECK_FALSE(mann_whitney_test(kBase, Values{bad}));
    }
}

TEST_CASE("rank test: the least p is that of samples that do not overlap") {
    for (std::size_t n1 = 1; n1 <= 8; ++n1) {
        for (std::size_t n2 = 1; n2 <= 8; ++n2) {
            Values low(n1);
            Values high(n2);
            std::iota(low.begin(), low.end(), 1);
            std::iota(high.begin(), high.end(), 100);
            CAPTURE(n1, n2);
            CHECK(mnist::least_mann_whitney_p(n1, n2) == Approx(mann_whitney_test(low, high)->p));
        }
    }
    CHECK(mnist::least_mann_whitney_p(0, 5) == 1);
    CHECK(mnist::least_mann_whitney_p(5000, 5000) == 0);
}
