// Repetitions of several processes or rounds as one run: numbers, marks, statistics.
#include "pooled_runs.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "fixtures.hpp"
#include "noise_floor.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

Run timed(const char* name, double seconds, std::int64_t iterations = 1) {
    Run run;
    run.run_name.function_name = name;
    run.family_index = 0;
    run.per_family_instance_index = 0;
    run.repetition_index = 7;
    run.repetitions = 1;
    run.iterations = iterations;
    run.time_unit = benchmark::kMillisecond;
    run.real_accumulated_time = seconds * static_cast<double>(iterations);
    run.cpu_accumulated_time = run.real_accumulated_time / 2;
    run.counters["seed"] = 3;
    run.counters["gflops"] = 1 / seconds;
    return run;
}

const Run& statistic(const std::vector<Run>& group, const std::string& name) {
    const auto found =
        std::find_if(group.begin(), group.end(), [&](const Run& run) { return run.aggregate_name == name; });
    REQUIRE(found != group.end());
    return *found;
}

std::size_t repetitions_in(const std::vector<Run>& group) {
    return static_cast<std::size_t>(std::count_if(
        group.begin(), group.end(), [](const Run& run) { return run.run_type == Run::RT_Iteration; }));
}

}  // namespace

TEST_CASE("pooled runs: repetitions are numbered on and marked with their process, names in their order") {
    PooledRuns pool({"A", "B"});
    pool.add({timed("B", 1), timed("A", 1), timed("A", 2), timed("C", 1)}, 0);
    pool.add({timed("A", 3), timed("A", 4)}, 2);
    const auto groups = pool.groups();
    REQUIRE(groups.size() == 2);
    CHECK(groups[0][0].run_name.function_name == "A");
    CHECK(groups[1][0].run_name.function_name == "B");
    REQUIRE(repetitions_in(groups[0]) == 4);
    const double processes[]{0, 0, 2, 2};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(groups[0][i].repetition_index == static_cast<std::int64_t>(i));
        CHECK(groups[0][i].repetitions == 4);
        CHECK(groups[0][i].counters.at("process").value == processes[i]);
        CHECK(groups[0][i].GetAdjustedRealTime() == Approx(1000.0 * static_cast<double>(i + 1)));
    }
    CHECK(groups[1].size() == 1);  // one has no statistics
    PooledRuns rounds({"A"});
    rounds.add({timed("A", 1)}, std::nullopt);
    CHECK_FALSE(rounds.groups()[0][0].counters.contains("process"));
}

TEST_CASE("pooled runs: statistics are over all, whatever iterations each process took") {
    PooledRuns pool({"A"});
    pool.add({timed("A", 1, 10), timed("A", 2, 10)}, 0);
    pool.add({timed("A", 6, 3)}, 1);
    const auto group = pool.groups().at(0);
    REQUIRE(group.size() == 7);
    CHECK(statistic(group, "mean").GetAdjustedRealTime() == Approx(3000));
    CHECK(statistic(group, "median").GetAdjustedRealTime() == Approx(2000));
    CHECK(statistic(group, "median").GetAdjustedCPUTime() == Approx(1000));
    CHECK(statistic(group, "stddev").GetAdjustedRealTime() == Approx(1000 * std::sqrt(7.0)));
    CHECK(statistic(group, "cv").real_accumulated_time == Approx(std::sqrt(7.0) / 3));
    CHECK(statistic(group, "cv").aggregate_unit == benchmark::kPercentage);
    CHECK(statistic(group, "mean").counters.at("gflops").value == Approx((1 + 0.5 + 1.0 / 6) / 3));
    CHECK(statistic(group, "mean").iterations == 3);
    CHECK_FALSE(statistic(group, "mean").counters.contains("seed"));
    CHECK_FALSE(statistic(group, "mean").counters.contains("process"));
}

