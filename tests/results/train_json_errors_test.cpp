// Files that are not what they must be: each is refused with the place, what was expected and what was found,
// and none brings the reader down.
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"
#include "results/sample_result.hpp"

using nlohmann::json;

namespace {

json sample() {
    return json::parse(mnist::train_result_json(mnist_test::sample_result(2)));
}

mnist::InputFault train_fault(const std::string& text) {
    try {
        (void)mnist::parse_train_result(text, "x.json");
    } catch (const mnist::InputError& error) {
        return error.fault();
    }
    FAIL("no error");
    return {};
}

mnist::InputFault fault_after(const std::function<void(json&)>& spoil) {
    json file = sample();
    spoil(file);
    return train_fault(file.dump());
}

void check(const std::function<void(json&)>& spoil, const std::string& where, const std::string& expected,
           const std::string& found) {
    const mnist::InputFault fault = fault_after(spoil);
    CHECK(fault.where == where);
    CHECK(fault.expected == expected);
    CHECK(fault.found == found);
}

/// Every path to an object member in the file, as JSON pointers; of arrays the first element.
void collect(const json& value, const std::string& path, std::vector<std::string>& paths) {
    if (value.is_array() && !value.empty()) collect(value[0], path + "/0", paths);
    if (!value.is_object()) return;
    for (const auto& [key, member] : value.items()) {
        std::string place = path;
        place.append("/").append(key);
        paths.push_back(place);
        collect(member, place, paths);
    }
}

}  // namespace

TEST_CASE("result errors: a missing key is named with its path") {
    check([](json& f) { f.erase("runs"); }, "x.json, runs", "this key", "an object without it");
    check([](json& f) { f["runs"][1].erase("seed"); }, "x.json, runs[1].seed", "this key",
          "an object without it");
    check([](json& f) { f["runs"][2]["epochs"][1].erase("train_loss"); },
          "x.json, runs[2].epochs[1].train_loss", "this key", "an object without it");
    check([](json& f) { f["machine"]["caches"][0].erase("level"); }, "x.json, machine.caches[0].level",
          "this key", "an object without it");
}

TEST_CASE("result errors: every key of the contract is missed, and no value of a wrong type gets through") {
    const std::vector<std::string> optional{"/interrupted",
                                            "/initial_weights_sha256",
                                            "/primitives",
                                            "/grid",
                                            "/fma_peak_gflops",
                                            "/denormals_flushed",
                                            "/runs/0/status",
                                            "/runs/0/message",
                                            "/runs/0/peak_fraction",
                                            "/sample_images",
                                            "/runs/0/worst_mistakes",
                                            "/config/schedule",
                                            "/config/peak_lr",
                                            "/config/warmup",
                                            "/config/precision",
                                            "/config/threads_chosen",
                                            "/config/jobs",
                                            "/resumed",
                                            "/build/libraries",
                                            "/machine/instructions",
                                            "/machine/cpu_family",
                                            "/machine/cpu_model_number",
                                            "/machine/cpu_stepping",
                                            "/machine/cpu_microcode",
                                            "/machine/cpu_generation"};
    std::vector<std::string> paths;
    const json whole = sample();
    collect(whole, "", paths);
    REQUIRE(paths.size() > 80);
    for (const std::string& path : paths) {
        INFO(path);
        const json::json_pointer pointer(path);
        json without = whole;
        without[pointer.parent_pointer()].erase(pointer.back());
        // A fact that cannot be had on one machine may be one that its program did not know.
        const bool may_miss = std::find(optional.begin(), optional.end(), path) != optional.end() ||
                              path.starts_with("/runs/0/disturbance");
        if (may_miss) {
            CHECK_NOTHROW(mnist::parse_train_result(without.dump(), "x.json"));
        } else {
            CHECK_THROWS_AS(mnist::parse_train_result(without.dump(), "x.json"), mnist::InputError);
        }
        if (path == "/runs/0/peak_fraction") continue;
        json wrong = whole;
        wrong[pointer] = whole[pointer].is_object() ? json("text") : json::object();
        CHECK_THROWS_AS(mnist::parse_train_result(wrong.dump(), "x.json"), mnist::InputError);
    }
}

