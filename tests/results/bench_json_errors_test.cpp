// Files of Google Benchmark that are broken or made to break something: a bad row is skipped with its reason,
// a bad file is refused with its place, and nothing brings the reader down.
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/bench_json.hpp"
#include "mnist/results/train_json.hpp"
#include "results/sample_bench.hpp"

using mnist::BenchResult;
using mnist_test::bench_of;
using mnist_test::bench_row;
using mnist_test::bench_text;
using nlohmann::json;

namespace {

mnist::InputFault bench_fault(const std::string& text) {
    try {
        (void)mnist::parse_bench_result(text, "x.json");
    } catch (const mnist::InputError& error) {
        return error.fault();
    }
    FAIL("no error");
    return {};
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t at = text.find(what);
    REQUIRE(at != std::string::npos);
    return text.replace(at, what.size(), with);
}

/// Spoils one of two rows. The other one must survive; returns why the first was skipped.
std::string reason_after(const std::function<void(json&)>& spoil) {
    json bad = bench_row();
    spoil(bad);
    json good = bench_row();
    good["repetition_index"] = 1;
    const BenchResult read = bench_of({bad, good});
    REQUIRE(read.repetitions.size() == 1);
    REQUIRE(read.skipped.size() == 1);
    return read.skipped[0].reason;
}

/// One row whose text has `with` in place of the time's "250.0".
BenchResult with_time(const std::string& with) {
    return mnist::parse_bench_result(replaced(bench_text({bench_row()}), "250.0", with), "x.json");
}

/// A result or an InputError, and then true.
bool ends_well(const std::string& text) {
    try {
        const BenchResult read = mnist::parse_bench_result(text, "x.json");
        for (const mnist::BenchRepetition& repetition : read.repetitions) {
            if (!(repetition.seconds > 0) || repetition.name.empty()) return false;
        }
        return true;
    } catch (const mnist::InputError& error) {
        return error.fault().where.rfind("x.json", 0) == 0;
    }
}

}  // namespace

TEST_CASE("bench errors: a row that says nothing is skipped with its reason and the others stay") {
    CHECK(reason_after([](json& r) { r["real_time"] = 0; }) == "real_time: expected a time above 0, found 0");
    CHECK(reason_after([](json& r) { r["real_time"] = -5.5; }) ==
          "real_time: expected a time above 0, found -5.5");
    CHECK(reason_after([](json& r) { r["real_time"] = 1e-320; }) ==
          "real_time: expected a time above 0, found 1e-320");
    CHECK(reason_after([](json& r) { r["real_time"] = "fast"; }) ==
          "real_time: expected a number, found \"fast\"");
    CHECK(reason_after([](json& r) { r.erase("real_time"); }) ==
          "real_time: expected this key, found a row without it");
    CHECK(reason_after([](json& r) { r["time_unit"] = "h"; }) ==
          "time_unit: expected \"ns\", \"us\", \"ms\" or \"s\", found \"h\"");
    CHECK(reason_after([](json& r) { r["time_unit"] = 1; }) == "time_unit: expected a string, found 1");
    CHECK(reason_after([](json& r) { r.erase("time_unit"); }) ==
          "time_unit: expected this key, found a row without it");
    CHECK(reason_after([](json& r) { r["run_type"] = "warmup"; }) ==
          "run_type: expected \"iteration\" or \"aggregate\", found \"warmup\"");
    CHECK(reason_after([](json& r) { r["run_type"] = json::array(); }) ==
          "run_type: expected a string, found an array of 0 elements");
    CHECK(reason_after([](json& r) { r["repetition_index"] = -1; }) ==
          "repetition_index: expected a whole number of at least 0, found -1");
    CHECK(reason_after([](json& r) { r["error_occurred"] = true; }) == "failed when it was measured");
    CHECK(reason_after([](json& r) {
              r["skipped"] = true;
              r["skip_message"] = 7;
          }) == "was skipped when it was measured");
    CHECK(reason_after([](json& r) { r["run_name"] = ""; }) == "run_name: expected a name, found \"\"");
    CHECK(reason_after([](json& r) { r = 7; }) == "row: expected an object, found 7");
}

TEST_CASE("bench errors: a row without a name goes by its place") {
    json nameless = bench_row();
    nameless.erase("name");
    nameless.erase("run_name");
    json wrong = bench_row();
    wrong["run_name"] = json::object();
    const BenchResult read = bench_of({bench_row(), nameless, wrong, nullptr});
    CHECK(read.repetitions.size() == 1);
    REQUIRE(read.skipped.size() == 3);
    CHECK(read.skipped[0].name == "benchmarks[1]");
    CHECK(read.skipped[0].reason == "name: expected this key, found a row without it");
    CHECK(read.skipped[1].name == "benchmarks[2]");
    CHECK(read.skipped[2].name == "benchmarks[3]");
}

