// Known answers are scipy.stats.bootstrap's of scipy 1.10.1, method "BCa", of the median of all differences
// of logarithms, with 200,000 resamples or more: the tolerances are what is left of chance on both sides.
// Coverage is counted on simulated samples.
#include "mnist/stats/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "samples.hpp"

using mnist::bootstrap_ratio_interval;
using mnist::BootstrapSettings;
using mnist::CounterRng;
using mnist::RandomPurpose;
using mnist::RatioIntervalMethod;
using mnist_test::kBase;
using mnist_test::kInfinity;
using mnist_test::kNan;
using mnist_test::kNew;
using mnist_test::Values;

namespace {

BootstrapSettings with_resamples(std::uint32_t resamples, std::uint64_t seed = 0) {
    return {.seed = seed, .resamples = resamples, .confidence = 0.95};
}

/// Times around `centre` with log-normal noise of 3 %.
Values noisy(std::size_t n, double centre, CounterRng& rng) {
    Values values(n);
    for (double& x : values) x = centre * std::exp(0.03 * rng.next_normal());
    return values;
}

/// The share of simulated pairs of samples with the ratio 1.1 whose interval holds it.
double coverage(std::size_t n_base, std::size_t n_new, std::uint32_t pairs, std::uint32_t resamples) {
    unsigned held = 0;
    for (std::uint32_t pair = 0; pair < pairs; ++pair) {
        CounterRng rng(5, RandomPurpose::synthetic, pair);
        const Values base = noisy(n_base, 1.1, rng);
        const Values other = noisy(n_new, 1.0, rng);
        const auto result = bootstrap_ratio_interval(base, other, with_resamples(resamples, pair));
        if (result.value().interval.contains(1.1)) ++held;
    }
    return static_cast<double>(held) / pairs;
}

}  // namespace

TEST_CASE("bootstrap: many pairs of samples have the intervals that each has alone, whatever their sizes") {
    const BootstrapSettings settings = with_resamples(1000, 3);
    mnist::RatioBootstrap bootstrap(settings);
    const Values fewer(kBase.begin(), kBase.end() - 3);
    const std::pair<Values, Values> pairs[]{
        {kBase, kNew}, {kNew, kBase}, {fewer, kNew}, {kNew, fewer}, {kBase, kNew}};
    for (const auto& [base, other] : pairs) {
        const auto alone = bootstrap_ratio_interval(base, other, settings).value().interval;
        const auto among = bootstrap.interval(base, other).value().interval;
        CHECK(among.lower == alone.lower);
        CHECK(among.upper == alone.upper);
    }
}

