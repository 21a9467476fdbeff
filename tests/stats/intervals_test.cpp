// Known answers are scipy 1.10.1's, each test names the call; Student's quantiles, of which scipy gives about
// ten digits, were solved for with mpmath's incomplete beta function at 30 digits. Newcombe's interval is
// also checked against his published example.
#include "mnist/stats/intervals.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "samples.hpp"

using mnist::independent_proportions_interval;
using mnist::mean_interval;
using mnist::median_interval;
using mnist::student_t_quantile;
using mnist::wilson_interval;
using mnist_test::kInfinity;
using mnist_test::kNan;

TEST_CASE("intervals: Student's t quantiles agree with scipy") {
    // scipy.stats.t.ppf(probability, df), refined with mpmath
    CHECK(student_t_quantile(0.975, 4).value() == Approx(2.7764451051977944).epsilon(1e-12));
    CHECK(student_t_quantile(0.975, 1).value() == Approx(12.706204736174705).epsilon(1e-12));
    CHECK(student_t_quantile(0.95, 9).value() == Approx(1.8331129326562372).epsilon(1e-12));
    CHECK(student_t_quantile(0.975, 2.5).value() == Approx(3.5746548420036832).epsilon(1e-12));
    CHECK(student_t_quantile(0.3, 7).value() == Approx(-0.54910965794728501).epsilon(1e-12));
    CHECK(student_t_quantile(0.999, 30).value() == Approx(3.3851848668293051).epsilon(1e-12));
}

TEST_CASE("intervals: quantiles outside the distribution are undefined") {
    for (const double probability : {0.0, 1.0, -0.1, 1.1, kNan})
        CHECK_FALSE(student_t_quantile(probability, 4));
    for (const double df : {0.0, -1.0, kNan, kInfinity}) CHECK_FALSE(student_t_quantile(0.975, df));
}

TEST_CASE("intervals: the interval of a mean agrees with scipy") {
    // scipy.stats.t.interval(confidence, n - 1, loc=np.mean(x), scale=scipy.stats.sem(x))
    const std::vector<double> values{97.63, 97.36, 97.55, 97.43, 96.77};
    const auto interval = mean_interval(values);
    REQUIRE(interval);
    CHECK(interval->lower == Approx(96.92634582399188).epsilon(1e-12));
    CHECK(interval->upper == Approx(97.76965417600812).epsilon(1e-12));
    const auto wide = mean_interval(std::vector<double>{2.1, 2.5, 1.9}, 0.99);
    REQUIRE(wide);
    CHECK(wide->lower == Approx(0.41608887260399587).epsilon(1e-12));
    CHECK(wide->upper == Approx(3.9172444607293375).epsilon(1e-12));
}

TEST_CASE("intervals: a mean of fewer than two values has no interval") {
    CHECK_FALSE(mean_interval({}));
    CHECK_FALSE(mean_interval(std::vector<double>{1.0}));
    CHECK_FALSE(mean_interval(std::vector<double>{1.0, kNan}));
    const std::vector<double> two{1, 2};
    for (const double confidence : {0.0, 1.0, -1.0, 95.0, kNan}) CHECK_FALSE(mean_interval(two, confidence));
}

TEST_CASE("intervals: Wilson's interval agrees with scipy") {
    // scipy.stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
    struct Case {
        std::uint64_t successes, trials;
        double confidence, lower, upper;
    };
    const std::vector<Case> cases{{9750, 10000, 0.95, 0.9717527631333817, 0.9778824384144756},
                                  {3, 7, 0.95, 0.1582198552514697, 0.7495416354723428},
                                  {50, 60, 0.99, 0.6779510221788864, 0.9223350447373934},
                                  {0, 10, 0.95, 0, 0.27753279986288926},
                                  {10, 10, 0.95, 0.7224672001371109, 1}};
    for (const Case& known : cases) {
        const auto interval = wilson_interval(known.successes, known.trials, known.confidence);
        REQUIRE(interval);
        CHECK(interval->lower == Approx(known.lower).epsilon(1e-12));
        CHECK(interval->upper == Approx(known.upper).epsilon(1e-12));
    }
}

