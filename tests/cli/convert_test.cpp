// `mnist convert` as a process: what each format holds, and what is refused. Whether the tools take it is
// ./run check convert.
#include <cmath>
#include <sstream>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
using Json = nlohmann::json;

namespace {

// Two repetitions of a training, a row of the machine, and two aggregates, as mnist_bench writes them.
Json bench_result(const std::string& date, double milliseconds) {
    Json rows = Json::array();
    const auto add = [&](const std::string& name, int repetition, double time) -> Json& {
        rows.push_back({{"name", name},
                        {"run_name", name},
                        {"run_type", "iteration"},
                        {"repetition_index", repetition},
                        {"real_time", time},
                        {"cpu_time", time * 2},
                        {"time_unit", "ms"}});
        return rows.back();
    };
    for (int r = 0; r < 2; ++r) {
        Json& row = add("Train/Adam/batch:64", r, milliseconds * (1 + r));
        row["test_accuracy"] = 97.0 + r;
        row["seed"] = r;
        row["p99_us"] = 5.0 + r;
    }
    add("Calibrate/Barrier/threads:2", 0, 1);
    Json mean = rows[0];
    mean["name"] = "Train/Adam/batch:64_mean";
    mean["run_type"] = "aggregate";
    mean["aggregate_name"] = "mean";
    rows.push_back(mean);
    return {{"context",
             {{"date", date},
              {"host_name", "h,1"},
              {"mnist.schema", "mnist-bench/1"},
              {"mnist.build.commit", "c0ffee"},
              {"mnist.config.threads", "2"},
              {"mnist.machine.cpu_model", "CPU"},
              {"mnist.machine.caches.0.level", "1"},
              {"mnist.machine.caches.0.type", "data"},
              {"mnist.machine.caches.0.bytes", "32768"}}},
            {"benchmarks", rows}};
}

const char* const kDate = "2026-01-31T12:00:00Z";

struct Results : Workshop {
    Results() {
        write("a.json", bench_result(kDate, 10).dump());
        write("b.json", bench_result("2026-01-30T12:00:00Z", 20).dump());
    }
};

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) {
        if (line.ends_with('\r')) line.pop_back();
        lines.push_back(line);
    }
    return lines;
}

}  // namespace

TEST_CASE(
    "convert: Bencher gets the median between the least and the greatest repetition, and no aggregate") {
    const Results workshop;
    const Finished done = workshop.mnist({"convert", "a.json", "--to", "bencher"});
    CAPTURE(done.error);
    REQUIRE(done.exit_code == 0);
    const Json root = Json::parse(done.output);
    REQUIRE(root.size() == 1);
    const Json& row = root.at("Train/Adam/batch:64");
    CHECK(row.size() == 3);
    CHECK(row.at("latency").at("value") == Approx(15e6));  // nanoseconds
    CHECK(row.at("latency").at("lower_value") == Approx(10e6));
    CHECK(row.at("latency").at("upper_value") == Approx(20e6));
    CHECK(row.at("accuracy").at("value") == Approx(97.5));
    CHECK(row.at("latency-p99").at("upper_value") == Approx(6000));
}

TEST_CASE("convert: Conbench gets every repetition in seconds, the machine, the commit and a run a file") {
    const Results workshop;
    const Finished done = workshop.mnist(
        {"convert", "a.json", "b.json", "--to", "conbench", "--repository", "https://github.com/me/kernels"});
    REQUIRE(done.exit_code == 0);
    const Json root = Json::parse(done.output);
    REQUIRE(root.size() == 2);
    const Json& one = root.at(0);
    for (const char* const key :
         {"run_id", "batch_id", "timestamp", "stats", "tags", "info", "context", "machine_info"})
        CHECK(one.contains(key));
    CHECK(one.at("timestamp") == kDate);
    CHECK(one.at("stats").at("data") == one.at("stats").at("times"));
    CHECK(one.at("stats").at("data").at(1) == Approx(0.02));
    CHECK(one.at("stats").at("unit") == "s");
    CHECK(one.at("stats").at("iterations") == 2);
    CHECK(one.at("tags").at("name") == "Train/Adam/batch:64");
    CHECK(one.at("github").at("commit") == "c0ffee");
    CHECK(one.at("machine_info").at("cpu_l1d_cache_bytes") == 32768);
    CHECK(one.at("optional_benchmark_info").at("test_accuracy_percent").size() == 2);
    CHECK(one.at("machine_info").at("architecture_name") == "x86_64");
    CHECK(root.at(1).at("run_id") != one.at("run_id"));
    Json other = bench_result(kDate, 10);
    other["context"]["mnist.machine.isa"] = "neon";
    workshop.write("arm.json", other.dump());
    CHECK(contains(workshop.mnist({"convert", "arm.json", "--to", "conbench"}).output, "\"aarch64\""));
    const Finished without = workshop.mnist({"convert", "a.json", "--to", "conbench"});
    CHECK(contains(without.error, "without --repository"));
    CHECK_FALSE(Json::parse(without.output).at(0).contains("github"));
}

TEST_CASE("convert: LNT gets a report of version 2 with lists of repetitions") {
    const Results workshop;
    const Json root = Json::parse(workshop.mnist({"convert", "a.json", "--to", "lnt"}).output);
    CHECK(root.at("format_version") == "2");
    CHECK(root.at("machine").at("name") == "h,1");
    CHECK(root.at("machine").at("cpu_model") == "CPU");
    CHECK(root.at("run").at("start_time") == kDate);
    CHECK(root.at("run").at("llvm_project_revision") == "c0ffee");
    REQUIRE(root.at("tests").size() == 1);
    CHECK(root.at("tests").at(0).at("execution_time").size() == 2);
    CHECK(root.at("tests").at(0).at("execution_time").at(0) == Approx(0.01));
    CHECK(root.at("tests").at(0).at("score").at(1) == Approx(98));
}

