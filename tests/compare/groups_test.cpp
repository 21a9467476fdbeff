// Groups of rows: which there are, their means, and that they claim no more than they may.
#include "mnist/compare/groups.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "mnist/core/rng.hpp"

namespace mnist {
namespace {

using Names = std::vector<std::string>;

std::vector<std::string> titles(const std::vector<RowGroup>& groups) {
    std::vector<std::string> found;
    found.reserve(groups.size());
    for (const RowGroup& group : groups) found.push_back(group.title);
    return found;
}

/// Rows of samples that are owned here and judged together.
struct Rows {
    std::vector<std::vector<double>> base, new_values;

    void add(std::vector<double> slow, std::vector<double> fast) {
        base.push_back(std::move(slow));
        new_values.push_back(std::move(fast));
    }
    [[nodiscard]] GroupComparison judged(const VerdictSettings& settings = {.resamples = 500}) const {
        std::vector<TimeSamples> times;
        RowGroup all{.title = "all", .rows = {}};
        for (std::size_t i = 0; i < base.size(); ++i) {
            times.push_back({.base = base[i], .new_values = new_values[i]});
            all.rows.push_back(i);
        }
        const auto speed = judge_speed(times, settings);
        const std::vector<std::optional<AccuracyComparison>> none(base.size());
        return judge_groups(std::span(&all, 1), times, speed, none, settings).front();
    }
};

AccuracyComparison accuracy(double difference, double lower, double upper) {
    AccuracyComparison row;
    row.difference = difference;
    row.interval = Interval{lower, upper};
    return row;
}

}  // namespace

TEST_CASE("groups: rows of another library are means of their own") {
    const Names names{"Train/Adam/batch:64", "Train/Adam/batch:64/threads:2/library:jax",
                      "Train/SGD/batch:64/precision:bf16/library:jax"};
    CHECK(titles(groups_by_family(names)) == Names{"Train", "Train, jax", "Train in bf16, jax"});
    CHECK(titles(groups_to_mean(names)).back() == "all in bf16, jax");
}

TEST_CASE(
    "groups: the summary speaks of the training as a whole and of each optimizer's where there is any") {
    const Names names{"Infer/1", "Train/Adam/batch:64", "Train/SGD/batch:64", "Train/Adam/batch:16"};
    const auto groups = groups_to_name(names);
    REQUIRE(titles(groups) == Names{"training", "Adam training", "SGD training"});
    CHECK(groups[0].rows == std::vector<std::size_t>{1, 2, 3});
    CHECK(groups[0].is_headline);
    CHECK(groups[1].rows == std::vector<std::size_t>{1, 3});
    CHECK_FALSE(groups[1].is_headline);
    CHECK(groups[1].is_training);
    CHECK(titles(groups_to_name(
              Names{"Train/Adam/batch:64/precision:bf16", "Train/Adam/batch:64", "Train/SGD/batch:64"})) ==
          Names{"training", "Adam training in bf16", "Adam training", "SGD training"});
    const auto one = groups_to_name(Names{"Train/Adam/batch:64", "Infer/1"});
    CHECK(titles(one) == Names{"Adam training"});
    CHECK(one[0].is_headline);
}

TEST_CASE("groups: without training it speaks of up to three families, and of all rows beyond that") {
    CHECK(titles(groups_to_name(Names{"A/1", "B/1", "A/2"})) == Names{"A", "B/1"});
    const auto groups = groups_to_name(Names{"A/1", "B/1", "C", "D", "A/2"});
    CHECK(titles(groups) == Names{"all 5 rows"});
    CHECK(groups[0].rows.size() == 5);
    CHECK(groups[0].is_headline);
    CHECK(titles(groups_by_family(Names{"B/1", "A/1", "B/2", "C"})) == Names{"B", "A", "C"});
}

TEST_CASE("groups: precisions are not mixed, neither in families nor in means of all rows") {
    const Names names{"A/1", "A/1/precision:bf16", "B/precision:int8/x", "A/2", "C", "D"};
    CHECK(titles(groups_by_family(names)) == Names{"A", "A in bf16", "B in int8", "C", "D"});
    CHECK(titles(groups_to_mean(names)) ==
          Names{"A", "A in bf16", "B in int8", "C", "D", "all", "all in bf16", "all in int8"});
    CHECK(titles(groups_to_name(names)) == Names{"all 4 rows", "A/1/precision:bf16", "B/precision:int8/x"});
}

TEST_CASE("groups: ratio and interval are geometric means of the rows'") {
    SpeedComparison one;
    one.ratio = 2;
    one.interval = Interval{1, 4};
    one.threshold = 0.05;
    one.samples_base = 10;
    SpeedComparison other = one;
    other.ratio = 8;
    other.interval = Interval{4, 9};
    other.threshold = 0.1;
    other.samples_base = 5;
    const std::array rows{one, other};
    const RowGroup both{.title = "x", .rows = {0, 1}};
    const SpeedComparison mean = mean_of_ratios(both, rows);
    CHECK(mean.ratio.value() == Approx(4));
    CHECK(mean.interval.value().lower == Approx(2));
    CHECK(mean.interval.value().upper == Approx(6));
    CHECK(mean.threshold == 0.1);
    CHECK(mean.samples_base == 5);
    std::array spoilt = rows;
    spoilt[1].interval.reset();
    CHECK_FALSE(mean_of_ratios(both, spoilt).interval.has_value());
    CHECK(mean_of_ratios(both, spoilt).ratio.has_value());
}

TEST_CASE("groups: many rows of few repetitions show together what no row can alone") {
    Rows rows;
    for (int i = 0; i < 12; ++i)
        rows.add({1.2, 1.21, 1.22, 1.23, 1.24}, {1.0, 1.01, 1.02, 1.03, 1.04 + i * 1e-5});
    const GroupComparison group = rows.judged();
    CHECK(group.speed.verdict == SpeedVerdict::faster);
    CHECK(group.speed.p.value() < 1e-9);
    CHECK(group.rows == 12);
}

TEST_CASE("groups: a row without enough repetitions leaves its group without a claim") {
    Rows rows;
    rows.add({2, 2.01, 2.02, 2.03, 2.04}, {1, 1.01, 1.02, 1.03, 1.04});
    CHECK(rows.judged().speed.verdict == SpeedVerdict::faster);
    rows.add({2, 2.01}, {1, 1.01});
    CHECK(rows.judged().speed.verdict == SpeedVerdict::inconclusive);
    CHECK_FALSE(rows.judged().speed.p.has_value());
}

TEST_CASE("groups: where ranks and mean ratio point to different sides nothing is shown") {
    Rows rows;
    rows.add({4, 4.01, 4.02, 4.03, 4.04}, {1, 1.01, 1.02, 1.03, 1.04});
    for (int i = 0; i < 4; ++i)
        rows.add({1, 1.01, 1.02, 1.03, 1.04 + i * 1e-5}, {1.2, 1.21, 1.22, 1.23, 1.24});
    const GroupComparison group = rows.judged();
    CHECK(group.speed.ratio.value() > 1.1);
    CHECK(group.speed.p.value() == 1);
    CHECK(group.speed.verdict == SpeedVerdict::inconclusive);
}

TEST_CASE("groups: accuracies are means of the rows', and a row without one leaves its group without") {
    const std::vector<double> times{1, 2, 3, 4};
    const std::vector<TimeSamples> samples(2, {.base = times, .new_values = times});
    const VerdictSettings settings{.resamples = 500};
    const auto speed = judge_speed(samples, settings);
    const RowGroup both{.title = "x", .rows = {0, 1}};
    const auto judged = [&](const std::vector<std::optional<AccuracyComparison>>& rows) {
        return judge_groups(std::span(&both, 1), samples, speed, rows, settings).front().accuracy;
    };
    const auto mean = judged({accuracy(-1, -2, 0.5), accuracy(-2, -3, -1.5)});
    CHECK(mean.value().difference == Approx(-1.5));
    CHECK(mean->interval.value().lower == Approx(-2.5));
    CHECK(mean->interval.value().upper == Approx(-0.5));
    CHECK(mean->verdict == AccuracyVerdict::worse);
    CHECK_FALSE(judged({accuracy(-1, -2, 0), std::nullopt}).has_value());
}

TEST_CASE(
    "groups: without a difference fewer than 5 % of groups claim one, even where a whole run is slower") {
    constexpr unsigned kTables = 400;
    unsigned claims = 0;
    for (unsigned table = 0; table < kTables; ++table) {
        CounterRng rng(11, RandomPurpose::synthetic, table);
        Rows rows;
        for (int row = 0; row < 10; ++row) {
            // 1 % more or less for the whole of a run, as machines have it, beside 3 % a repetition.
            std::vector<double> base(10);
            std::vector<double> other(10);
            for (double& x : base) x = 1 + 0.03 * rng.next_normal();
            for (double& x : other) x = (table % 2 == 0 ? 1.01 : 0.99) * (1 + 0.03 * rng.next_normal());
            rows.add(std::move(base), std::move(other));
        }
        const auto verdict = rows.judged({.threshold = 0, .resamples = 200}).speed.verdict;
        if (verdict == SpeedVerdict::faster || verdict == SpeedVerdict::slower) ++claims;
    }
    CHECK(claims < kTables / 20);
}

}  // namespace mnist