TEST_CASE("intervals: Wilson's interval ends exactly at 0 and 1") {
    for (const std::uint64_t trials : {1U, 3U, 1000U, 10000U}) {
        CHECK(wilson_interval(0, trials).value().lower == 0);
        CHECK(wilson_interval(trials, trials).value().upper == 1);
    }
}

TEST_CASE("intervals: no trials and more successes than trials have no interval") {
    CHECK_FALSE(wilson_interval(0, 0));
    CHECK_FALSE(wilson_interval(11, 10));
    CHECK_FALSE(wilson_interval(5, 10, 1.0));
    CHECK_FALSE(wilson_interval(5, 10, kNan));
    CHECK_FALSE(independent_proportions_interval(0, 0, 1, 2));
    CHECK_FALSE(independent_proportions_interval(1, 2, 3, 2));
}

TEST_CASE("intervals: the difference of proportions agrees with Newcombe's example") {
    // 56/70 against 48/80 in the paper's table II, method 10: 0.0524 to 0.3339; more digits from scipy's
    // Wilson intervals, combined.
    const auto published = independent_proportions_interval(56, 70, 48, 80);
    REQUIRE(published);
    CHECK(published->lower == Approx(0.052431472402364815).epsilon(1e-10));
    CHECK(published->upper == Approx(0.3338726540369059).epsilon(1e-10));
}

TEST_CASE("intervals: 43 errors fewer of 10,000 are not quite a difference") {
    const auto interval = independent_proportions_interval(9761, 10000, 9718, 10000);
    REQUIRE(interval);
    CHECK(interval->lower == Approx(-0.00011964442279918056).epsilon(1e-9));
    CHECK(interval->upper == Approx(0.008737897040176072).epsilon(1e-9));
    CHECK(interval->contains(0));
    CHECK_FALSE(independent_proportions_interval(9761, 10000, 9710, 10000).value().contains(0));
}

TEST_CASE("intervals: exchanging the proportions mirrors the interval") {
    const auto one = independent_proportions_interval(7, 20, 11, 30).value();
    const auto other = independent_proportions_interval(11, 30, 7, 20).value();
    CHECK(one.lower == Approx(-other.upper).epsilon(1e-14));
    CHECK(one.upper == Approx(-other.lower).epsilon(1e-14));
}

TEST_CASE("median interval: ranks are those of the binomial table") {
    // Conover's table A3: the greatest k with 2 P(Binomial(n, 1/2) < k) <= 0.05 is 1 for 6 to 8 values, 2 for
    // 9 to 11, 6 for 20, 10 for 30; scipy: binom.ppf(0.025, n, 0.5).
    const auto ranks = [](std::size_t n, double confidence) {
        std::vector<double> values;
        for (std::size_t i = n; i > 0; --i) values.push_back(static_cast<double>(i));
        return median_interval(values, confidence);
    };
    const std::pair<std::size_t, double> table[] = {{6, 1},  {8, 1},  {9, 2},  {10, 2},
                                                    {11, 2}, {20, 6}, {30, 10}};
    for (const auto& [n, k] : table) {
        CAPTURE(n);
        const auto interval = ranks(n, 0.95);
        REQUIRE(interval.has_value());
        CHECK(interval->lower == k);
        CHECK(interval->upper == static_cast<double>(n) + 1 - k);
    }
    CHECK(ranks(1000, 0.95)->lower == 469);
    CHECK(ranks(5, 0.9)->lower == 1);
}

TEST_CASE("median interval: too few or too many values and values that are no numbers have none") {
    CHECK_FALSE(median_interval(std::vector<double>{}).has_value());
    CHECK_FALSE(median_interval(std::vector<double>{1, 2, 3, 4, 5}).has_value());
    CHECK_FALSE(median_interval(std::vector<double>(1001, 1)).has_value());
    CHECK_FALSE(median_interval(std::vector<double>{1, 2, 3, 4, 5, kNan}).has_value());
    CHECK_FALSE(median_interval(std::vector<double>(10, 1), 1).has_value());
}