TEST_CASE("convert: Otava gets a line a result in the order of time, with the columns that all have") {
    const Results workshop;
    // A text after a's, and a time before it.
    workshop.write("b.json", bench_result("2026-01-31T12:30:00+01:00", 20).dump());
    Json more = bench_result("2026-02-01T12:00:00Z", 5);
    Json extra = more["benchmarks"][0];
    extra["name"] = extra["run_name"] = "Relu";
    more["benchmarks"].push_back(extra);
    workshop.write("c.json", more.dump());
    const Finished done = workshop.mnist({"convert", "a.json", "b.json", "c.json", "--to", "otava"});
    REQUIRE(done.exit_code == 0);
    const auto lines = lines_of(done.output);
    REQUIRE(lines.size() == 4);
    CHECK(lines[0] ==
          "time,commit,file,machine,Calibrate/Barrier/threads:2 time,Train/Adam/batch:64 accuracy,"
          "Train/Adam/batch:64 p99,Train/Adam/batch:64 time");
    CHECK(lines[1].starts_with("2026-01-31T12:30:00+01:00,c0ffee,b.json,\"h,1\",0.001,97.5,"));
    CHECK(lines[2].starts_with("2026-01-31T12:00:00Z,c0ffee,a.json,"));
    CHECK(std::stod(lines[3].substr(lines[3].rfind(',') + 1)) == Approx(0.0075));
    CHECK(contains(done.error, "3 columns left out that not all results have"));
}

TEST_CASE("convert: CSV has a line a repetition and quantity, also of mnist train and of other programs") {
    const Results workshop;
    REQUIRE(workshop.train({"--optimizer", "sgd", "--epochs", "1", "--seeds", "2", "--out", "t.json"})
                .exit_code == 0);
    Json other = bench_result(kDate, 1);
    other["context"] = {{"num_cpus", 2}};
    workshop.write("other.json", other.dump());
    const Finished done = workshop.mnist({"convert", "a.json", "t.json", "other.json", "--to", "csv"});
    REQUIRE(done.exit_code == 0);
    const auto lines = lines_of(done.output);
    CHECK(lines[0] == "file,commit,created,machine,name,measures,quantity,repetition,value,unit");
    CHECK(lines[1] == "a.json,c0ffee,2026-01-31T12:00:00Z,\"h,1\",Train/Adam/batch:64,program,time,0,0.01,s");
    CHECK(contains(done.output, "Calibrate/Barrier/threads:2,machine,time,0,0.001,s"));
    CHECK(contains(done.output, ",Train/SGD/batch:64,program,accuracy,1,"));
    CHECK(contains(done.output, "\nother.json,,,unknown,Train/Adam/batch:64,program,time,1,0.002,s"));
    // 7 of each of the other two, and of two seeds the time and the accuracy.
    CHECK(lines.size() == 1 + 7 + 4 + 7);
}

TEST_CASE("convert: what cannot be converted exits 2, says why, and leaves existing files alone") {
    const Results workshop;
    Json undated = bench_result(kDate, 1);
    undated["context"].erase("date");
    workshop.write("undated.json", undated.dump());
    const auto refused = [&](std::vector<std::string> words, const std::string& what) {
        words.insert(words.begin(), "convert");
        const Finished done = workshop.mnist(words);
        CAPTURE(done.error);
        CHECK(done.exit_code == 2);
        CHECK(done.output.empty());
        CHECK(contains(done.error, what));
    };
    refused({"a.json"}, "--to");
    refused({"a.json", "--to", "bencher2"}, "Did you mean bencher?");
    refused({"--to", "csv"}, "expected a result or more");
    refused({"a.json", "b.json", "--to", "lnt"}, "Convert one after the other");
    refused({"a.json", "b.json", "--to", "bencher"}, "expected one result");
    refused({"undated.json", "--to", "otava"}, "expected the date of the measurement");
    workshop.write("yesterday.json", bench_result("yesterday", 1).dump());
    refused({"yesterday.json", "--to", "otava"}, "found yesterday");
    refused({"missing.json", "--to", "csv"}, "missing.json");
    refused({"a.json", "--to", "csv", "--repository", "x"}, "--to conbench");
    for (const char* const url :
         {"kernels", "me/kernels", "http://github.com/me/kernels", "https://github.com/me",
          "https://example.org/me/kernels", "https://github.com/me/kernels/tree/main",
          "https://github.com/me/kern els", "see https://github.com/me/kernels"})
        refused({"a.json", "--to", "conbench", "--repository", url},
                "expected https://github.com/OWNER/NAME");
    CHECK(workshop.mnist({"convert", "undated.json", "--to", "bencher"}).exit_code == 0);
    CHECK(workshop.mnist({"convert", "a.json", "--to", "csv", "--out", "x.csv"}).exit_code == 0);
    refused({"a.json", "--to", "csv", "--out", "x.csv"}, "x.csv");
    Json busy = bench_result(kDate, 1);
    for (Json& row : busy["benchmarks"]) row["steal_share"] = 0.5;
    workshop.write("busy.json", busy.dump());
    CHECK(contains(workshop.mnist({"convert", "busy.json", "--to", "bencher"}).error, "were disturbed"));
}
