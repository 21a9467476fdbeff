// Known answers are worked out by hand; the definition they come from, a closed test of all subsets, is a
// second implementation.
#include "mnist/stats/multiplicity.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"

using mnist::CounterRng;
using mnist::holm_adjusted;
using mnist::RandomPurpose;

namespace {

using Values = std::vector<double>;

/// The greatest Bonferroni p value of all subsets that hold the test.
double by_closure(const Values& p_values, std::size_t test) {
    double greatest = 0;
    for (std::size_t subset = 0; subset < std::size_t{1} << p_values.size(); ++subset) {
        if ((subset >> test & 1U) == 0) continue;
        double least = 1;
        double size = 0;
        for (std::size_t i = 0; i < p_values.size(); ++i) {
            if ((subset >> i & 1U) == 0) continue;
            least = std::min(least, p_values[i]);
            ++size;
        }
        greatest = std::max(greatest, std::min(1.0, size * least));
    }
    return greatest;
}

}  // namespace

TEST_CASE("multiplicity: Holm's adjustment of four values, worked out by hand, in the order of the list") {
    const auto adjusted = holm_adjusted(Values{0.01, 0.04, 0.03, 0.005});
    REQUIRE(adjusted);
    const Values known{0.03, 0.06, 0.06, 0.02};
    REQUIRE(adjusted->size() == known.size());
    for (std::size_t i = 0; i < known.size(); ++i) CHECK((*adjusted)[i] == Approx(known[i]).epsilon(1e-14));
}

TEST_CASE("multiplicity: Holm's adjustment is the closed test with Bonferroni") {
    for (std::uint32_t list = 0; list < 50; ++list) {
        CounterRng rng(7, RandomPurpose::synthetic, list);
        Values p_values(1 + list % 8);
        // Coarse, so that equal values occur; squared, so that small ones do.
        for (double& p : p_values) p = rng.next_below(21) / 20.0;
        for (double& p : p_values) p *= p;
        const auto adjusted = holm_adjusted(p_values);
        REQUIRE(adjusted);
        for (std::size_t i = 0; i < p_values.size(); ++i) {
            CHECK((*adjusted)[i] == Approx(by_closure(p_values, i)).epsilon(1e-13));
            CHECK((*adjusted)[i] >= p_values[i]);
        }
    }
}

TEST_CASE("multiplicity: adjusted values are capped at 1 and never fall where p rises") {
    const Values p_values{0.9, 0.0, 0.4, 0.039, 0.04, 1.0};
    const Values adjusted = holm_adjusted(p_values).value();
    CHECK(adjusted[0] == 1);
    CHECK(adjusted[1] == 0);
    CHECK(adjusted[5] == 1);
    CHECK(adjusted[3] == Approx(0.195));
    CHECK(adjusted[4] == Approx(0.195));  // 4 * 0.04 alone would be below the smaller p's
}

TEST_CASE("multiplicity: a single value stays, equal values stay equal, an empty list stays empty") {
    CHECK(holm_adjusted(Values{0.03}).value() == Values{0.03});
    CHECK(holm_adjusted(Values{0.01, 0.01, 0.01}).value() == Values(3, 3 * 0.01));
    REQUIRE(holm_adjusted({}));
    CHECK(holm_adjusted({}).value().empty());
}

TEST_CASE("multiplicity: values that are no probabilities have no adjustment") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    for (const double bad : {-0.01, 1.01, nan}) CHECK_FALSE(holm_adjusted(Values{0.5, bad}));
}
