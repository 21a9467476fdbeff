// Known answers are numpy 1.24's, np.mean, np.std(ddof=1), np.median, and scipy 1.10.1's scipy.stats.gmean.
#include "mnist/stats/summary.hpp"

#include <limits>
#include <vector>

#include "catch.hpp"

using mnist::geometric_mean;
using mnist::median;
using mnist::summarise;

TEST_CASE("summary: a sample agrees with numpy") {
    const std::vector<double> last_accuracies{97.63, 97.36, 97.55, 97.43, 96.77};
    const auto summary = summarise(last_accuracies);
    REQUIRE(summary);
    CHECK(summary->n == 5);
    CHECK(summary->mean == Approx(97.348).epsilon(1e-14));
    CHECK(summary->standard_deviation.value() == Approx(0.33958798565320375).epsilon(1e-12));
    CHECK(summary->median == 97.43);
    CHECK(summary->min == 96.77);
    CHECK(summary->max == 97.63);
}

TEST_CASE("summary: the median of an even number of values is the mean of the middle two") {
    const std::vector<double> values{2.0, 3.7, 2.9, 4.4, 3.1, 2.2};
    CHECK(median(values).value() == Approx(3.0).epsilon(1e-15));
    CHECK(summarise(values).value().standard_deviation.value() == Approx(0.9049861877399015).epsilon(1e-14));
}

TEST_CASE("summary: one value has a mean and no standard deviation") {
    const auto summary = summarise(std::vector<double>{3.5});
    REQUIRE(summary);
    CHECK(summary->mean == 3.5);
    CHECK(summary->median == 3.5);
    CHECK_FALSE(summary->standard_deviation.has_value());
}

TEST_CASE("summary: equal values have the standard deviation 0") {
    const std::vector<double> values{0.25, 0.25, 0.25};
    CHECK(summarise(values).value().standard_deviation.value() == 0);
}

TEST_CASE("summary: close values far from zero keep their spread") {
    const std::vector<double> values{1e9 + 1, 1e9 + 2, 1e9 + 3};
    CHECK(summarise(values).value().standard_deviation.value() == Approx(1.0).epsilon(1e-12));
}

TEST_CASE("summary: no values and non-finite values have no summary") {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(summarise({}).has_value());
    CHECK_FALSE(median({}).has_value());
    CHECK_FALSE(summarise(std::vector<double>{1, nan}).has_value());
    CHECK_FALSE(summarise(std::vector<double>{1, -infinity}).has_value());
    CHECK_FALSE(median(std::vector<double>{nan}).has_value());
}

TEST_CASE("summary: the geometric mean agrees with scipy") {
    CHECK(geometric_mean(std::vector<double>{1.82, 0.97, 1.14, 2.5, 0.4}).value() ==
          Approx(1.150137052316979).epsilon(1e-14));
    CHECK(geometric_mean(
              std::vector<double>{10.31, 10.12, 10.55, 10.07, 10.93, 10.18, 10.24, 11.41, 10.02, 10.29})
              .value() == Approx(10.4038905452683).epsilon(1e-14));
}

TEST_CASE("summary: in the geometric mean a factor and its inverse cancel") {
    CHECK(geometric_mean(std::vector<double>{2, 0.5}).value() == Approx(1.0).epsilon(1e-15));
    CHECK(geometric_mean(std::vector<double>{1e300, 1e-300, 1e300, 1e-300}).value() ==
          Approx(1.0).epsilon(1e-12));
}

TEST_CASE("summary: the geometric mean of equal values is that value, whatever its magnitude") {
    for (const double x : {0.1, 3.7, 5e-324, 1.7976931348623157e308})
        CHECK(geometric_mean(std::vector<double>{x, x, x}).value() == x);
    CHECK(geometric_mean(std::vector<double>{0.3}).value() == 0.3);
}

TEST_CASE("summary: no values and values that are not positive have no geometric mean") {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK_FALSE(geometric_mean({}));
    for (const double bad : {0.0, -0.0, -2.0, nan, infinity, -infinity})
        CHECK_FALSE(geometric_mean(std::vector<double>{1, bad, 2}));
}
