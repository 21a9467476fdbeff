// Known answers are numpy 1.24's medians of all differences; the interval's are the same ranks from
// scipy 1.10.1's rankdata and t.ppf. Small samples are also checked against the differences written out.
#include "mnist/stats/hodges_lehmann.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/summary.hpp"
#include "samples.hpp"

using mnist::CounterRng;
using mnist::hodges_lehmann_interval;
using mnist::hodges_lehmann_ratio;
using mnist::hodges_lehmann_shift;
using mnist::RandomPurpose;
using mnist_test::kBase;
using mnist_test::kInfinity;
using mnist_test::kNan;
using mnist_test::kNew;
using mnist_test::Values;

namespace {

constexpr double kGreatest = std::numeric_limits<double>::max();

const Values kTied{1, 2, 2, 3, 4, 4, 4, 7};
const Values kOtherTied{2, 4, 5, 5, 6, 7, 7, 9, 9};

double median_of_all_differences(const Values& first, const Values& second) {
    Values differences;
    for (const double x : first) {
        for (const double y : second) differences.push_back(x - y);
    }
    return mnist::median(differences).value();
}

}  // namespace

TEST_CASE("hodges-lehmann: shift and ratio agree with numpy") {
    // np.median(np.subtract.outer(a, b)), and exp of it on logarithms
    CHECK(hodges_lehmann_shift(kBase, kNew).value() == Approx(0.7299999999999995).epsilon(1e-14));
    CHECK(hodges_lehmann_ratio(kBase, kNew).value() == Approx(1.0761492426632442).epsilon(1e-14));
    CHECK(hodges_lehmann_shift(kTied, kOtherTied).value() == -3);
    const Values first{19, 22, 16, 29, 24};
    const Values second{20, 11, 17, 12};
    CHECK(hodges_lehmann_shift(first, second).value() == 7);
    CHECK(hodges_lehmann_ratio(first, second).value() == Approx(1.4522709489247896).epsilon(1e-14));
}

TEST_CASE("hodges-lehmann: the shift is the median of all differences to the last bit") {
    for (std::uint32_t stream = 0; stream < 200; ++stream) {
        CounterRng rng(3, RandomPurpose::synthetic, stream);
        Values first(1 + rng.next_below(8));
        Values second(1 + rng.next_below(8));
        const bool whole = stream % 2 == 0;  // many ties
        for (double& x : first) x = whole ? rng.next_below(4) : rng.next_normal() * 1e-3;
        for (double& x : second) x = whole ? rng.next_below(4) : std::exp(20 * rng.next_normal());
        CHECK(hodges_lehmann_shift(first, second).value() == median_of_all_differences(first, second));
    }
}

TEST_CASE("hodges-lehmann: with an even number of differences the middle two are averaged") {
    CHECK(hodges_lehmann_shift(Values{1, 2}, Values{0}).value() == 1.5);
    CHECK(hodges_lehmann_shift(Values{0}, Values{0, 10}).value() == -5);
    CHECK(hodges_lehmann_ratio(Values{1, 4}, Values{1}).value() == Approx(2.0).epsilon(1e-15));
    CHECK(hodges_lehmann_shift(Values{3}, Values{1}).value() == 2);
}

TEST_CASE("hodges-lehmann: exchanging the samples mirrors the shift and inverts the ratio") {
    CHECK(hodges_lehmann_shift(kNew, kBase).value() == -hodges_lehmann_shift(kBase, kNew).value());
    CHECK(hodges_lehmann_ratio(kNew, kBase).value() * hodges_lehmann_ratio(kBase, kNew).value() ==
          Approx(1.0).epsilon(1e-15));
    CHECK(hodges_lehmann_shift(kBase, kBase).value() == 0);
    CHECK(hodges_lehmann_ratio(kBase, kBase).value() == 1);
}

TEST_CASE("hodges-lehmann: a wild repetition hardly moves the ratio") {
    Values disturbed = kBase;
    disturbed[3] = 1e6;
    CHECK(hodges_lehmann_ratio(disturbed, kNew).value() ==
          Approx(hodges_lehmann_ratio(kBase, kNew).value()).epsilon(0.02));
}

TEST_CASE("hodges-lehmann: 10,000 against 10,000 values need no memory for their pairs") {
    Values first;
    Values second;
    for (int i = 0; i < 10'000; ++i) {
        first.push_back(i + 0.25);
        second.push_back(9'999 - i);
    }
    CHECK(hodges_lehmann_shift(first, second).value() == 0.25);
    const auto interval = hodges_lehmann_interval(first, second);
    REQUIRE(interval);
    // Uniform over 10,000: the standard error is 10,000 sqrt(1 / (6 n)), less than 1 % off at this size.
    CHECK(interval->upper - 0.25 == Approx(1.96 * 10'000 / std::sqrt(6 * 10'000.0)).epsilon(0.02));
    CHECK(interval->lower - 0.25 == -(interval->upper - 0.25));
}

