// Known answers are scipy 1.10.1's, each test names the call; exact p values are also counted over all
// orders.
#include "mnist/stats/trend.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"

using mnist::mann_kendall_test;

namespace {

using Values = std::vector<double>;

/// Pairs that rise minus pairs that fall, one by one.
double score(const Values& values) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        for (std::size_t k = i + 1; k < values.size(); ++k)
            sum += static_cast<double>(values[k] > values[i]) - static_cast<double>(values[k] < values[i]);
    }
    return sum;
}

}  // namespace

TEST_CASE("trend: exact p values agree with scipy") {
    // scipy.stats.kendalltau(range(n), values, method="exact")
    const auto none =
        mann_kendall_test(Values{10.31, 10.12, 10.55, 10.07, 10.93, 10.18, 10.24, 11.41, 10.02, 10.29});
    REQUIRE(none);
    CHECK(none->exact);
    CHECK(none->tau == Approx(0.022222222222222223));
    CHECK(none->p == 1);
    const auto rising = mann_kendall_test(Values{1.0, 1.1, 1.05, 1.2, 1.3, 1.25, 1.4});
    CHECK(rising.value().tau == Approx(0.8095238095238096));
    CHECK(rising.value().p == Approx(0.010714285714285714).epsilon(1e-12));
    Values hundred;
    for (int i = 0; i < 100; ++i) hundred.push_back(i * 37 % 101 + 0.501 * i);
    const auto most = mann_kendall_test(hundred);
    CHECK(most.value().exact);
    CHECK(most.value().tau == Approx(0.29616161616161624));
    CHECK(most.value().p == Approx(9.448641319034755e-06).epsilon(1e-10));
    Values monotone(12);
    std::iota(monotone.begin(), monotone.end(), 1);
    CHECK(mann_kendall_test(monotone).value().p == Approx(4.17535139757362e-09).epsilon(1e-12));
    std::reverse(monotone.begin(), monotone.end());
    CHECK(mann_kendall_test(monotone).value().tau == -1);
    CHECK(mann_kendall_test(monotone).value().p == Approx(4.17535139757362e-09).epsilon(1e-12));
}

TEST_CASE("trend: p is the share of all orders that are at least as far from none") {
    Values order{1, 2, 3, 4, 5, 6};
    std::vector<double> scores;
    do {
        scores.push_back(std::abs(score(order)));
    } while (std::next_permutation(order.begin(), order.end()));
    do {
        const auto as_far = std::count_if(scores.begin(), scores.end(),
                                          [&](double s) { return s >= std::abs(score(order)); });
        const auto found = mann_kendall_test(order);
        REQUIRE(found);
        CHECK(found->p == Approx(static_cast<double>(as_far) / static_cast<double>(scores.size())));
    } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("trend: ties and long series have the normal approximation of the formula") {
    // math.erfc((32 - 1) / math.sqrt(variance) / math.sqrt(2)), ties 2, 2 and 3
    const auto ties = mann_kendall_test(Values{1, 1, 2, 3, 3, 3, 4, 2, 5, 6});
    REQUIRE(ties);
    CHECK_FALSE(ties->exact);
    CHECK(ties->tau == Approx(32.0 / 45));
    CHECK(ties->p == Approx(0.004542654422162748).epsilon(1e-10));
    Values many;
    for (int i = 0; i < 150; ++i) many.push_back(i * 37 % 101 + i);
    CHECK(mann_kendall_test(many).value().tau == Approx(score(many) / (150 * 149 / 2.0)));
    CHECK(mann_kendall_test(many).value().p == Approx(7.884973585151847e-33).epsilon(1e-9));
    CHECK(mann_kendall_test(Values{2, 2, 2, 2}).value().p == 1);
}

TEST_CASE("trend: noise in any order is found to have one no more often than promised") {
    int found = 0;
    constexpr int kSeries = 4000;
    for (int series = 0; series < kSeries; ++series) {
        mnist::CounterRng rng(7, mnist::RandomPurpose::bootstrap, static_cast<std::uint32_t>(series));
        Values values;
        for (int i = 0; i < 10; ++i) values.push_back(static_cast<double>(rng.next_below(1U << 30U)));
        found += mann_kendall_test(values).value().p < 0.05 ? 1 : 0;
    }
    CHECK(found < kSeries * 0.06);
    CHECK(found > kSeries * 0.02);
}

TEST_CASE("trend: two values, or one that is none, are undefined") {
    CHECK_FALSE(mann_kendall_test(Values{}));
    CHECK_FALSE(mann_kendall_test(Values{1, 2}));
    CHECK_FALSE(mann_kendall_test(Values{1, 2, std::numeric_limits<double>::quiet_NaN()}));
    CHECK_FALSE(mann_kendall_test(Values{1, 2, std::numeric_limits<double>::infinity()}));
}
