// Known answers: scipy.stats.ttest_ind(first, second, equal_var=False) of scipy 1.10.1; its interval with
// Student's quantile at Welch's degrees of freedom, solved for with mpmath at 30 digits (scipy's has about
// ten).
#include "mnist/stats/hypothesis.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"
#include "samples.hpp"

using mnist::welch_test;
using mnist_test::kNan;

namespace {
const std::vector<double> kAdam{97.63, 97.36, 97.55, 97.43, 96.77};
const std::vector<double> kMomentum{97.93, 97.69, 97.92, 97.83, 98.03};
}  // namespace

TEST_CASE("hypothesis: Welch's test agrees with scipy") {
    const auto result = welch_test(kAdam, kMomentum);
    REQUIRE(result);
    CHECK(result->difference == Approx(-0.532).epsilon(1e-12));
    CHECK(result->t == Approx(-3.278956772215118).epsilon(1e-10));
    CHECK(result->degrees_of_freedom == Approx(5.108617883982804).epsilon(1e-10));
    CHECK(result->p == Approx(0.02129720638855833).epsilon(1e-10));
    CHECK(result->interval.lower == Approx(-0.94641537908290613).epsilon(1e-10));
    CHECK(result->interval.upper == Approx(-0.11758462091709387).epsilon(1e-10));
}

TEST_CASE("hypothesis: Welch's test agrees with scipy for samples of different length") {
    const auto result =
        welch_test(std::vector<double>{2.1, 2.5, 1.9}, std::vector<double>{2.0, 3.7, 2.9, 4.4, 3.1, 2.2});
    REQUIRE(result);
    CHECK(result->difference == Approx(-0.8833333333333337).epsilon(1e-12));
    CHECK(result->t == Approx(-2.1576113432801054).epsilon(1e-10));
    CHECK(result->degrees_of_freedom == Approx(6.672401778722854).epsilon(1e-10));
    CHECK(result->p == Approx(0.06974965280735933).epsilon(1e-10));
    CHECK(result->interval.lower == Approx(-1.8611375988696503).epsilon(1e-10));
    CHECK(result->interval.upper == Approx(0.094470932202983657).epsilon(1e-10));
}

TEST_CASE("hypothesis: more confidence widens the interval and leaves p") {
    const auto result = welch_test(kMomentum, kAdam, 0.99);
    REQUIRE(result);
    CHECK(result->interval.lower == Approx(-0.11510160469434996).epsilon(1e-10));
    CHECK(result->interval.upper == Approx(1.17910160469435).epsilon(1e-10));
    CHECK(result->p == Approx(0.02129720638855833).epsilon(1e-10));
}

TEST_CASE("hypothesis: identical samples differ by nothing, p is 1") {
    const auto result = welch_test(kAdam, kAdam);
    REQUIRE(result);
    CHECK(result->difference == 0);
    CHECK(result->p == Approx(1.0));
    CHECK(result->interval.contains(0));
}

TEST_CASE("hypothesis: spread on one side is enough") {
    // scipy.stats.ttest_ind([1, 2, 3], [2, 2, 2], equal_var=False)
    const auto result = welch_test(std::vector<double>{1, 2, 3}, std::vector<double>{2, 2, 2});
    REQUIRE(result);
    CHECK(result->degrees_of_freedom == Approx(2.0));
    CHECK(result->interval.upper == Approx(2.4841377117503311).epsilon(1e-10));
}

TEST_CASE("hypothesis: without spread, with one value or with NaN there is no test") {
    CHECK_FALSE(welch_test(std::vector<double>{1, 1}, std::vector<double>{2, 2}));
    CHECK_FALSE(welch_test(std::vector<double>{1}, kAdam));
    CHECK_FALSE(welch_test(kAdam, {}));
    CHECK_FALSE(welch_test(kAdam, std::vector<double>{1, kNan}));
    for (const double confidence : {0.0, 1.0, -0.5, 95.0, kNan})
        CHECK_FALSE(welch_test(kAdam, kMomentum, confidence));
}
