// Known answers: the null variance and the exact p were counted over all orders of the sample's values (4
// against 4, 4 against 3 and 5 against 4, every combination); z is the formula worked out apart from this
// code.
#include <limits>
#include <vector>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/stats/rank_test.hpp"

using mnist::CounterRng;
using mnist::mann_whitney_test;
using mnist::RandomPurpose;
using mnist::SamplePair;
using mnist::stratified_rank_test;

namespace {

using Values = std::vector<double>;

// On scales of their own; the second with ties.
const Values kFirst[] = {{1.1, 1.3, 1.7, 1.2}, {20, 22, 25, 22}, {300, 310, 290, 305, 320}};
const Values kSecond[] = {{1.0, 1.25, 1.05, 0.9}, {21, 19, 22}, {280, 300, 295, 285}};

std::vector<SamplePair> three_pairs() {
    std::vector<SamplePair> pairs;
    for (std::size_t i = 0; i < 3; ++i) pairs.push_back({kFirst[i], kSecond[i]});
    return pairs;
}

}  // namespace

TEST_CASE("stratified rank test: three pairs on different scales have the p that was worked out") {
    const auto result = stratified_rank_test(three_pairs()).value();
    CHECK(result.z == Approx(2.7338643848771844).epsilon(1e-12));
    CHECK(result.p == Approx(0.006259581985747877).epsilon(1e-12));
    // Over all orders p is 0.0046: the normal distribution errs to the safe side here.
    CHECK(result.p > 0.0046);
    CHECK(result.p < 0.0070);
}

TEST_CASE("stratified rank test: exchanged samples turn z round, and opposite pairs cancel") {
    std::vector<SamplePair> pairs = three_pairs();
    for (SamplePair& pair : pairs) std::swap(pair.first, pair.second);
    CHECK(stratified_rank_test(pairs).value().z == Approx(-2.7338643848771844).epsilon(1e-12));
    const std::vector<SamplePair> opposite{{kFirst[0], kSecond[0]}, {kSecond[0], kFirst[0]}};
    CHECK(stratified_rank_test(opposite).value().z == 0);
    CHECK(stratified_rank_test(opposite).value().p == 1);
}

TEST_CASE("stratified rank test: one pair alone has Mann-Whitney's exact p") {
    const SamplePair pair{kFirst[0], kSecond[0]};
    CHECK(stratified_rank_test(std::span(&pair, 1)).value().p ==
          mann_whitney_test(kFirst[0], kSecond[0]).value().p);
}

TEST_CASE("stratified rank test: many pairs of few values find what none of them could alone") {
    const Values slow{1.1, 1.2, 1.3};
    const Values fast{0.7, 0.8, 0.9};
    CHECK(mann_whitney_test(slow, fast).value().p > 0.05);
    const std::vector<SamplePair> pairs(6, SamplePair{slow, fast});
    CHECK(stratified_rank_test(pairs).value().p < 1e-4);
}

TEST_CASE("stratified rank test: of pairs without a difference the promised share looks different") {
    constexpr unsigned kTables = 4000;
    unsigned found = 0;
    for (unsigned table = 0; table < kTables; ++table) {
        CounterRng rng(7, RandomPurpose::synthetic, table);
        std::vector<Values> values(8, Values(5));
        for (Values& sample : values) {
            for (double& x : sample) x = rng.next_unit_f64();
        }
        std::vector<SamplePair> pairs;
        for (std::size_t i = 0; i < values.size(); i += 2) pairs.push_back({values[i], values[i + 1]});
        if (stratified_rank_test(pairs).value().p <= 0.05) ++found;
    }
    CHECK(found > kTables * 0.038);
    CHECK(found < kTables * 0.060);
}

TEST_CASE("stratified rank test: equal values say nothing, and bad samples have no test") {
    const Values equal{5, 5, 5};
    const std::vector<SamplePair> pairs(2, SamplePair{equal, equal});
    CHECK(stratified_rank_test(pairs).value().p == 1);
    CHECK_FALSE(stratified_rank_test({}));
    const Values bad{1, std::numeric_limits<double>::quiet_NaN()};
    const Values none;
    for (const Values* const values : {&bad, &none}) {
        const std::vector<SamplePair> spoilt{{equal, equal}, {equal, *values}};
        CHECK_FALSE(stratified_rank_test(spoilt));
    }
}