TEST_CASE("bootstrap: the interval of two samples of ten agrees with scipy") {
    const auto result = bootstrap_ratio_interval(kBase, kNew, with_resamples(100'000));
    REQUIRE(result);
    CHECK(result->method == RatioIntervalMethod::bca);
    CHECK(result->ratio == Approx(1.0761492426632442).epsilon(1e-14));
    CHECK(result->interval.lower == Approx(1.0532119297374258).margin(0.0015));
    CHECK(result->interval.upper == Approx(1.101603758890901).margin(0.0015));
}

TEST_CASE("bootstrap: skewed samples of different length agree with scipy's correction for skewness") {
    // base = 10 + 0.0005 i^4 for i < 12, new = 9 + 0.1 j for j < 30. The percentile interval would be 0.9748
    // to 1.2061 with 95 % and 1.0008 to 1.1257 with 80 %.
    Values base;
    Values other;
    for (int i = 0; i < 12; ++i) base.push_back(10 + 0.0005 * std::pow(i, 4));
    for (int j = 0; j < 30; ++j) other.push_back(9 + 0.1 * j);
    BootstrapSettings settings = with_resamples(100'000);
    const auto result = bootstrap_ratio_interval(base, other, settings);
    REQUIRE(result);
    CHECK(result->ratio == Approx(1.0538654821196751).epsilon(1e-13));
    CHECK(result->interval.lower == Approx(0.9803921568627452).margin(0.0025));
    CHECK(result->interval.upper == Approx(1.2176818877983344).margin(0.003));
    settings.confidence = 0.8;
    const auto narrow = bootstrap_ratio_interval(base, other, settings);
    REQUIRE(narrow);
    CHECK(narrow->interval.lower == Approx(1.0012135922330097).margin(0.0003));
    CHECK(narrow->interval.upper == Approx(1.1283444563258207).margin(0.003));
}

TEST_CASE("bootstrap: the ratio is Hodges and Lehmann's to the last bit") {
    for (const std::size_t n : {2U, 3U, 10U, 25U, 120U}) {
        CounterRng rng(1, RandomPurpose::synthetic, static_cast<std::uint32_t>(n));
        const Values base = noisy(n, 2.0, rng);
        const Values other = noisy(n + 1, 1.0, rng);
        const auto result = bootstrap_ratio_interval(base, other, with_resamples(200));
        REQUIRE(result);
        CHECK(result->ratio == mnist::hodges_lehmann_ratio(base, other).value());
        CHECK(result->interval.contains(result->ratio));
    }
}

TEST_CASE("bootstrap: the same seed gives the same interval, another one nearly the same") {
    const auto one = bootstrap_ratio_interval(kBase, kNew, with_resamples(10'000, 7)).value();
    const auto again = bootstrap_ratio_interval(kBase, kNew, with_resamples(10'000, 7)).value();
    CHECK(one.interval.lower == again.interval.lower);
    CHECK(one.interval.upper == again.interval.upper);
    const auto other = bootstrap_ratio_interval(kBase, kNew, with_resamples(10'000, 8)).value();
    CHECK((one.interval.lower != other.interval.lower || one.interval.upper != other.interval.upper));
    CHECK(one.interval.lower == Approx(other.interval.lower).margin(0.002));
    CHECK(one.interval.upper == Approx(other.interval.upper).margin(0.002));
}

TEST_CASE("bootstrap: the resamples of a seed are the same on every machine") {
    // So few resamples that any other sequence of random numbers shows; the numbers are those of a second
    // implementation of Philox and of the interval, in numpy and scipy.
    const Values other{9.48, 9.71, 9.35, 10.62};
    const auto result = bootstrap_ratio_interval(kBase, other, with_resamples(41, 3)).value();
    CHECK(result.interval.lower == Approx(0.9882776583013616).epsilon(1e-13));
    CHECK(result.interval.upper == Approx(1.0945464909636915).epsilon(1e-13));
}

TEST_CASE("bootstrap: the order of the repetitions and the unit change nothing") {
    const auto known = bootstrap_ratio_interval(kBase, kNew).value();
    Values base(kBase.rbegin(), kBase.rend());
    Values other = kNew;
    std::rotate(other.begin(), other.begin() + 3, other.end());
    const auto reordered = bootstrap_ratio_interval(base, other).value();
    CHECK(reordered.interval.lower == known.interval.lower);
    CHECK(reordered.interval.upper == known.interval.upper);
    for (Values* values : {&base, &other}) {
        for (double& x : *values) x *= 1e-9;
    }
    const auto in_seconds = bootstrap_ratio_interval(base, other).value();
    CHECK(in_seconds.interval.lower == Approx(known.interval.lower).epsilon(1e-12));
    CHECK(in_seconds.interval.upper == Approx(known.interval.upper).epsilon(1e-12));
}

TEST_CASE("bootstrap: exchanging the samples inverts the interval") {
    const auto one = bootstrap_ratio_interval(kBase, kNew, with_resamples(50'000)).value();
    const auto other = bootstrap_ratio_interval(kNew, kBase, with_resamples(50'000)).value();
    CHECK(one.interval.lower == Approx(1 / other.interval.upper).margin(0.0015));
    CHECK(one.interval.upper == Approx(1 / other.interval.lower).margin(0.0015));
}

TEST_CASE("bootstrap: identical samples have the ratio 1 and an interval as far below as above") {
    const auto result = bootstrap_ratio_interval(kBase, kBase, with_resamples(50'000)).value();
    CHECK(result.ratio == 1);
    CHECK(result.interval.lower < 0.99);
    CHECK(result.interval.upper == Approx(1 / result.interval.lower).margin(0.001));
}

TEST_CASE("bootstrap: more confidence widens the interval") {
    double width = 0;
    for (const double confidence : {0.5, 0.8, 0.95, 0.99}) {
        const auto result =
            bootstrap_ratio_interval(kBase, kNew, {.seed = 1, .resamples = 10'000, .confidence = confidence});
        REQUIRE(result);
        CHECK(result->interval.upper - result->interval.lower > width);
        width = result->interval.upper - result->interval.lower;
    }
}

TEST_CASE("bootstrap: without any spread the interval is a point by percentiles") {
    const auto result = bootstrap_ratio_interval(Values{3, 3, 3, 3}, Values{2, 2, 2});
    REQUIRE(result);
    CHECK(result->method == RatioIntervalMethod::percentile);
    CHECK(result->ratio == Approx(1.5).epsilon(1e-15));
    CHECK(result->interval.lower == result->ratio);
    CHECK(result->interval.upper == result->ratio);
}

TEST_CASE("bootstrap: spread on one side is enough") {
    const auto result = bootstrap_ratio_interval(kBase, Values{10, 10});
    REQUIRE(result);
    CHECK(result->method == RatioIntervalMethod::bca);
    CHECK(result->interval.lower < result->ratio);
    CHECK(result->interval.upper > result->ratio);
}

TEST_CASE("bootstrap: where no value left out moves the median the interval is by percentiles") {
    // The median of the pairs is a tie that outlasts any one value, but not any resample.
    const auto result = bootstrap_ratio_interval(Values{1, 2, 2, 2, 2, 2, 4}, Values{1, 1, 1});
    REQUIRE(result);
    CHECK(result->method == RatioIntervalMethod::percentile);
    CHECK(result->ratio == Approx(2.0).epsilon(1e-15));
    CHECK(result->interval.contains(result->ratio));
}

TEST_CASE("bootstrap: large samples have the interval of ranks, and both kinds agree where they meet") {
    CounterRng rng(4, RandomPurpose::synthetic, 0);
    Values base = noisy(100, 1.2, rng);
    const Values other = noisy(100, 1.0, rng);
    const auto resampled = bootstrap_ratio_interval(base, other, with_resamples(2'000)).value();
    CHECK(resampled.method == RatioIntervalMethod::bca);
    base.push_back(1.2);
    const auto ranked = bootstrap_ratio_interval(base, other, with_resamples(2'000)).value();
    CHECK(ranked.method == RatioIntervalMethod::ranks);
    CHECK(ranked.ratio == Approx(resampled.ratio).margin(0.001));
    CHECK(ranked.interval.lower == Approx(resampled.interval.lower).margin(0.002));
    CHECK(ranked.interval.upper == Approx(resampled.interval.upper).margin(0.002));
    Values logarithms = base;
    Values other_logarithms = other;
    for (Values* values : {&logarithms, &other_logarithms}) {
        for (double& x : *values) x = std::log(x);
    }
    const auto interval = mnist::hodges_lehmann_interval(logarithms, other_logarithms).value();
    CHECK(ranked.interval.lower == std::exp(interval.lower));
    CHECK(ranked.interval.upper == std::exp(interval.upper));
}

TEST_CASE("bootstrap: few values against very many have the interval of ranks") {
    CounterRng rng(4, RandomPurpose::synthetic, 1);
    const Values few = noisy(4, 1.2, rng);
    const Values many = noisy(3'000, 1.0, rng);
    const auto result = bootstrap_ratio_interval(few, many, with_resamples(100));
    REQUIRE(result);
    CHECK(result->method == RatioIntervalMethod::ranks);
    CHECK(result->interval.contains(1.2));
}

TEST_CASE("bootstrap: with ten repetitions nearly as many intervals hold the ratio as promised") {
    const double held = coverage(10, 10, 800, 500);
    CHECK(held > 0.91);
    CHECK(held < 0.965);
}

TEST_CASE("bootstrap: with thirty repetitions as many intervals hold the ratio as promised") {
    const double held = coverage(30, 20, 400, 300);
    CHECK(held > 0.92);
    CHECK(held < 0.98);
}

TEST_CASE("bootstrap: with four repetitions intervals are too narrow, as documented") {
    const double held = coverage(4, 4, 800, 500);
    CHECK(held > 0.85);
    CHECK(held < 0.93);
}

TEST_CASE("bootstrap: a tenth more time at 3 % noise is seen in ten repetitions") {
    unsigned seen = 0;
    for (std::uint32_t pair = 0; pair < 100; ++pair) {
        CounterRng rng(6, RandomPurpose::synthetic, pair);
        const Values base = noisy(10, 1.1, rng);
        const Values other = noisy(10, 1.0, rng);
        if (bootstrap_ratio_interval(base, other, with_resamples(500)).value().interval.lower > 1) ++seen;
    }
    CHECK(seen == 100);
}

TEST_CASE("bootstrap: huge and tiny times have an interval as long as it is within range") {
    CHECK(bootstrap_ratio_interval(Values{1e300, 2e300}, Values{1e299, 3e299}));
    CHECK(bootstrap_ratio_interval(Values{5e-324, 1e-323}, Values{5e-324, 5e-324}));
    CHECK_FALSE(bootstrap_ratio_interval(Values{1e300, 2e300}, Values{1e-300, 3e-300}));
    CHECK_FALSE(bootstrap_ratio_interval(Values{1e-300, 2e-300}, Values{1e300, 3e300}));
}

TEST_CASE("bootstrap: samples that have no ratio, or one value only, have no interval") {
    const Values two{1, 2};
    CHECK_FALSE(bootstrap_ratio_interval({}, two));
    CHECK_FALSE(bootstrap_ratio_interval(two, {}));
    CHECK_FALSE(bootstrap_ratio_interval(Values{1}, two));
    CHECK_FALSE(bootstrap_ratio_interval(two, Values{1}));
    CHECK_FALSE(bootstrap_ratio_interval(Values(20'000, 1.0), Values{1}));
    for (const double bad : {0.0, -1.0, kNan, kInfinity}) {
        CHECK_FALSE(bootstrap_ratio_interval(Values{1, bad, 3}, two));
        CHECK_FALSE(bootstrap_ratio_interval(two, Values{1, bad, 3}));
    }
}

TEST_CASE("bootstrap: too few resamples for the confidence, and no such confidence, have no interval") {
    CHECK_FALSE(bootstrap_ratio_interval(kBase, kNew, with_resamples(0)));
    CHECK_FALSE(bootstrap_ratio_interval(kBase, kNew, with_resamples(39)));
    CHECK(bootstrap_ratio_interval(kBase, kNew, with_resamples(40)));
    for (const double confidence : {0.0, 1.0, -0.5, 95.0, kNan}) {
        CHECK_FALSE(bootstrap_ratio_interval(kBase, kNew,
                                             {.seed = 0, .resamples = 10'000, .confidence = confidence}));
    }
}
