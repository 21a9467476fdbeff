// Files of Google Benchmark, real ones of this repository and cuts as versions 1.5, 1.7 and 1.9 write them:
// every repetition arrives with its time in seconds, and nothing that is none does.
#include "mnist/results/bench_json.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/result_file.hpp"
#include "results/sample_bench.hpp"

using mnist::BenchResult;
using mnist_test::bench_of;
using mnist_test::bench_row;
using nlohmann::json;

namespace {

BenchResult real_file(const std::string& name) {
    return mnist::read_bench_result(std::filesystem::path(MNIST_TEST_DATA_DIR) / "../../results" /
                                    "amd-epyc-zen5-2-threads" / name);
}

std::string name_of(const std::string& run_name) {
    json row = bench_row();
    row["run_name"] = run_name;
    return bench_of({row}).repetitions.at(0).name;
}

double seconds_of(double real_time, const std::string& unit) {
    json row = bench_row();
    row["real_time"] = real_time;
    row["time_unit"] = unit;
    return bench_of({row}).repetitions.at(0).seconds;
}

json aggregate(const std::string& run_name, const std::string& statistic) {
    return {{"name", run_name + "_" + statistic}, {"run_name", run_name}, {"run_type", "aggregate"},
            {"aggregate_name", statistic},        {"real_time", 5.0},     {"cpu_time", 5.0},
            {"aggregate_unit", "time"},           {"time_unit", "ns"}};
}

}  // namespace

TEST_CASE("bench file: every repetition of the real files is read and no aggregate") {
    const BenchResult once = real_file("2026-11-23-bench.json");
    CHECK(once.repetitions.size() == 81);
    CHECK(once.skipped.empty());
    CHECK(once.repetitions.at(0).name == "Calibrate/FmaPeak/threads:1");
    CHECK(once.repetitions.at(0).seconds == Approx(0.24027033899983508).epsilon(1e-15));
    CHECK(once.repetitions.at(0).counters.at("gflops") == 258.20549460380863);
    CHECK(once.repetitions.at(2).seconds == Approx(81.373523184432273e-9).epsilon(1e-15));

    const BenchResult repeated = real_file("2026-11-23-bench-train.json");
    CHECK(repeated.repetitions.size() == 150);
    CHECK(repeated.skipped.empty());
    std::map<std::string, int> counts;
    for (const mnist::BenchRepetition& repetition : repeated.repetitions) ++counts[repetition.name];
    CHECK(counts.size() == 15);
    for (const auto& [name, count] : counts) {
        INFO(name);
        CHECK(count == 10);
    }
    CHECK(real_file("2026-11-23-bench-scaling.json").repetitions.size() == 30);
}

TEST_CASE("bench file: the context of a real file is flat") {
    const auto context = real_file("2026-11-23-bench.json").context;
    CHECK(context.at("host_name") == "vm");
    CHECK(context.at("num_cpus") == "2");
    CHECK(context.at("cpu_scaling_enabled") == "false");
    CHECK(context.at("caches.3.size") == "33554432");
    CHECK(context.at("load_avg.2") == "3.2002");
    CHECK(context.at("mnist.machine.cpu_model") == "AMD EPYC");
    CHECK(context.at("mnist.fma_peak_gflops.threads:2") == "516.063");
}

TEST_CASE("bench file: what version 1.9 writes is read, with NaN and infinities in it") {
    const BenchResult read =
        mnist::read_bench_result(std::filesystem::path(MNIST_TEST_DATA_DIR) / "bench_1_9.json");
    REQUIRE(read.repetitions.size() == 1);
    CHECK(read.repetitions[0].name == "Sort/1024");
    CHECK(read.repetitions[0].seconds == 250e-6);
    CHECK(read.repetitions[0].counters == std::map<std::string, double>{{"bytes_per_second", 16384000.0}});
    CHECK(read.repetitions[0].label == "NaN, -Infinity and 1e999");
    CHECK(read.context.at("json_schema_version") == "1");
    CHECK(read.context.at("library_version") == "v1.9.1");
    CHECK(read.context.at("load_avg.1") == "0.25");
    CHECK(read.context.count("load_avg.2") == 0);
    REQUIRE(read.skipped.size() == 2);
    CHECK(read.skipped[0].name == "Sort/2048");
    CHECK(read.skipped[0].reason == "was skipped when it was measured: needs 2 GiB");
    CHECK(read.skipped[1].name == "Sort/4096");
    CHECK(read.skipped[1].reason == "failed when it was measured: not sorted");
}

