// Every result file finds its reader by its content, and a file that is none is recognised in the message.
#include "mnist/results/result_file.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"
#include "results/sample_bench.hpp"
#include "results/sample_result.hpp"

using mnist::parse_result_file;
using nlohmann::json;

namespace {

mnist::InputFault file_fault(const std::string& text) {
    try {
        (void)parse_result_file(text, "x.json");
    } catch (const mnist::InputError& error) {
        return error.fault();
    }
    FAIL("no error");
    return {};
}

}  // namespace

TEST_CASE("result files: each of the real ones finds its reader") {
    const std::filesystem::path folder =
        std::filesystem::path(MNIST_TEST_DATA_DIR) / "../../results/amd-epyc-zen5-2-threads";
    const auto bench = mnist::read_result_file(folder / "2026-11-23-bench-scaling.json");
    CHECK(std::get<mnist::BenchResult>(bench).repetitions.size() == 30);
    const auto train = mnist::read_result_file(folder / "2026-11-23-train.json");
    CHECK(std::get<mnist::TrainResult>(train).runs.size() == 15);
}

TEST_CASE("result files: the kind follows from the content") {
    const json bench{{"context", json::object()}, {"benchmarks", json::array()}};
    CHECK(mnist::result_kind(bench, "x.json") == mnist::ResultKind::bench);
    CHECK(mnist::result_kind({{"schema", "mnist-results/1"}}, "x.json") == mnist::ResultKind::train);
    CHECK(mnist::result_kind({{"schema", "mnist-results/2"}}, "x.json") == mnist::ResultKind::train);
}

TEST_CASE("result files: the reader of a kind says what it cannot read") {
    const std::string remedy = "A newer program wrote this file: read it with that one";
    CHECK(file_fault(R"({"schema": "mnist-results/2"})").remedy == remedy);
    const json newer{{"context", {{"mnist.schema", "mnist-bench/2"}}}, {"benchmarks", json::array()}};
    const mnist::InputFault fault = file_fault(newer.dump());
    CHECK(fault.where == "x.json, context.mnist.schema");
    CHECK(fault.expected == "\"mnist-bench/1\"");
    CHECK(fault.found == "\"mnist-bench/2\"");
    CHECK(fault.remedy == remedy);
    const std::string train = mnist::train_result_json(mnist_test::sample_result(1));
    const std::size_t label = train.find("\"label\": ") + 9;
    const std::size_t line_end = train.find(',', label);
    // Only Google Benchmark's files may hold a bare NaN.
    const std::string spoilt = std::string(train).replace(label, line_end - label, "NaN");
    CHECK(file_fault(spoilt).offset.value() == label);
}

TEST_CASE("result files: a file of another kind is described") {
    const mnist::InputFault empty = file_fault("{}");
    CHECK(empty.where == "x.json");
    CHECK(empty.expected == "Google Benchmark's JSON or a file of `mnist train`");
    CHECK(empty.found == "an object");
    CHECK(empty.remedy == "Give a file that --benchmark_out=FILE or `mnist train --out FILE` wrote");
    CHECK(file_fault("[1, 2]").found == "an array of 2 elements");
    CHECK(file_fault("7").found == "7");
    CHECK(file_fault(R"({"name": "x", "scripts": {}})").found == R"(an object with "name", "scripts")");
    CHECK(file_fault(R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1})").found ==
          R"(an object with "a", "b", "c", "d", "e" and more)");
    CHECK(file_fault(R"({"schema": "mnist-comparison/1"})").found == "the schema \"mnist-comparison/1\"");
    CHECK(file_fault(R"({"schema": 7})").found == "the schema 7");
    CHECK(file_fault("{\"" + std::string(100, 'k') + "\": 1}").found == "an object with a long string");
    CHECK(file_fault("time,name\n1,2\n").expected == "JSON");
}