TEST_CASE("result errors: a schedule that nobody knows is refused") {
    check([](json& f) { f["config"]["schedule"] = "two-cycles"; }, "x.json, config.schedule",
          "\"constant\" or \"one-cycle\"", "\"two-cycles\"");
}

TEST_CASE("result errors: pictures that do not fit the data set are refused") {
    const std::string base64 = "base64 of 28 x 28 bytes";
    check([](json& f) { f["sample_images"][0]["pixels"] = "AAAA"; }, "x.json, sample_images[0].pixels",
          base64, "\"AAAA\"");
    check([](json& f) { f["runs"][0]["worst_mistakes"][0]["pixels"] = "<script>"; },
          "x.json, runs[0].worst_mistakes[0].pixels", base64, "\"<script>\"");
    check([](json& f) { f["runs"][0]["worst_mistakes"][0]["predicted"] = 10; },
          "x.json, runs[0].worst_mistakes[0].predicted", "a class below 10", "10");
    check([](json& f) { f["runs"][0]["worst_mistakes"][0]["index"] = 10000; },
          "x.json, runs[0].worst_mistakes[0].index", "the number of an image, below 10000", "10000");
    check([](json& f) { f["runs"][0]["worst_mistakes"][0]["probability"] = 1.5; },
          "x.json, runs[0].worst_mistakes[0].probability", "a number from 0 to 1", "1.5");
    // Extents whose product overflows to the number of bytes that are there.
    check([](json& f) { f["dataset"]["rows"] = std::uint64_t{1} << 62; }, "x.json, sample_images[0].pixels",
          "base64 of 4611686018427387904 x 28 bytes", "a long string");
}

TEST_CASE("result errors: wrong types are described") {
    check([](json& f) { f["label"] = 7; }, "x.json, label", "a string", "7");
    check([](json& f) { f["label"] = nullptr; }, "x.json, label", "a string", "null");
    check([](json& f) { f["runs"] = json::object(); }, "x.json, runs", "an array", "an object");
    check([](json& f) { f["config"]["epochs"] = -1; }, "x.json, config.epochs",
          "a whole number of at least 0", "-1");
    check([](json& f) { f["config"]["epochs"] = 2.5; }, "x.json, config.epochs",
          "a whole number of at least 0", "2.5");
    check([](json& f) { f["config"]["shuffle"] = "yes"; }, "x.json, config.shuffle", "true or false",
          "\"yes\"");
    check([](json& f) { f["machine"]["usable_threads"] = 0; }, "x.json, machine.usable_threads",
          "a whole number from 1 to 2147483647", "0");
    check([](json& f) { f["machine"]["sockets"] = std::uint64_t{1} << 40; }, "x.json, machine.sockets",
          "a whole number from 1 to 2147483647", "1099511627776");
    check(
        [](json& f) {
            f["runs"][0]["epochs"][0] = json::array({1, 2});
        },
        "x.json, runs[0].epochs[0]", "an object", "an array of 2 elements");
    check([](json& f) { f["runs"][0]["epochs"][0]["train_seconds"] = std::string(1000, 'x'); },
          "x.json, runs[0].epochs[0].train_seconds", "a number", "a long string");
}

TEST_CASE("result errors: values outside their range are refused") {
    check([](json& f) { f["runs"][0]["last_accuracy"] = 100.5; }, "x.json, runs[0].last_accuracy",
          "a number from 0 to 100", "100.5");
    check([](json& f) { f["runs"][0]["epochs"][0]["eval_seconds"] = -0.5; },
          "x.json, runs[0].epochs[0].eval_seconds", "a number of at least 0", "-0.5");
    check([](json& f) { f["runs"][0]["first_epoch_at_target"] = 3; }, "x.json, runs[0].first_epoch_at_target",
          "null or one of the 2 epochs of this run", "3");
    check([](json& f) { f["runs"][0]["first_epoch_at_target"] = 0; }, "x.json, runs[0].first_epoch_at_target",
          "a whole number from 1 to 2147483647", "0");
    check([](json& f) { f["config"]["optimizers"][1] = "lion"; }, "x.json, config.optimizers[1]",
          "\"sgd\", \"momentum\", \"adam\", \"adamw\" or \"rmsprop\"", "\"lion\"");
    check([](json& f) { f["config"]["precision"] = "f16"; }, "x.json, config.precision",
          "\"f32\" or \"bf16\"", "\"f16\"");
    check([](json& f) { f["runs"][0]["status"] = "lost"; }, "x.json, runs[0].status",
          "\"completed\", \"diverged\" or \"interrupted\"", "\"lost\"");
}

