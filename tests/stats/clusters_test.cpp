// Values in clusters: known answers, what is undefined, and how often intervals hold what is known.
#include "mnist/stats/clusters.hpp"

#include <cmath>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/bootstrap.hpp"

namespace mnist {
namespace {

using Means = std::vector<double>;

struct Clustered {
    std::vector<double> values;
    std::vector<std::uint32_t> clusters;
    [[nodiscard]] ClusteredSample sample() const { return {values, clusters}; }
};

/// Times around 1: `between` from cluster to cluster, `within` from value to value.
Clustered simulated(CounterRng& rng, std::uint32_t clusters, std::uint32_t values, double between,
                    double within) {
    Clustered made;
    for (std::uint32_t c = 0; c < clusters; ++c) {
        const double centre = between * rng.next_normal();
        for (std::uint32_t v = 0; v < values; ++v) {
            made.values.push_back(std::exp(centre + within * rng.next_normal()));
            made.clusters.push_back(c);
        }
    }
    return made;
}

double width(const RatioInterval& interval) {
    return std::log(interval.interval.upper / interval.interval.lower);
}

}  // namespace

TEST_CASE("clusters: means are of logarithms, by the number of the cluster and not by place") {
    const std::vector<double> values{1, 4, 2, 8};
    const std::vector<std::uint32_t> clusters{7, 3, 7, 3};
    const Means means = cluster_log_means({values, clusters});
    REQUIRE(means.size() == 2);
    CHECK(means[0] == Approx(std::log(std::sqrt(32.0))));
    CHECK(means[1] == Approx(std::log(std::sqrt(2.0))));
    CHECK(cluster_log_means({values, {}}).size() == 1);
    CHECK(places_by_cluster({values, clusters}) == std::vector<std::vector<std::uint32_t>>{{1, 3}, {0, 2}});
}

TEST_CASE("clusters: no values, other many numbers and times that are none have no means") {
    const std::vector<double> values{1, 2};
    const std::vector<std::uint32_t> one{0};
    const std::vector<double> bad{1, -2};
    CHECK(cluster_log_means({}).empty());
    CHECK(cluster_log_means({values, one}).empty());
    CHECK(cluster_log_means({bad, {}}).empty());
}

TEST_CASE("clusters: six on both sides are judged by the ranks of their means") {
    const Means low{0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    const Means high{1.1, 1.2, 1.3, 1.4, 1.5, 1.6};
    const auto test = cluster_test(high, low, 0.95).value();
    CHECK(test.p == Approx(2.0 / 924));  // 12 over 6 orders
    CHECK(test.difference == Approx(1));
    CHECK_FALSE(test.interval.has_value());
    CHECK(cluster_test(low, high, 0.95)->difference == Approx(-1));
    CHECK(least_cluster_p(6, 6) == Approx(2.0 / 924));
    CHECK(least_cluster_p(10, 10) < 1.1e-5);
}

TEST_CASE("clusters: fewer have Student's p and interval, and never claim more than six could") {
    const Means first{0.0, 0.2, 0.1};
    const Means second{0.5, 0.4, 0.6};
    // Pooled s^2 = (0.02 + 0.02) / 4, se = sqrt(0.01 * 2 / 3): t = 0.4 / 0.0816497 = 4.898979; scipy: p
    // 0.00805.
    const auto test = cluster_test(first, second, 0.95).value();
    CHECK(test.p == Approx(0.0080499).epsilon(1e-3));
    CHECK(test.difference == Approx(-0.4));
    CHECK(test.interval.value().lower == Approx(-0.4 - 2.7764451 * 0.0816496581));
    CHECK(test.interval.value().upper == Approx(-0.4 + 2.7764451 * 0.0816496581));
    const Means far{40.5, 40.4, 40.6};
    CHECK(cluster_test(first, far, 0.95)->p == Approx(2.0 / 924));
    CHECK(least_cluster_p(2, 2) == Approx(2.0 / 924));
    CHECK(least_cluster_p(1, 1) == 1);
}

TEST_CASE("clusters: one on a side is measured by the spread of the others, two alone by nothing") {
    const Means one{0.3};
    const Means others{0.0, 0.02, -0.02};
    const auto test = cluster_test(one, others, 0.95).value();
    // s = 0.02, se = 0.02 sqrt(1 + 1/3), t(2) = 12.99: p = 0.00587.
    CHECK(test.p == Approx(0.005873).epsilon(1e-3));
    CHECK_FALSE(cluster_test(one, one, 0.95).has_value());
    CHECK_FALSE(cluster_test(one, {}, 0.95).has_value());
    CHECK_FALSE(cluster_test(one, others, 1).has_value());
    const Means same{0.1, 0.1};
    const Means other{0.2, 0.2};
    CHECK(cluster_test(same, same, 0.95)->p == 1);
    CHECK(cluster_test(same, other, 0.95)->p == Approx(2.0 / 924));
}

TEST_CASE("clusters: the interval by resampling is as wide as clusters differ, not as repetitions do") {
    CounterRng rng(1, RandomPurpose::synthetic, 1);
    const Clustered a = simulated(rng, 8, 10, 0.03, 0.003);
    const Clustered b = simulated(rng, 8, 10, 0.03, 0.003);
    const auto clustered = cluster_bootstrap_ratio_interval(a.sample(), b.sample()).value();
    const auto pooled = bootstrap_ratio_interval(a.values, b.values).value();
    CHECK(clustered.ratio == Approx(pooled.ratio));
    // Of 8 against 8 with a standard deviation of 3 %: 2 * 1.96 * 0.03 / 2 = 5.9 %, within the spread of a
    // sample.
    CHECK(width(clustered) > 0.03);
    CHECK(width(clustered) < 0.11);
    CHECK(width(clustered) > 2 * width(pooled));
}

TEST_CASE("clusters: resampling asks for two on each side, and takes means where there are many pairs") {
    CounterRng rng(2, RandomPurpose::synthetic, 1);
    const Clustered one = simulated(rng, 1, 10, 0.01, 0.01);
    const Clustered many = simulated(rng, 12, 20, 0.01, 0.01);
    CHECK_FALSE(cluster_bootstrap_ratio_interval(one.sample(), many.sample()).has_value());
    CHECK_FALSE(
        cluster_bootstrap_ratio_interval(many.sample(), many.sample(), {.confidence = 1}).has_value());
    const auto interval = cluster_bootstrap_ratio_interval(many.sample(), many.sample()).value();
    CHECK(interval.ratio == Approx(1));
    CHECK(interval.interval.contains(1));
}

TEST_CASE("clusters: simulated intervals hold the ratio about as often as they say", "[slow]") {
    struct Case {
        std::uint32_t clusters, values;
        double between, within;
    };
    constexpr std::uint32_t kTrials = 1000;
    for (const Case& one : {Case{6, 3, 0.01, 0.01}, Case{6, 10, 0.01, 0.01}, Case{6, 10, 0.01, 0.03},
                            Case{10, 5, 0.01, 0.01}, Case{12, 10, 0.01, 0.03}}) {
        unsigned held = 0;
        for (std::uint32_t trial = 0; trial < kTrials; ++trial) {
            CounterRng rng(5, RandomPurpose::synthetic, trial);
            const Clustered a = simulated(rng, one.clusters, one.values, one.between, one.within);
            const Clustered b = simulated(rng, one.clusters, one.values, one.between, one.within);
            const auto interval =
                cluster_bootstrap_ratio_interval(a.sample(), b.sample(), {.resamples = 400});
            if (interval->interval.contains(1)) ++held;
        }
        const double share = static_cast<double>(held) / kTrials;
        CAPTURE(one.clusters, one.values, one.between, one.within, share);
        CHECK(share > 0.87);
        CHECK(share < 0.99);
    }
}

}  // namespace mnist