TEST_CASE("bench errors: flags that are not set and labels that are no text do not cost a row") {
    json row = bench_row();
    row["error_occurred"] = false;
    row["skipped"] = 1;
    row["label"] = 5;
    const BenchResult read = bench_of({row});
    REQUIRE(read.repetitions.size() == 1);
    CHECK(read.repetitions[0].label.empty());
    CHECK(read.repetitions[0].counters.size() == 1);
}

TEST_CASE("bench errors: a time that is no finite number costs its row only") {
    for (const char* time : {"NaN", "-NaN", "nan", "-nan", "inf", "-inf", "Infinity", "-Infinity", "1e999",
                             "-1e999", "null", "1.5e+9999"}) {
        INFO(time);
        const BenchResult read = with_time(time);
        CHECK(read.repetitions.empty());
        REQUIRE(read.skipped.size() == 1);
        CHECK(read.skipped[0].reason ==
              "real_time: expected a time above 0, found NaN, an infinity or a number that no double holds");
    }
    CHECK(with_time(std::string(400, '9')).skipped.size() == 1);
    CHECK(with_time("1e-999").skipped.at(0).reason == "real_time: expected a time above 0, found 0.0");
}

TEST_CASE("bench errors: a time that nothing takes costs its row only") {
    CHECK(with_time("1e18").repetitions.at(0).seconds == Approx(1e9));
    CHECK(with_time("1e-10").repetitions.at(0).seconds == Approx(1e-19));
    for (const char* time : {"1.1e18", "1e300", "9e-22", "1e-300"}) {
        INFO(time);
        const BenchResult read = with_time(time);
        CHECK(read.repetitions.empty());
        REQUIRE(read.skipped.size() == 1);
        CHECK(read.skipped[0].reason.starts_with(
            "real_time: expected a time from 1e-30 to 1e+09 seconds, found "));
    }
}

TEST_CASE("bench errors: a counter that is no finite number is left out") {
    const std::string text = bench_text({bench_row()});
    for (const char* value : {"NaN", "-inf", "1e999", "null", "\"many\"", "[1]", "true"}) {
        INFO(value);
        const BenchResult read = mnist::parse_bench_result(replaced(text, "32000000.0", value), "x.json");
        REQUIRE(read.repetitions.size() == 1);
        CHECK(read.repetitions[0].counters.empty());
        CHECK(read.skipped.empty());
    }
}

TEST_CASE("bench errors: words inside strings are text") {
    json row = bench_row();
    row["run_name"] = "NaN \" inf \\";
    row["label"] = "\\\": NaN, 1e999";
    const BenchResult read = bench_of({row});
    CHECK(read.repetitions.at(0).name == "NaN \" inf \\");
    CHECK(read.repetitions.at(0).label == "\\\": NaN, 1e999");
}

TEST_CASE("bench errors: words that JSON does not know are refused with their byte") {
    CHECK(bench_fault("{\"context\": nano}").offset.value() == 13);
    CHECK(bench_fault("[--inf]").expected == "JSON");
    CHECK(bench_fault("[+1e999]").expected == "JSON");
    CHECK(bench_fault("[1e999e5]").expected == "numbers that a double holds");
    CHECK(bench_fault("[01e999x]").expected == "JSON");
    // Three letters become four, in place of the blank before them: the byte behind them keeps its number.
    CHECK(bench_fault("[ NaN, -Infinity, x]").offset.value() == 18);
}

TEST_CASE("bench errors: files of another form are refused") {
    CHECK(bench_fault("").found == "an empty file");
    CHECK(bench_fault("[]").found == "an array of 0 elements");
    CHECK(bench_fault("NaN").found == "null");
    CHECK(bench_fault("{}").found == "an object without them");
    CHECK(bench_fault("{\"context\": [], \"benchmarks\": []}").expected ==
          "an object \"context\" and an array \"benchmarks\"");
    CHECK(bench_fault("{\"context\": {}, \"benchmarks\": {}}").remedy ==
          "Give a file that --benchmark_out=FILE wrote");
}

TEST_CASE("bench errors: every truncation is an error that names its byte") {
    const std::string text = bench_text({bench_row()});
    for (std::size_t length = 1; length < text.size(); ++length) {
        const mnist::InputFault fault = bench_fault(text.substr(0, length));
        INFO(length);
        CHECK(fault.expected == "JSON");
        CHECK(fault.offset.value() <= length);
        CHECK(fault.offset.value() + 4 >= length);  // at most a started word or escape before the end
    }
}

TEST_CASE("bench errors: whatever byte changes, the file is read or refused") {
    const std::string text = bench_text({bench_row(), nullptr});
    for (std::size_t at = 0; at < text.size(); ++at) {
        for (const int mask : {0x01, 0x04, 0x10, 0x20, 0x80, 0xff}) {
            std::string flipped = text;
            flipped[at] = static_cast<char>(static_cast<unsigned char>(flipped[at]) ^ mask);
            INFO("byte " << at << " with mask " << mask);
            if (!ends_well(flipped)) FAIL("neither a result nor an error of this file");
        }
        for (const char byte : {'\0', '"', '\\', '{', '}', '[', ',', '-', 'e', '9'}) {
            std::string other = text;
            other[at] = byte;
            if (!ends_well(other)) FAIL("neither a result nor an error of this file");
        }
    }
}