TEST_CASE("bench file: rows of a time without run types count by their names") {
    std::vector<json> rows;
    for (const char* name : {"Sort/8", "Sort/8", "Sort/8_mean", "Sort/8_median", "Sort/8_stddev", "Sort/8_cv",
                             "Sort_BigO", "Sort_RMS", "Sort_fast"}) {
        rows.push_back(
            {{"name", name}, {"iterations", 10}, {"real_time", 4.0}, {"cpu_time", 4.0}, {"time_unit", "ms"}});
    }
    const BenchResult read = bench_of(rows);
    REQUIRE(read.repetitions.size() == 3);
    CHECK(read.repetitions[0].name == "Sort/8");
    CHECK(read.repetitions[1].name == "Sort/8");
    CHECK(read.repetitions[2].name == "Sort_fast");
    CHECK(read.repetitions[0].seconds == 0.004);
    CHECK(read.skipped.empty());
}

TEST_CASE("bench file: times are seconds whatever their unit") {
    CHECK(seconds_of(5, "ns") == 5e-9);
    CHECK(seconds_of(5, "us") == 5e-6);
    CHECK(seconds_of(5, "ms") == 5e-3);
    CHECK(seconds_of(5, "s") == 5);
    CHECK(seconds_of(1e-12, "ns") > 0);
}

TEST_CASE("bench file: names lose what says how they were measured and nothing else") {
    CHECK(name_of("Sort/1024/min_time:0.500/min_warmup_time:1.000/iterations:5/repeats:10/process_time/"
                  "manual_time/threads:4") == "Sort/1024/threads:4");
    CHECK(name_of("Sort/real_time") == "Sort");
    CHECK(name_of("Sort/threads:2/iterations:1/manual_time") == "Sort/threads:2");
    CHECK(name_of("Sort/min_time:2.0s") == "Sort");
    CHECK(name_of("Train/Adam/batch:64") == "Train/Adam/batch:64");
    CHECK(name_of("Sort/iterations:5/size:10") == "Sort/iterations:5/size:10");
    CHECK(name_of("Sort/repeats:") == "Sort/repeats:");
    CHECK(name_of("Sort/repeats:many") == "Sort/repeats:many");
    CHECK(name_of("real_time") == "real_time");
    CHECK(name_of("/real_time") == "/real_time");
    CHECK(name_of("Sort/real_times") == "Sort/real_times");
}

TEST_CASE("bench file: two names that would become one stay whole") {
    std::vector<json> rows;
    for (const char* name :
         {"Sort/iterations:5", "Sort/iterations:9", "Sort/iterations:5", "Find/iterations:5"}) {
        json row = bench_row();
        row["run_name"] = name;
        row["repetition_index"] = rows.size();
        rows.push_back(row);
    }
    const BenchResult read = bench_of(rows);
    REQUIRE(read.repetitions.size() == 4);
    CHECK(read.repetitions[0].name == "Sort/iterations:5");
    CHECK(read.repetitions[1].name == "Sort/iterations:9");
    CHECK(read.repetitions[2].name == "Sort/iterations:5");
    CHECK(read.repetitions[3].name == "Find");
}

TEST_CASE("bench file: repetitions keep the order of the file") {
    std::vector<json> rows;
    for (const int index : {2, 0, 1}) {
        json row = bench_row();
        row["repetition_index"] = index;
        row["real_time"] = index + 1;
        row["time_unit"] = "s";
        rows.push_back(row);
    }
    const BenchResult read = bench_of(rows);
    REQUIRE(read.repetitions.size() == 3);
    CHECK(read.repetitions[0].seconds == 3);
    CHECK(read.repetitions[1].seconds == 1);
    CHECK(read.repetitions[2].seconds == 2);
}

