// The rules of verdicts one by one, on samples made for each.
#include "mnist/compare/verdict.hpp"

#include <utility>

#include "catch.hpp"

namespace mnist {
namespace {

// Ten repetitions around `centre`, all different, within +-1 %.
std::vector<double> ten_around(double centre) {
    std::vector<double> values;
    for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1, -0.2, 0.6, -0.7, 0.5, -0.1})
        values.push_back(centre * (1 + offset / 100));
    return values;
}

SpeedComparison judge_one(const std::vector<double>& base, const std::vector<double>& new_values,
                          const VerdictSettings& settings = {}, double noise_floor = 0) {
    const TimeSamples row{.base = base, .new_values = new_values, .noise_floor = noise_floor};
    return judge_speed(std::span(&row, 1), settings).front();
}

AccuracyComparison judge_accuracies(AccuracySample base, AccuracySample new_sample,
                                    const VerdictSettings& settings = {}) {
    const std::pair row{std::move(base), std::move(new_sample)};
    return judge_accuracy(std::span(&row, 1), settings).front().value();
}

}  // namespace

TEST_CASE("verdict: half the time is faster by a ratio of two, twice the time slower by a half") {
    const SpeedComparison faster = judge_one(ten_around(2), ten_around(1));
    CHECK(faster.verdict == SpeedVerdict::faster);
    CHECK(faster.ratio.value() == Approx(2).epsilon(0.001));
    CHECK(faster.interval.value().lower > 1.98);
    CHECK(faster.interval.value().upper < 2.02);
    CHECK(faster.p.value() == Approx(1.0825e-5).epsilon(1e-3));
    CHECK(faster.p_adjusted.value() == faster.p.value());
    const SpeedComparison slower = judge_one(ten_around(1), ten_around(2));
    CHECK(slower.verdict == SpeedVerdict::slower);
    CHECK(slower.ratio.value() == Approx(0.5).epsilon(0.001));
}

TEST_CASE("verdict: a significant difference below the threshold is equivalent, not faster") {
    const SpeedComparison row = judge_one(ten_around(1.03), ten_around(1));
    CHECK(row.p_adjusted.value() < 0.001);
    CHECK(row.verdict == SpeedVerdict::equivalent);
    CHECK(judge_one(ten_around(1.03), ten_around(1), {.threshold = 0.02}).verdict == SpeedVerdict::faster);
}

TEST_CASE("verdict: the measured noise is the least threshold") {
    const SpeedComparison row = judge_one(ten_around(1.1), ten_around(1), {}, 0.2);
    CHECK(row.threshold == 0.2);
    CHECK(row.verdict == SpeedVerdict::equivalent);
    CHECK(judge_one(ten_around(1.1), ten_around(1), {}, 0.01).threshold == 0.05);
}

TEST_CASE("verdict: a row says whether the noise or the setting decided its threshold") {
    const std::vector<double> times{1, 1.01, 1.02, 1.03};
    const std::vector<TimeSamples> rows{{.base = times, .new_values = times, .noise_floor = 0.04},
                                        {.base = times, .new_values = times, .noise_floor = 0.06}};
    const auto results = judge_speed(rows, {.threshold = 0.05});
    CHECK_FALSE(results[0].raised_by_noise);
    CHECK(results[0].threshold == 0.05);
    CHECK(results[1].raised_by_noise);
    CHECK(results[1].threshold == 0.06);
}

TEST_CASE("verdict: fewer than four repetitions on a side claim nothing, whatever their distance") {
    const SpeedComparison row = judge_one({10, 11, 12}, ten_around(1));
    CHECK(row.verdict == SpeedVerdict::inconclusive);
    CHECK(row.ratio.value() == Approx(11).epsilon(0.01));
    CHECK_FALSE(row.interval.has_value());
    CHECK_FALSE(row.p.has_value());
    CHECK_FALSE(row.p_adjusted.has_value());
    CHECK(row.samples_base == 3);
    CHECK(row.samples_new == 10);
}

TEST_CASE("verdict: the more rows, the stronger the evidence that each needs") {
    const std::vector<double> base{1.30, 1.31, 1.32, 1.33, 1.34};
    const std::vector<double> new_values{1.00, 1.01, 1.02, 1.03, 1.04};
    CHECK(judge_one(base, new_values).verdict == SpeedVerdict::faster);
    const std::vector<TimeSamples> rows(20, {.base = base, .new_values = new_values});
    for (const SpeedComparison& row : judge_speed(rows, {})) {
        CHECK(row.p_adjusted.value() == Approx(20 * row.p.value()));
        CHECK(row.verdict == SpeedVerdict::inconclusive);
    }
}

