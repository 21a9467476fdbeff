// Which files of a page are set against each other, and what is said of those that are not.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "report/page_sources.hpp"

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using mnist_test::repetitions;
using mnist_test::several_seeds;
using nlohmann::json;

namespace {

/// A file of a program that is not ours: its host and its CPUs are all that is known of the machine.
ReportSource foreign(const std::string& name, int count, double nanoseconds) {
    std::vector<json> rows = repetitions("Sort/8", count, 1000);
    for (int r = 0; r < count; ++r) rows[static_cast<std::size_t>(r)]["real_time"] = nanoseconds + r % 5;
    return bench(name, rows);
}

void set_fact(ReportSource& file, const std::string& key, const std::string& value) {
    std::get<mnist::BenchResult>(file.content).context[key] = value;
}

bool mentions(const json& sentences, const std::string& part) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const json& sentence) {
        return sentence.get<std::string>().find(part) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("page: files of other machines are compared, repetitions of one are taken together") {
    const mnist::TrainResult base = several_seeds();
    mnist::TrainResult other = base;
    other.machine.cpu_model = "Another CPU";
    const json data = data_of({{.name = "a.json", .content = base},
                               {.name = "again.json", .content = base},
                               {.name = "b.json", .content = other}});
    REQUIRE(data["comparisons"].size() == 1);
    const json& comparison = data["comparisons"][0];
    CHECK(comparison["base_source"] == 0);
    CHECK(comparison["base_sources"] == json{0, 1});
    CHECK(comparison["new_sources"] == json{2});
    REQUIRE(comparison["rows"].size() == 3);
    CHECK(comparison["rows"][0]["samples_base"] == 4);
    CHECK(comparison["rows"][0]["samples_new"] == 2);
    REQUIRE(data["pooled"].size() == 1);
    CHECK(mentions(data["pooled"], "one configuration are taken together: AMD EPYC 7763 (a + again). "));
    CHECK(mentions(data["summary"], "Another CPU against AMD EPYC 7763 (a + again) (CPU "));
    CHECK(data["not_compared"].empty());
}

TEST_CASE("page: a disturbed file is not taken together with good ones, wherever it stands") {
    const mnist::TrainResult good = several_seeds();
    mnist::TrainResult disturbed = good;
    for (mnist::RunRecord& run : disturbed.runs) run.disturbance.other_cpu_share = 0.48;
    const json data = data_of({{.name = "busy.json", .content = disturbed},
                               {.name = "a.json", .content = good},
                               {.name = "b.json", .content = good}});
    REQUIRE(data["comparisons"].size() == 1);
    CHECK(data["comparisons"][0]["base_sources"] == json{1, 2});
    CHECK(data["comparisons"][0]["new_sources"] == json{0});
    CHECK(data["comparisons"][0]["rows"][0]["verdict"] == "disturbed");
}

TEST_CASE("page: what is pooled is said even where there is nothing to compare it with") {
    std::vector<ReportSource> files;
    for (const char* const name : {"a.json", "b.json", "c.json", "d.json"})
        files.push_back({.name = name, .content = several_seeds()});
    const json data = data_of(files);
    CHECK(data["comparisons"].empty());
    REQUIRE(data["pooled"].size() == 1);
    CHECK(mentions(data["pooled"], ": a.json + b.json + 2 more. "));
}

TEST_CASE("page: a build that was not committed may be another one each time, so it is compared") {
    mnist::TrainResult result = several_seeds();
    result.build.dirty = true;
    CHECK(
        data_of({{.name = "a.json", .content = result}, {.name = "b.json", .content = result}})["comparisons"]
            .size() == 1);
}

TEST_CASE("page: one machine and build with another configuration is compared, and that is a warning") {
    mnist::TrainResult other = several_seeds();
    other.config.adam_lr = 0.01;
    const json data =
        data_of({{.name = "a.json", .content = several_seeds()}, {.name = "b.json", .content = other}});
    REQUIRE(data["comparisons"].size() == 1);
    CHECK(mentions(data["comparisons"][0]["warnings"], "the learning rates of Adam differ"));
    CHECK(data["pooled"].empty());
}

TEST_CASE("page: other data is not compared, but with what is of the same data further on") {
    const mnist::TrainResult digits = several_seeds();
    mnist::TrainResult fashion = digits;
    fashion.dataset.sha256 = std::string(64, 'c');
    mnist::TrainResult fashion_elsewhere = fashion;
    fashion_elsewhere.machine.cpu_model = "Another CPU";
    const json data = data_of({{.name = "a.json", .content = digits},
                               {.name = "b.json", .content = fashion},
                               {.name = "c.json", .content = fashion_elsewhere}});
    REQUIRE(data["comparisons"].size() == 1);
    CHECK(data["comparisons"][0]["base_source"] == 1);
    CHECK(data["comparisons"][0]["new_source"] == 2);
    REQUIRE(data["not_compared"].size() == 1);
    CHECK(data["not_compared"][0].get<std::string>().starts_with(
        "AMD EPYC 7763 (b) and AMD EPYC 7763 (a) are not compared: "));
}

TEST_CASE(
    "page: the base is a file that can be compared, wherever it stands, and no quick or disturbed one") {
    ReportSource disturbed = foreign("disturbed.json", 10, 250);
    for (mnist::BenchRepetition& one : std::get<mnist::BenchResult>(disturbed.content).repetitions)
        one.counters["other_cpu_share"] = 0.48;
    const json data = data_of(
        {foreign("quick.json", 1, 250), disturbed, foreign("b.json", 10, 250), foreign("c.json", 10, 125)});
    REQUIRE(data["comparisons"].size() == 3);
    for (const json& pair : data["comparisons"]) CHECK(pair["base"] == "b.json");
    const json& row = data["comparisons"][1]["rows"][0];
    CHECK(row["verdict"] == "disturbed");
    CHECK(row["disturbed_by"] == "other processes took 48 % of the CPUs");
    // The same row, though one name says the threads and the other does not.
    ReportSource named = bench("named.json", repetitions("Step/SGD/batch:64/threads:2", 10, 1000));
    ReportSource spoilt = bench("spoilt.json", repetitions("Step/SGD/batch:64", 10, 1000));
    for (ReportSource* file : {&named, &spoilt}) {
        set_fact(*file, "mnist.build.version", "1");
        set_fact(*file, "mnist.config.threads", "2");
    }
    for (mnist::BenchRepetition& one : std::get<mnist::BenchResult>(spoilt.content).repetitions)
        one.counters["other_cpu_share"] = 0.48;
    CHECK(data_of({named, spoilt})["comparisons"][0]["rows"][0]["disturbed_by"] == row["disturbed_by"]);
}

TEST_CASE("page: what was trained with other settings has a base and a ranking of its own") {
    std::vector<ReportSource> files;
    for (const char* const schedule : {"one-cycle", "constant"}) {
        for (const char* const cpu : {"A", "B", "C"}) {
            if (schedule == std::string("one-cycle") && cpu == std::string("C")) continue;
            files.push_back(bench(std::string(cpu) + schedule, repetitions("Train/Adam/batch:64", 10, 1000)));
            set_fact(files.back(), "mnist.build.version", "1");
            set_fact(files.back(), "mnist.config.threads", "2");
            set_fact(files.back(), "mnist.config.schedule", schedule);
            set_fact(files.back(), "mnist.machine.cpu_model", cpu);
        }
    }
    json data = data_of(files);
    REQUIRE(data["comparisons"].size() == 3);
    CHECK(data["comparisons"][0]["base"] == "A (constant)");
    CHECK(data["comparisons"][1]["new"] == "C");
    CHECK(data["comparisons"][2]["base"] == "A (one-cycle)");
    CHECK(data["comparisons"][2]["new"] == "B (one-cycle)");
    REQUIRE(data["rankings"].size() == 1);
    CHECK(data["rankings"][0]["families"][0]["members"].size() == 3);
    // Alone of its kind it is set against the others, with a warning and without a rank.
    files.erase(files.begin());
    data = data_of(files);
    REQUIRE(data["comparisons"].size() == 3);
    CHECK(data["comparisons"][0]["base"] == "A");
    CHECK(mentions(data["comparisons"][0]["warnings"], "the learning-rate schedules differ"));
    REQUIRE(data["rankings"].size() == 1);
    CHECK(data["rankings"][0]["families"][0]["members"].size() == 3);
}

TEST_CASE("page: two files of another program are compared, for nothing says that they are of one build") {
    const json data = data_of({foreign("a.json", 10, 250), foreign("b.json", 10, 125)});
    REQUIRE(data["comparisons"].size() == 1);
    CHECK(data["comparisons"][0]["rows"][0]["verdict"] == "faster");
    CHECK(data["not_compared"].empty());
}

TEST_CASE("page: of files with too few repetitions nobody has a rank") {
    const json data =
        data_of({foreign("a.json", 1, 250), foreign("b.json", 1, 125), foreign("c.json", 1, 60)});
    REQUIRE(data["rankings"].size() == 1);
    for (const json& member : data["rankings"][0]["families"][0]["members"]) {
        CHECK(member["rank"].is_null());
        CHECK(member["tied"] == false);
        CHECK(member["ratio"].is_number());
    }
}

TEST_CASE("page: the sentence on a pair says what differs between its sides") {
    ReportSource one = foreign("a.json", 10, 250);
    ReportSource two = foreign("b.json", 10, 125);
    set_fact(one, "mnist.config.threads", "1");
    set_fact(two, "mnist.config.threads", "2");
    set_fact(one, "mnist.created", "2026-01-30T23:00:00Z");
    set_fact(two, "mnist.created", "2026-01-31T01:00:00Z");
    CHECK(mentions(data_of({one, two})["summary"],
                   "b.json against a.json (threads 1 and 2, day 2026-01-30 and 2026-01-31): "));
}

TEST_CASE("page: of many files the summary says who is first, not every pair") {
    std::vector<ReportSource> files;
    for (const double nanoseconds : {250.0, 125.0, 60.0, 30.0, 15.0})
        files.push_back(
            foreign(std::string(1, static_cast<char>('a' + files.size())) + ".json", 10, nanoseconds));
    const json summary = data_of(files)["summary"];
    CHECK(mentions(summary, "5 results beside each other. "));
    CHECK(mentions(summary, "4 comparisons of two are below"));
    CHECK_FALSE(mentions(summary, "b.json against a.json"));
}

TEST_CASE("page: the best throughput is set only against what was measured beside it") {
    // Another file, other threads and another precision are other races.
    std::vector<json> rows = repetitions("Train/Adam/batch:64", 5, 4000);
    for (const json& row : repetitions("Train/SGD/batch:64", 5, 2001)) rows.push_back(row);
    for (const json& row : repetitions("Train/SGD/batch:64/threads:4", 5, 3000)) rows.push_back(row);
    for (const json& row : repetitions("Train/SGD/batch:64/precision:bf16", 5, 3500)) rows.push_back(row);
    ReportSource file = bench("a.json", rows);
    set_fact(file, "mnist.config.threads", "2");
    ReportSource other = bench("b.json", repetitions("Train/Momentum/batch:64", 5, 3900));
    const std::string first =
        "Highest throughput: Adam in f32, batch 64, 2 threads, 4,002 samples/s (a.json)";
    CHECK(mentions(data_of({file, other})["summary"],
                   first + "; 2.00 times (2.00 to 2.00) as fast as the best of SGD in f32 there."));
    // Of few repetitions, or of disturbed ones, nothing is claimed.
    auto& measured = std::get<mnist::BenchResult>(file.content).repetitions;
    for (std::size_t i = 5; i < 7; ++i) measured[i].counters["other_cpu_share"] = 0.5;
    CHECK(mentions(data_of({file, other})["summary"], first + "."));
    for (std::size_t i = 5; i < 7; ++i) measured[i].counters["other_cpu_share"] = 0;
    measured.erase(measured.begin() + 5, measured.begin() + 7);
    CHECK(mentions(data_of({file, other})["summary"], first + "."));
}