TEST_CASE("hodges-lehmann: huge and tiny magnitudes are taken as they are") {
    CHECK(hodges_lehmann_shift(Values{1e308, 1e-308, 5e-324}, Values{0.0}).value() == 1e-308);
    CHECK(hodges_lehmann_shift(Values{-1e308, -1e308, 3}, Values{0.0}).value() == -1e308);
    CHECK(hodges_lehmann_shift(Values{5e-324}, Values{-0.0}).value() == 5e-324);
    CHECK(hodges_lehmann_shift(Values{1, 2, 3, kGreatest}, Values{-kGreatest, 0, 0, 0}).value() == 3);
    CHECK(hodges_lehmann_ratio(Values{1e308}, Values{1e300}).value() == Approx(1e8).epsilon(1e-12));
    CHECK_FALSE(hodges_lehmann_shift(Values{kGreatest}, Values{-kGreatest}));
    CHECK_FALSE(hodges_lehmann_ratio(Values{kGreatest}, Values{1e-300}));
    CHECK_FALSE(hodges_lehmann_ratio(Values{1e-300}, Values{kGreatest}));
    CHECK_FALSE(hodges_lehmann_interval(Values{kGreatest, kGreatest}, Values{-kGreatest, -kGreatest}));
    CHECK_FALSE(hodges_lehmann_interval(Values{kGreatest, 1, 1}, Values{-kGreatest, 1, 1}));
}

TEST_CASE("hodges-lehmann: empty samples and values that are not finite have no shift") {
    CHECK_FALSE(hodges_lehmann_shift({}, kNew));
    CHECK_FALSE(hodges_lehmann_shift(kBase, {}));
    CHECK_FALSE(hodges_lehmann_ratio({}, kNew));
    CHECK_FALSE(hodges_lehmann_ratio(kBase, {}));
    for (const double bad : {kNan, kInfinity, -kInfinity}) {
        CHECK_FALSE(hodges_lehmann_shift(Values{1, bad}, kNew));
        CHECK_FALSE(hodges_lehmann_shift(kBase, Values{bad, 1}));
        CHECK_FALSE(hodges_lehmann_ratio(Values{1, bad}, kNew));
        CHECK_FALSE(hodges_lehmann_interval(kBase, Values{1, 2, bad}));
    }
}

TEST_CASE("hodges-lehmann: values that are not positive have a shift and no ratio") {
    for (const double bad : {0.0, -0.0, -1.0}) {
        CHECK_FALSE(hodges_lehmann_ratio(Values{1, bad}, kNew));
        CHECK_FALSE(hodges_lehmann_ratio(kBase, Values{bad, 1}));
        CHECK(hodges_lehmann_shift(Values{1, bad}, kNew));
    }
}

TEST_CASE("hodges-lehmann: the interval agrees with ranks and quantiles from scipy") {
    const auto times = hodges_lehmann_interval(kBase, kNew);
    REQUIRE(times);
    CHECK(times->lower == Approx(0.40000000000000036).epsilon(1e-14));
    CHECK(times->upper == Approx(1.1400000000000006).epsilon(1e-14));
    const auto tied = hodges_lehmann_interval(kTied, kOtherTied, 0.9);
    REQUIRE(tied);
    CHECK(tied->lower == -5);
    CHECK(tied->upper == -1);
    // first = (i * 7919 mod 41)^1.5, second = i * 6133 mod 43
    Values first;
    Values second;
    for (unsigned i = 0; i < 60; ++i) first.push_back(std::pow(i * 7919 % 41, 1.5));
    for (unsigned i = 0; i < 45; ++i) second.push_back(i * 6133 % 43);
    const auto wide = hodges_lehmann_interval(first, second);
    REQUIRE(wide);
    CHECK(wide->lower == Approx(32.87216658103186).epsilon(1e-13));
    CHECK(wide->upper == Approx(96.57550765359254).epsilon(1e-13));
    const auto wider = hodges_lehmann_interval(first, second, 0.99);
    REQUIRE(wider);
    CHECK(wider->lower == Approx(23.38320341483518).epsilon(1e-13));
    CHECK(wider->upper == Approx(108.5745073534124).epsilon(1e-13));
}

TEST_CASE("hodges-lehmann: the interval holds the shift as often as promised, spreads being unequal") {
    constexpr std::uint32_t kSamples = 500;
    unsigned held = 0;
    for (std::uint32_t sample = 0; sample < kSamples; ++sample) {
        CounterRng rng(11, RandomPurpose::synthetic, sample);
        Values first(40);
        Values second(60);
        for (double& x : first) x = 2 + 3 * rng.next_normal();
        for (double& x : second) x = rng.next_normal();
        if (hodges_lehmann_interval(first, second).value().contains(2)) ++held;
    }
    CHECK(held >= kSamples * 0.925);
    CHECK(held <= kSamples * 0.985);
}

TEST_CASE("hodges-lehmann: exchanging the samples mirrors the interval") {
    const auto one = hodges_lehmann_interval(kBase, kNew).value();
    const auto other = hodges_lehmann_interval(kNew, kBase).value();
    CHECK(one.lower == -other.upper);
    CHECK(one.upper == -other.lower);
}

TEST_CASE("hodges-lehmann: without spread the interval is a point, with one value a side there is none") {
    const auto point = hodges_lehmann_interval(Values{3, 3, 3}, Values{1, 1});
    REQUIRE(point);
    CHECK(point->lower == 2);
    CHECK(point->upper == 2);
    CHECK_FALSE(hodges_lehmann_interval(Values{3}, kNew));
    CHECK_FALSE(hodges_lehmann_interval(kBase, Values{1}));
    CHECK_FALSE(hodges_lehmann_interval({}, kNew));
    for (const double confidence : {0.0, 1.0, -0.5, 95.0, kNan})
        CHECK_FALSE(hodges_lehmann_interval(kBase, kNew, confidence));
}