TEST_CASE("bench file: of a repetition that stands there twice the first counts") {
    json first = bench_row();
    json second = bench_row();
    second["real_time"] = 9;
    json other = bench_row();
    other["repetition_index"] = 1;
    const BenchResult read = bench_of({first, second, other});
    REQUIRE(read.repetitions.size() == 2);
    CHECK(read.repetitions[0].seconds == 250e-9);
    REQUIRE(read.skipped.size() == 1);
    CHECK(read.skipped[0].name == "Sort/8");
    CHECK(read.skipped[0].reason == "repetition 0 stands here twice");

    first["real_time"] = 0;  // a repetition without a time does not take the place of a good one
    CHECK(bench_of({first, second}).repetitions.size() == 1);
}

TEST_CASE("bench file: a file of aggregates only says what is missing and which flag to leave out") {
    try {
        (void)bench_of({aggregate("Sort/8", "mean"), aggregate("Sort/8", "cv")});
        FAIL("no error");
    } catch (const mnist::InputError& error) {
        CHECK(std::string(error.what()) ==
              "x.json, benchmarks: expected single repetitions, found their aggregates only. Measure again "
              "without --benchmark_report_aggregates_only");
    }
}

TEST_CASE("bench file: a benchmark with aggregates only is named among others once") {
    const BenchResult read = bench_of({aggregate("Find/repeats:3", "mean"), aggregate("Find/repeats:3", "cv"),
                                       bench_row(), aggregate("Sort/8", "mean")});
    CHECK(read.repetitions.size() == 1);
    REQUIRE(read.skipped.size() == 1);
    CHECK(read.skipped[0].name == "Find");
    CHECK(read.skipped[0].reason ==
          "the file has its aggregates only: measure it without ReportAggregatesOnly");
}

TEST_CASE("bench file: no rows are no error") {
    CHECK(bench_of({}).repetitions.empty());
    CHECK(bench_of({}).skipped.empty());
}

TEST_CASE("bench file: a file is recognised by its context and its benchmarks") {
    CHECK(mnist::looks_like_bench_json({{"context", json::object()}, {"benchmarks", json::array()}}));
    CHECK_FALSE(mnist::looks_like_bench_json({{"context", json::array()}, {"benchmarks", json::array()}}));
    CHECK_FALSE(mnist::looks_like_bench_json({{"context", json::object()}, {"benchmarks", 1}}));
    CHECK_FALSE(mnist::looks_like_bench_json({{"context", json::object()}}));
    CHECK_FALSE(mnist::looks_like_bench_json(json::array({1, 2})));
    CHECK_FALSE(mnist::looks_like_bench_json(nullptr));
}

TEST_CASE("bench file: the facts of a disturbance come from their counters, and no others") {
    json row = bench_row();
    row["other_cpu_share"] = 0.25;
    row["run_queue_share"] = 0.5;
    row["steal_share"] = 1.5;         // no share
    row["throttled_share"] = -0.125;  // no share
    row["involuntary_switches_per_s"] = 7;
    row["involuntary_switches"] = 3;
    const mnist::Disturbance found = disturbance_of(bench_of({row}).repetitions.at(0));
    CHECK(found.other_cpu_share == 0.25);
    CHECK(found.run_queue_share == 0.5);
    CHECK(!found.steal_share);
    CHECK(!found.throttled_share);
    CHECK(!found.waiting_share);
    CHECK(found.involuntary_switches_per_s == 7.0);
}

TEST_CASE("bench file: older files' switches are those of all iterations' time") {
    json row = bench_row();  // 1000 iterations of 250 ns
    row["involuntary_switches"] = 3;
    const auto per_s = [&] {
        return disturbance_of(bench_of({row}).repetitions.at(0)).involuntary_switches_per_s;
    };
    CHECK(per_s().value_or(0) == Approx(12000));
    row["involuntary_switches"] = 1e300;
    CHECK(!per_s());
    row["involuntary_switches"] = 3;
    for (const json& none : {json(0), json("many"), json(-1)}) {
        row["iterations"] = none;
        CHECK(!per_s());
    }
    row.erase("iterations");
    CHECK(!per_s());
}

TEST_CASE("bench file: counters about the disturbance are told from results, waiting being both") {
    for (const char* const counter : {"disturbed", "load_average", "involuntary_switches", "other_cpu_share",
                                      "steal_share", "throttled_share", "run_queue_share"})
        CHECK(mnist::is_about_disturbance(counter));
    for (const char* const counter : {"waiting_share", "gflops", "seed", ""})
        CHECK(!mnist::is_about_disturbance(counter));
}