TEST_CASE("result errors: a confusion matrix has one row and one column a class") {
    check([](json& f) { f["runs"][0]["confusion_matrix"].erase(9); }, "x.json, runs[0].confusion_matrix",
          "10 rows, one a class, or none", "an array of 9 elements");
    check([](json& f) { f["runs"][0]["confusion_matrix"][3].push_back(1); },
          "x.json, runs[0].confusion_matrix[3]", "10 counts, one a class", "an array of 11 elements");
    check([](json& f) { f["runs"][0]["confusion_matrix"][3][4] = -1; },
          "x.json, runs[0].confusion_matrix[3][4]", "a whole number of at least 0", "-1");
}

TEST_CASE("result errors: another schema or kind says what to do") {
    const mnist::InputFault newer = fault_after([](json& f) { f["schema"] = "mnist-results/2"; });
    CHECK(newer.where == "x.json, schema");
    CHECK(newer.found == "\"mnist-results/2\"");
    CHECK(newer.remedy == "A newer program wrote this file: read it with that one");
    CHECK(fault_after([](json& f) { f["kind"] = "bench"; }).remedy == "Give a file that `mnist train` wrote");
    CHECK(train_fault("{}").where == "x.json, schema");
    CHECK(train_fault("[]").expected == "an object");
    CHECK(train_fault("null").where == "x.json");
}

TEST_CASE("result errors: text that is not JSON is refused with its byte") {
    CHECK(train_fault("").found == "an empty file");
    CHECK(train_fault("{\"a\": x}").offset.value() == 6);
    const std::string whole = mnist::train_result_json(mnist_test::sample_result(1));
    for (const std::size_t length : {std::size_t{1}, whole.size() / 3, whole.size() / 2, whole.size() - 3}) {
        const mnist::InputFault fault = train_fault(whole.substr(0, length));
        CHECK(fault.expected == "JSON");
        CHECK(fault.offset.value() == length);
    }
    CHECK(train_fault("{\"schema\": \"\xff\xfe\"}").expected == "JSON");
    CHECK(train_fault("[1e999]").expected == "numbers that a double holds");
    CHECK(train_fault("[NaN]").expected == "JSON");
}

TEST_CASE("result errors: deep nesting is refused and does not exhaust the stack") {
    for (const std::string& opening : {std::string("["), std::string("{\"a\":")}) {
        std::string deep;
        for (int i = 0; i < 100000; ++i) deep += opening;
        const mnist::InputFault fault = train_fault(deep);
        CHECK(fault.expected == "at most 32 levels of nesting");
        CHECK(fault.found == "more");
    }
}

TEST_CASE("result errors: a file above the limit is not parsed") {
    const mnist::InputFault fault = train_fault(std::string(mnist::kMaxResultBytes + 1, ' '));
    CHECK(fault.expected == "at most 201326592 bytes");
    CHECK(fault.found == "201326593 bytes");
}

TEST_CASE("result errors: reading names the file") {
    const auto folder = std::filesystem::temp_directory_path() / "mnist_results_test_reading";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto path = folder / "run.json";
    std::ofstream(path) << mnist::train_result_json(mnist_test::sample_result(1));
    CHECK(mnist::read_train_result(path).runs.size() == 3);
    std::ofstream(path) << "{}";
    std::string message;
    try {
        (void)mnist::read_train_result(path);
    } catch (const mnist::InputError& error) {
        message = error.what();
    }
    CHECK(message.rfind(path.string() + ", schema: expected", 0) == 0);
    CHECK_THROWS_AS(mnist::read_train_result(folder / "absent.json"), mnist::InputError);
    std::filesystem::remove_all(folder);
}