TEST_CASE("verdict: rows of many pairs get fewer resamples, and rows too large for them do not count") {
    const auto values = [](std::size_t count, double scale) {
        std::vector<double> made;
        for (std::size_t i = 0; i < count; ++i)
            made.push_back(scale * (1 + 0.001 * static_cast<double>(i * 37 % 101)));
        return made;
    };
    const std::vector<double> base = values(50, 1);
    const std::vector<double> new_values = values(50, 1.01);
    const TimeSamples row{.base = base, .new_values = new_values};
    const auto interval = [&](std::vector<TimeSamples> rows, std::uint32_t resamples) {
        rows.push_back(row);
        const Interval found = judge_speed(rows, {.resamples = resamples}).back().interval.value();
        return std::pair(found.lower, found.upper);
    };
    REQUIRE(interval({}, 10'000) != interval({}, 2000));
    CHECK(interval(std::vector<TimeSamples>(400, row), 10'000) == interval({}, 2000));
    const std::vector<double> many = values(1000, 1);
    const TimeSamples large{.base = many, .new_values = many};
    CHECK(interval({large}, 10'000) == interval({}, 10'000));
}

TEST_CASE("verdict: rows without enough repetitions do not make the others' evidence weaker") {
    const std::vector<double> base = ten_around(2);
    const std::vector<double> new_values = ten_around(1);
    const std::vector<double> few{1, 2};
    const std::vector<TimeSamples> rows{{.base = few, .new_values = few},
                                        {.base = base, .new_values = new_values}};
    const auto results = judge_speed(rows, {});
    CHECK(results[1].p_adjusted.value() == results[1].p.value());
}

TEST_CASE("verdict: accuracies of the same seeds are compared seed by seed, in any order") {
    const AccuracySample base{
        .percent = {97.0, 96.0, 95.0, 94.0}, .seeds = {0, 1, 2, 3}, .test_samples = 10000};
    const AccuracySample shifted{
        .percent = {94.11, 95.09, 96.1, 97.1}, .seeds = {3, 2, 1, 0}, .test_samples = 10000};
    const AccuracyComparison row = judge_accuracies(base, shifted, {.accuracy_margin = 0.05});
    CHECK(row.paired);
    CHECK(row.difference == Approx(0.1));
    // Student, 4 differences 0.10, 0.10, 0.09, 0.11: 0.1 +- 3.18245 * 0.0081650 / 2.
    CHECK(row.interval.value().lower == Approx(0.1 - 3.182446305 * 0.00816496581 / 2));
    CHECK(row.verdict == AccuracyVerdict::better);
    CHECK(judge_accuracies(base, shifted).verdict == AccuracyVerdict::same);
}

TEST_CASE("verdict: the same bits have exactly the same accuracy") {
    const AccuracySample sample{.percent = {97.1, 96.9, 97.3}, .seeds = {0, 1, 2}, .test_samples = 10000};
    const AccuracyComparison row = judge_accuracies(sample, sample);
    CHECK(row.verdict == AccuracyVerdict::same);
    CHECK(row.difference == 0);
    CHECK(row.interval.value().lower == 0);
    CHECK(row.interval.value().upper == 0);
}

TEST_CASE("verdict: a single run has the binomial interval of the test set") {
    const AccuracySample base{.percent = {97.0}, .seeds = {0}, .test_samples = 10000};
    const AccuracyComparison close =
        judge_accuracies(base, {.percent = {97.1}, .seeds = {0}, .test_samples = 10000});
    CHECK_FALSE(close.paired);
    CHECK(close.verdict == AccuracyVerdict::inconclusive);
    CHECK(close.interval.value().contains(0));
    const AccuracyComparison far =
        judge_accuracies(base, {.percent = {90.0}, .seeds = {0}, .test_samples = 10000});
    CHECK(far.verdict == AccuracyVerdict::worse);
    const AccuracyComparison unknown = judge_accuracies({.percent = {97.0}, .seeds = {}, .test_samples = {}},
                                                        {.percent = {97.0}, .seeds = {}, .test_samples = {}});
    CHECK_FALSE(unknown.interval.has_value());
    CHECK(unknown.verdict == AccuracyVerdict::inconclusive);
}

TEST_CASE("verdict: one run beside several, or beside one of another seed, claims nothing about accuracy") {
    const AccuracySample five{
        .percent = {97.0, 97.1, 96.9, 97.2, 96.8}, .seeds = {0, 1, 2, 3, 4}, .test_samples = 10000};
    const AccuracyComparison one =
        judge_accuracies(five, {.percent = {90.0}, .seeds = {0}, .test_samples = 10000});
    CHECK(one.verdict == AccuracyVerdict::inconclusive);
    CHECK(one.difference == Approx(-7));
    CHECK_FALSE(one.interval.has_value());
    const AccuracySample single{.percent = {97.0}, .seeds = {0}, .test_samples = 10000};
    CHECK(judge_accuracies(single, {.percent = {90.0}, .seeds = {1}, .test_samples = 10000}).verdict ==
          AccuracyVerdict::inconclusive);
    CHECK(judge_accuracies(single, {.percent = {90.0}, .seeds = {}, .test_samples = 10000}).verdict ==
          AccuracyVerdict::inconclusive);
}

TEST_CASE("verdict: other seeds are compared by their means") {
    const AccuracyComparison row =
        judge_accuracies({.percent = {97.0, 97.1, 96.9}, .seeds = {0, 1, 2}, .test_samples = 10000},
                         {.percent = {90.0, 90.1, 89.9}, .seeds = {3, 4, 5}, .test_samples = 10000});
    CHECK_FALSE(row.paired);
    CHECK(row.difference == Approx(-7));
    CHECK(row.verdict == AccuracyVerdict::worse);
}

TEST_CASE("verdict: runs without any spread have the interval of the test set") {
    const AccuracySample base{.percent = {97, 97, 97}, .seeds = {}, .test_samples = 10000};
    const AccuracySample worse{.percent = {90, 90, 90}, .seeds = {}, .test_samples = 10000};
    CHECK(judge_accuracies(base, worse).verdict == AccuracyVerdict::worse);
    CHECK(judge_accuracies(base, base).interval.value().contains(0));
    CHECK(judge_accuracies(base, base).interval.value().upper > 0.3);
}

TEST_CASE("verdict: rows without accuracies stay empty") {
    const std::vector<std::pair<AccuracySample, AccuracySample>> rows{
        {{.percent = {97}, .seeds = {}, .test_samples = 10000}, {}}, {{}, {}}};
    for (const auto& row : judge_accuracy(rows, {})) CHECK_FALSE(row.has_value());
}

TEST_CASE("verdict: only what is nowhere worse is an improvement") {
    using S = SpeedVerdict;
    using A = AccuracyVerdict;
    using J = JointVerdict;
    CHECK(judge_jointly(S::faster, A::same) == J::improved);
    CHECK(judge_jointly(S::faster, A::better) == J::improved);
    CHECK(judge_jointly(S::faster, std::nullopt) == J::improved);
    CHECK(judge_jointly(S::equivalent, A::better) == J::improved);
    CHECK(judge_jointly(S::faster, A::worse) == J::traded);
    CHECK(judge_jointly(S::slower, A::better) == J::traded);
    CHECK(judge_jointly(S::slower, A::same) == J::regressed);
    CHECK(judge_jointly(S::slower, A::inconclusive) == J::regressed);
    CHECK(judge_jointly(S::equivalent, A::worse) == J::regressed);
    CHECK(judge_jointly(S::inconclusive, A::worse) == J::regressed);
    CHECK(judge_jointly(S::slower, std::nullopt) == J::regressed);
    CHECK(judge_jointly(S::equivalent, A::same) == J::unchanged);
    CHECK(judge_jointly(S::equivalent, std::nullopt) == J::unchanged);
    CHECK(judge_jointly(S::faster, A::inconclusive) == J::inconclusive);
    CHECK(judge_jointly(S::inconclusive, A::better) == J::inconclusive);
    CHECK(judge_jointly(S::inconclusive, std::nullopt) == J::inconclusive);
    CHECK(judge_jointly(S::disturbed, A::worse) == J::regressed);
    CHECK(judge_jointly(S::disturbed, std::nullopt) == J::disturbed);
}

}  // namespace mnist