TEST_CASE("bench errors: bytes that are not UTF-8 are refused with their place") {
    const mnist::InputFault fault =
        bench_fault(replaced(bench_text({bench_row()}), "\"host\"", "\"caf\xe9\""));
    CHECK(fault.expected == "JSON");
    CHECK(fault.offset.value() > 0);
}

TEST_CASE("bench errors: a key that stands twice is harmless") {
    const std::string text = bench_text({bench_row()});
    const BenchResult last = mnist::parse_bench_result(
        replaced(text, "\"real_time\": 250.0", "\"real_time\": \"x\", \"real_time\": 500.0"), "x.json");
    CHECK(last.repetitions.at(0).seconds == 500e-9);
    CHECK(ends_well(replaced(text, "\"context\": {", "\"context\": [], \"context\": {")));
}

TEST_CASE("bench errors: rows are read in their place, wherever the array stands and whatever is in it") {
    const std::string row = bench_row().dump();
    const auto read = [](const std::string& members) {
        return mnist::parse_bench_result("{" + members + "}", "x.json");
    };
    const std::string context =
        "\"context\": {\"benchmarks\": [{\"name\": \"no row\"}, 1], \"host_name\": \"h\"}";
    CHECK(read("\"benchmarks\": [" + row + "], " + context).repetitions.size() == 1);
    CHECK(read(context + ", \"benchmarks\": [" + row + "]").context.at("host_name") == "h");
    // Of two arrays the last counts, whole.
    const BenchResult last =
        read("\"benchmarks\": [1, " + row + ", " + row + "], " + context + ", \"benchmarks\": [" + row + "]");
    CHECK(last.repetitions.size() == 1);
    CHECK(last.skipped.empty());
    const BenchResult mixed =
        read(context + ", \"benchmarks\": [[[1, {\"a\": [2]}], 3], null, {\"benchmarks\": [4]}, " + row +
             ", \"x\"]");
    CHECK(mixed.repetitions.size() == 1);
    REQUIRE(mixed.skipped.size() == 4);
    CHECK(mixed.skipped[0].name == "benchmarks[0]");
    CHECK(mixed.skipped[3].name == "benchmarks[4]");
    CHECK_THROWS_AS(read("\"benchmarks\": [" + row + "], " + context + ", \"benchmarks\": 1"),
                    mnist::InputError);
}

TEST_CASE("bench errors: deep nesting is refused and does not exhaust the stack") {
    for (const std::string& opening : {std::string("["), std::string("{\"a\":")}) {
        std::string deep = "{\"benchmarks\": [], \"context\": ";
        for (int i = 0; i < 100000; ++i) deep += opening;
        CHECK(bench_fault(deep).expected == "at most 32 levels of nesting");
    }
}

TEST_CASE("bench errors: a file above the limit is not parsed") {
    CHECK(bench_fault(std::string(mnist::kMaxResultBytes + 1, ' ')).found == "201326593 bytes");
    const auto path = std::filesystem::temp_directory_path() / "mnist_bench_errors_test_large.json";
    std::ofstream(path) << "{";
    std::filesystem::resize_file(path, std::uintmax_t{200} << 20);
    try {
        (void)mnist::read_bench_result(path);
        FAIL("no error");
    } catch (const mnist::InputError& error) {
        CHECK(error.fault().where == path.string());
        CHECK(error.fault().expected == "at most 201326592 bytes");
    }
    std::filesystem::remove(path);
}

TEST_CASE("bench errors: values that would take gigabytes are refused before they are parsed") {
    const std::string begin = "{\"context\": {}, \"benchmarks\": [";
    std::string many = begin + "0";
    for (int i = 0; i < 5000000; ++i) many += ",0";
    const mnist::InputFault fault = bench_fault(many + "]}");
    CHECK(fault.expected == "at most 5000000 values");
    CHECK(fault.found == "5000005");
    // Commas and brackets in strings are text.
    CHECK(ends_well(begin + "\"" + std::string(6000000, ',') + std::string(100, '[') + "\"]}"));
}

TEST_CASE("bench errors: more rows or facts than any real file has are refused") {
    std::string rows = "{\"context\": {}, \"benchmarks\": [{}";
    for (int i = 0; i < 500000; ++i) rows += ",{}";
    const mnist::InputFault many = bench_fault(rows + "]}");
    CHECK(many.where == "x.json, benchmarks");
    CHECK(many.expected == "at most 500000 rows");
    CHECK(many.found == "an array of 500001 elements");

    std::string facts = "{\"benchmarks\": [], \"context\": {\"a\": [0";
    for (int i = 0; i < 10000; ++i) facts += ",0";
    CHECK(bench_fault(facts + "]}}").where == "x.json, context");
    CHECK(
        bench_fault("{\"benchmarks\": [], \"context\": {\"" + std::string(2000, 'k') + "\": 1}}").expected ==
        "at most 10000 facts with names of at most 1000 bytes");
}
