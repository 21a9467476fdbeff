// What the library reports, on its way into a file.
#include "reporters.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "catch.hpp"

using namespace mnist;
using namespace mnist::bench;

namespace {

Run sample_run() {
    Run run;
    run.run_name.function_name = "Train/Adam/batch:64";
    run.run_name.iterations = "iterations:5";
    run.run_name.time_type = "manual_time";
    run.family_index = 0;
    run.per_family_instance_index = 0;
    run.repetition_index = 0;
    run.repetitions = 1;
    run.iterations = 5;
    run.real_accumulated_time = 1.5;
    run.counters["gflops"] = 100;
    return run;
}

// The library renamed the member in 1.8.
template <class R>
void mark_error(R& run, const char* message = "") {
    if constexpr (requires { run.error_occurred; }) {
        run.error_occurred = true;
        run.error_message = message;
    } else {
        run.skipped = static_cast<decltype(run.skipped)>(2);
        run.skip_message = message;
    }
}

}  // namespace

TEST_CASE("reporters: a run has its registered name and no suffixes") {
    CHECK(sample_run().benchmark_name() == "Train/Adam/batch:64/iterations:5/manual_time");
    CHECK(cleaned(sample_run()).benchmark_name() == "Train/Adam/batch:64");
    Run mean = sample_run();
    mean.run_type = Run::RT_Aggregate;
    mean.aggregate_name = "mean";
    CHECK(cleaned(mean).benchmark_name() == "Train/Adam/batch:64_mean");
}

TEST_CASE(
    "reporters: files have no statistics beside the repetitions, tables have both, and rates have two "
    "names") {
    Collector collector;
    Run run = sample_run();
    run.counters["samples_per_second"] = 5;
    Run mean = run;
    mean.run_type = Run::RT_Aggregate;
    mean.aggregate_name = "mean";
    collector.ReportRuns({run, run});
    collector.ReportRuns({mean});
    const auto rows = nlohmann::json::parse(collector.text(Format::json)).at("benchmarks");
    REQUIRE(rows.size() == 2);
    CHECK(rows.at(0).at("run_type") == "iteration");
    CHECK(rows.at(0).at("items_per_second") == 5);
    CHECK(collector.text(Format::console).find("batch:64_mean") != std::string::npos);
    Collector alone;
    alone.ReportRuns({mean});
    CHECK(nlohmann::json::parse(alone.text(Format::json)).at("benchmarks").size() == 1);
}

TEST_CASE("reporters: counters that are no numbers are left out") {
    Run run = sample_run();
    run.counters["nan"] = std::nan("");
    run.counters["infinite"] = std::numeric_limits<double>::infinity();
    run.cpu_accumulated_time = std::nan("");
    const Run clean = cleaned(run);
    CHECK(clean.counters.size() == 1);
    CHECK(clean.counters.count("gflops") == 1);
    CHECK(clean.cpu_accumulated_time == 0.0);
}

TEST_CASE("reporters: the collected text is strict JSON, also with nothing in it") {
    Collector collector;
    CHECK(nlohmann::json::parse(collector.text(Format::json)).at("benchmarks").empty());
    Run run = sample_run();
    run.counters["nan"] = std::nan("");
    run.report_label = "quotes \" and \\ backslashes";
    collector.ReportRuns({run});
    collector.ReportRuns({});
    collector.ReportRuns({run, run});
    const auto parsed = nlohmann::json::parse(collector.text(Format::json));
    CHECK(parsed.at("benchmarks").size() == 3);
    CHECK(parsed.at("benchmarks").at(0).at("name") == "Train/Adam/batch:64");
    CHECK(parsed.at("benchmarks").at(0).at("label") == run.report_label);
}

TEST_CASE("reporters: what keeps a benchmark from running is in the table once, whatever the repetitions") {
    std::ostringstream text;
    ProgressLine progress(false, 80);
    ConsoleTable table(ConsoleTable::OO_None, 20, progress, nullptr);
    table.SetOutputStream(&text);
    table.SetErrorStream(&text);
    static_cast<void>(table.ReportContext({}));
    Run bad = sample_run();
    mark_error(bad, "no bf16 here");
    table.ReportRuns({bad, bad, bad});
    table.ReportRuns({bad});
    mark_error(bad, "another reason");
    table.ReportRuns({bad});
    bad.run_name.function_name = "Train/SGD/batch:64";
    table.ReportRuns({bad});
    const auto times = [&](const std::string& part) {
        std::size_t count = 0;
        for (std::size_t at = text.str().find(part); at != std::string::npos;
             at = text.str().find(part, at + 1))
            ++count;
        return count;
    };
    CHECK(times("no bf16 here") == 1);
    CHECK(times("another reason") == 2);
}

TEST_CASE("reporters: a table that nobody reads is told of once") {
    std::ostringstream text;
    ProgressLine progress(false, 80);
    int told = 0;
    ConsoleTable table(ConsoleTable::OO_None, 20, progress, [&] { ++told; });
    table.SetOutputStream(&text);
    static_cast<void>(table.ReportContext({}));
    table.ReportRuns({sample_run()});
    CHECK(told == 0);
    text.setstate(std::ios::badbit);
    table.ReportRuns({sample_run()});
    table.ReportRuns({sample_run()});
    CHECK(told == 1);
}

TEST_CASE("reporters: errors can be dropped and runs amended") {
    Collector collector;
    Run bad = sample_run();
    mark_error(bad);
    collector.ReportRuns({sample_run(), bad});
    collector.drop_errors();
    collector.amend([](Run& run) { run.counters["gflops"] = 7; });
    const auto parsed = nlohmann::json::parse(collector.text(Format::json));
    REQUIRE(parsed.at("benchmarks").size() == 1);
    CHECK(parsed.at("benchmarks").at(0).at("gflops") == 7.0);
}

TEST_CASE("reporters: statistics do not count disturbed repetitions") {
    Run run = sample_run();
    run.counters["disturbed"] = 1;
    CHECK(cleaned(run).counters.contains("disturbed"));
    run.run_type = Run::RT_Aggregate;
    CHECK(!cleaned(run).counters.contains("disturbed"));
}
