// `mnist compare` as a process: what it prints, what it refuses, and its exit codes.
#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

// A result of another Google Benchmark program: ten repetitions around `milliseconds`.
std::string bench_json(double milliseconds) {
    nlohmann::json benchmarks = nlohmann::json::array();
    for (int r = 0; r < 10; ++r) {
        benchmarks.push_back({{"name", "BM_Sort/64"},
                              {"run_name", "BM_Sort/64"},
                              {"run_type", "iteration"},
                              {"repetition_index", r},
                              {"real_time", milliseconds * (1 + 0.001 * r)},
                              {"time_unit", "ms"}});
    }
    return nlohmann::json{{"context", {{"host_name", "h"}, {"num_cpus", 2}}}, {"benchmarks", benchmarks}}
        .dump();
}

}  // namespace

TEST_CASE("compare: a regression on the same machine exits 1, an improvement 0") {
    const Workshop workshop;
    workshop.write("slow.json", bench_json(2));
    workshop.write("fast.json", bench_json(1));
    const Finished better = workshop.mnist({"compare", "slow.json", "fast.json"});
    CAPTURE(better.output, better.error);
    CHECK(better.exit_code == 0);
    CHECK(better.output.starts_with("BM_Sort/64: 2.00x faster (1.99 to 2.01)\n"));
    CHECK(contains(better.output, "improved"));
    const Finished worse = workshop.mnist({"compare", "fast.json", "slow.json"});
    CHECK(worse.exit_code == 1);
    CHECK(contains(worse.output, "regressed"));
    CHECK(workshop.mnist({"compare", "fast.json", "slow.json", "--mode", "report"}).exit_code == 0);
}

TEST_CASE("compare: the JSON has the keys of its contract and nothing else but nulls for what is absent") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(1));
    const Finished finished = workshop.mnist({"compare", "a.json", "a.json", "--format", "json"});
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json root = nlohmann::json::parse(finished.output);
    CHECK(root.at("schema") == "mnist-comparison/1");
    CHECK(root.at("mode") == "gate");
    CHECK(root.at("fingerprint_differences").empty());
    CHECK(root.at("unmatched").at("base").empty());
    const nlohmann::json& row = root.at("rows").at(0);
    CHECK(row.at("name") == "BM_Sort/64");
    CHECK(row.at("verdict") == "equivalent");
    CHECK(row.at("joint_verdict") == "unchanged");
    CHECK(row.at("ratio") == Approx(1));
    CHECK(row.at("samples_base") == 10);
    for (const char* const key : {"ratio_low", "ratio_high", "p_value", "p_adjusted"})
        CHECK(row.at(key).is_number());
    for (const char* const key : {"accuracy_verdict", "accuracy_difference", "accuracy_low", "accuracy_high"})
        CHECK(row.at(key).is_null());
}

TEST_CASE("compare: two trainings of the same seeds have the same bits and the same accuracy") {
    const Workshop workshop;
    for (const char* const file : {"a.json", "b.json"})
        REQUIRE(workshop.train({"--optimizer", "adam", "--epochs", "2", "--seeds", "4", "--out", file})
                    .exit_code == 0);
    const Finished finished = workshop.mnist({"compare", "a.json", "b.json", "--mode", "report"});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.output, "The final weights of 4 runs are the same bits"));
    CHECK(contains(finished.output, "+0.00 (+0.00,+0.00)"));
}

TEST_CASE("compare: what cannot be compared exits 2, names the file and leaves existing files alone") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(1));
    workshop.write("broken.json", bench_json(1).substr(0, 200));
    workshop.write("other.json", "{}");
    const auto refused = [&](std::vector<std::string> arguments, const std::string& what) {
        arguments.insert(arguments.begin(), "compare");
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, what));
    };
    refused({"a.json"}, "expected two results");
    refused({"a.json", "broken.json"}, "broken.json");
    refused({"a.json", "other.json"}, "other.json");
    refused({"a.json", "missing.json"}, "missing.json");
    refused({"a.json", "a.json", "--mode", "gat"}, "--mode");
    refused({"a.json", "a.json", "--threshold", "0"}, "--threshold");
    refused({"a.json", "a.json", "--alpha", "2"}, "--alpha");
    refused({"a.json", "a.json", "--format", "xml"}, "--format");
    refused({"a.json", "a.json", "--out", "other.json"}, "other.json");
    CHECK(workshop.text_of("other.json") == "{}");
}
