// Numbers that are computed beside the measurements: percentiles, FLOP counts, remaining time, warnings.
#include "catch.hpp"
#include "mnist/core/flops.hpp"
#include "percentiles.hpp"
#include "session.hpp"
#include "warnings.hpp"

#include <array>
#include <numeric>
#include <vector>

using namespace mnist;
using namespace mnist::bench;

TEST_CASE("percentiles: the nearest rank is always a measured value") {
    const std::vector<double> ten{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    CHECK(percentile(ten, 50) == 5.0);
    CHECK(percentile(ten, 51) == 6.0);
    CHECK(percentile(ten, 90) == 9.0);
    CHECK(percentile(ten, 100) == 10.0);
    CHECK(percentile(ten, 0.001) == 1.0);
    std::vector<double> hundred(100);
    std::iota(hundred.begin(), hundred.end(), 1.0);
    CHECK(percentile(hundred, 99) == 99.0);
    CHECK(percentile(hundred, 100) == 100.0);
}

TEST_CASE("percentiles: a sample without a value beyond the percentile has none") {
    std::vector<double> values(99, 1.0);
    CHECK(percentile(values, 90) == 1.0);
    CHECK(!percentile(values, 99));
    values.push_back(1.0);
    CHECK(percentile(values, 99) == 1.0);
    const std::array<double, 1> one{3.5};
    CHECK(!percentile(one, 50));
    CHECK(percentile(one, 100) == 3.5);
    CHECK(!percentile(std::vector<double>(9, 1.0), 90));
    CHECK(percentile(std::vector<double>(10, 1.0), 90) == 1.0);
}

TEST_CASE("percentiles: no values and impossible shares have none") {
    CHECK(!percentile({}, 50));
    const std::array<double, 2> two{1, 2};
    CHECK(!percentile(two, 0));
    CHECK(!percentile(two, -1));
    CHECK(!percentile(two, 100.5));
}

TEST_CASE("flops: the default network costs 454,400 a sample, counted by hand") {
    // Layer 1: 784 * 128 = 100,352 products, forward and weights; layers 2 and 3: 8,192 and 640, and data
    // too.
    constexpr double kByHand = 2.0 * (2 * 100'352 + 3 * 8'192 + 3 * 640);
    const std::array<std::size_t, 4> dims{784, 128, 64, 10};
    CHECK(training_flop_per_sample(dims) == kByHand);
    CHECK(kByHand == 454'400.0);
}

TEST_CASE("flops: the directions of the layers add up to the network's count") {
    const std::array<std::size_t, 4> dims{784, 128, 64, 10};
    const double first = 2 * inner_product_flop(64, 784, 128);
    const double others = 3 * (inner_product_flop(64, 128, 64) + inner_product_flop(64, 64, 10));
    CHECK(first + others == 64 * training_flop_per_sample(dims));
    CHECK(inner_product_flop(1, 3, 5) == 30.0);
}

TEST_CASE("remaining time: the plan at first, then more and more the pace so far") {
    CHECK(seconds_left({.planned_s = 100}) == 100.0);
    CHECK(seconds_left({.planned_s = 100, .done_s = 2, .elapsed_s = 2}) == 98.0);
    CHECK(seconds_left({.planned_s = 100, .done_s = 20, .elapsed_s = 42}) == 160.0);
    CHECK(seconds_left({.planned_s = 100, .done_s = 20, .elapsed_s = 9}) == 40.0);
    CHECK(seconds_left({.planned_s = 100, .done_s = 120, .elapsed_s = 300}) == 0.0);
}

TEST_CASE("remaining time: it falls by the clock inside a benchmark, to what comes after it") {
    Progress progress{.planned_s = 100, .done_s = 20, .running_s = 10, .elapsed_s = 42};
    progress.since_s = 5;
    CHECK(seconds_left(progress) == 155.0);
    progress.since_s = 20;
    CHECK(seconds_left(progress) == 140.0);
    progress.since_s = 500;  // much longer than usual
    CHECK(seconds_left(progress) == 140.0);
}

TEST_CASE("remaining time: a benchmark that knows its share takes part in the pace") {
    Progress progress{.planned_s = 100, .done_s = 0, .running_s = 50, .elapsed_s = 0};
    progress.since_s = 34;
    progress.share = 0.2;  // 10 of the plan, and the 2 of the start, in 36 s
    CHECK(seconds_left(progress) == Approx(270.0));
    progress.since_s = 154;
    progress.share = 1;
    CHECK(seconds_left(progress) == Approx(150.0));
}

TEST_CASE(
    "warnings: disturbed repetitions are counted among those that were measured, with the worst reason") {
    const auto repetition = [](double other_cpu_share) {
        Run run;
        run.counters["other_cpu_share"] = other_cpu_share;
        if (other_cpu_share > 0.25) run.counters["disturbed"] = 1;
        return run;
    };
    Run mean = repetition(0.5);
    mean.run_type = Run::RT_Aggregate;
    CHECK(doubts({{repetition(0.01)}, {mean}}).empty());
    CHECK(
        doubts({{repetition(0.4), repetition(0.01), mean}, {repetition(0.5)}}) ==
        std::vector<std::string>{"disturbed repetitions: 2 of 3 (at worst, other processes took 50 % of the "
                                 "CPUs). Measure those with disturbed=1 again when nothing else runs"});
}

TEST_CASE("warnings: repetitions without a share of the peak that they are compared with are counted") {
    Run faster;
    faster.counters["peak_gflops"] = 100;
    Run slower = faster;
    slower.counters["peak_fraction"] = 0.5;
    CHECK(doubts({{slower, Run{}}}).empty());
    CHECK(
        doubts({{slower, faster}}) ==
        std::vector<std::string>{"repetitions faster than the multiply-add peak in its best measurement, so "
                                 "without a share of it: 1 of 2. Measure again when nothing else runs"});
}

TEST_CASE(
    "peaks: more than all makes the peak be measured again, and where that does not help has no share") {
    Peaks peaks({});
    peaks.offer(1, 1e6);
    CHECK(peaks.share(5e5, 1) == 0.5);
    CHECK(peaks.share(1e6, 1) == 1.0);
    CHECK(!peaks.share(1.2e6, 1));
    CHECK(peaks.best(1) == 1e6);
    Peaks disturbed({});
    disturbed.offer(1, 1e-6);
    const auto share = disturbed.share(2e-6, 1);
    REQUIRE(share);
    CHECK(*share < 1e-3);
    CHECK(disturbed.best(1) > 1e-3);
}

TEST_CASE("peaks: at the end shares are those of the best peak, of statistics too, and never more than all") {
    const std::atomic<bool> stop{false};
    Bench bench({}, {}, stop);
    ProgressLine progress(false, 80);
    Session session({{.name = "Step", .threads = 1, .needs_peak = true}, {.name = "Other"}}, bench, progress);
    bench.peaks.offer(1, 200);
    const auto amended = [&](double gflops, const char* statistic) {
        Run run;
        run.run_name.function_name = "Step";
        run.counters["gflops"] = gflops;
        run.counters["peak_gflops"] = 80;
        run.counters["peak_fraction"] = 1.25;
        run.aggregate_name = statistic;
        if (std::string(statistic) == "cv") run.aggregate_unit = benchmark::kPercentage;
        session.use_best_peak(run);
        return run.counters;
    };
    auto counters = amended(100, "");
    CHECK(counters.at("peak_gflops") == 200);
    CHECK(counters.at("peak_fraction") == 0.5);
    counters = amended(240, "");
    CHECK(counters.at("peak_gflops") == 200);
    CHECK(!counters.contains("peak_fraction"));
    counters = amended(10, "stddev");
    CHECK(counters.at("peak_gflops") == 0);
    CHECK(counters.at("peak_fraction") == 0.05);
    counters = amended(0.1, "cv");
    CHECK(counters.at("peak_fraction") == 0.1);

    Run other;
    other.run_name.function_name = "Other";
    other.counters["gflops"] = 1000;
    session.use_best_peak(other);
    CHECK(other.counters.size() == 1);
}