TEST_CASE("pooled runs: they have the statistics that the library has of the same repetitions") {
    const testing::Workshop workshop;
    const testing::Finished finished = workshop.mnist(
        {"--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$", "--benchmark_min_time=0.001",
         "--benchmark_repetitions=5", "--benchmark_format=json"});
    REQUIRE(finished.exit_code == 0);
    auto printed = printed_result(finished.output);
    REQUIRE(printed.has_value());
    CHECK(printed->facts.at("mnist.schema") == "mnist-bench/1");
    REQUIRE(printed->runs.size() == 5);
    PooledRuns pool({printed->runs[0].run_name.function_name});
    pool.add(std::move(printed->runs), std::nullopt);
    Collector collector;
    collector.ReportRuns(pool.groups().at(0));
    const auto ours = nlohmann::json::parse(collector.text(Format::json)).at("benchmarks");
    const auto theirs = nlohmann::json::parse(finished.output).at("benchmarks");
    REQUIRE(ours.size() == theirs.size());
    for (std::size_t i = 0; i < ours.size(); ++i) {
        CAPTURE(i, ours[i].dump(), theirs[i].dump());
        CHECK(ours[i].at("name") == theirs[i].at("name"));
        CHECK(ours[i].at("run_type") == theirs[i].at("run_type"));
        CHECK(ours[i].at("iterations") == theirs[i].at("iterations"));
        CHECK(ours[i].at("time_unit") == theirs[i].at("time_unit"));
        CHECK(ours[i].at("real_time").get<double>() == Approx(theirs[i].at("real_time").get<double>()));
        CHECK(ours[i].at("cpu_time").get<double>() == Approx(theirs[i].at("cpu_time").get<double>()));
        CHECK(ours[i].contains("gb_per_second"));
        CHECK(ours[i].at("gb_per_second").get<double>() ==
              Approx(theirs[i].at("gb_per_second").get<double>()));
    }
}

TEST_CASE("pooled runs: an error keeps its words and has no part in statistics") {
    const std::string text = R"({"context": {"mnist.schema": "mnist-bench/1"}, "benchmarks": [
        {"name": "A", "family_index": 0, "per_family_instance_index": 0, "run_name": "A",
         "run_type": "iteration", "repetitions": 2, "repetition_index": 0, "threads": 1,
         "error_occurred": true, "error_message": "not reached"},
        {"name": "A", "family_index": 0, "per_family_instance_index": 0, "run_name": "A",
         "run_type": "iteration", "repetitions": 2, "repetition_index": 1, "threads": 1, "iterations": 2,
         "real_time": 5, "cpu_time": 3, "time_unit": "us", "gflops": 4}]})";
    auto printed = printed_result(text);
    REQUIRE(printed.has_value());
    PooledRuns pool({"A"});
    pool.add(printed->runs, 0);
    pool.add(std::move(printed->runs), 1);
    const auto group = pool.groups().at(0);
    REQUIRE(repetitions_in(group) == 4);
    CHECK(has_error(group[0]));
    CHECK(error_message(group[0]) == "not reached");
    CHECK(group[1].GetAdjustedRealTime() == Approx(5));
    CHECK_FALSE(has_error(statistic(group, "mean")));
    CHECK(statistic(group, "mean").GetAdjustedRealTime() == Approx(5));
    CHECK(statistic(group, "mean").iterations == 2);
}

TEST_CASE("pooled runs: what is cut off or no result is none") {
    CHECK_FALSE(printed_result("").has_value());
    CHECK_FALSE(printed_result("{\"context\": {").has_value());
    CHECK_FALSE(printed_result("{}").has_value());
    CHECK_FALSE(printed_result("[1, 2]").has_value());
}

TEST_CASE("pooled runs: the noise floor's halves are processes, one number each") {
    PooledRuns pool({"A"});
    for (std::size_t process = 0; process < 8; ++process) {
        const double seconds = process % 2 == 0 ? 1 : 1.2;
        pool.add({timed("A", seconds / 2), timed("A", seconds * 2)}, process);
    }
    const auto halves = halves_of_processes(pool.groups());
    REQUIRE(halves.size() == 1);
    REQUIRE(halves[0].even.size() == 4);
    REQUIRE(halves[0].odd.size() == 4);
    CHECK(halves[0].even[0] == Approx(1000));
    CHECK(halves[0].odd[3] == Approx(1200));
    CHECK(noise_floors(halves).at(0).difference == Approx(0.2));
}
