// `mnist history` as a process, on forty days of one machine.
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "catch.hpp"
#include "days.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::string name_of(int day) {
    return fmt::format("days/{:02}.json", day);
}

struct Days : Workshop {
    Days() {
        for (int day = 0; day < kDays; ++day) write(name_of(day), result_of_day(day).dump());
    }
    /// `mnist history ARGUMENTS...`, with a cache of its own.
    [[nodiscard]] Finished history(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "history");
        Launch start = launch(arguments);
        start.environment["XDG_CACHE_HOME"] = (folder() / "cache").string();
        return run(start);
    }
    [[nodiscard]] Json json(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--format", "json"});
        const Finished done = history(arguments);
        CAPTURE(done.error);
        REQUIRE(done.exit_code == 0);
        return Json::parse(done.output);
    }
};

/// Lines that have both texts.
std::size_t lines_with(const std::string& text, const std::string& a, const std::string& b) {
    std::istringstream lines(text);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line);) count += contains(line, a) && contains(line, b);
    return count;
}

}  // namespace

TEST_CASE("history: JSON tells the program's step from the machine's") {
    const Days days;
    const Json root = days.json({"days"});
    CHECK(root.at("schema") == "mnist-history/1");
    CHECK(root.at("order") == "date");
    CHECK(root.at("files") == kDays);
    CHECK(root.at("gate").is_null());
    REQUIRE(root.at("groups").size() == 1);
    const Json& series = root.at("groups").at(0).at("series");
    REQUIRE(series.size() == 2);
    const Json& step = series.at(0);
    CHECK(step.at("benchmark") == "Step/SGD/batch:64");
    REQUIRE(step.at("changes").size() == 1);
    CHECK(step.at("changes").at(0).at("cause") == "machine");
    CHECK(step.at("changes").at(0).at("place") == kHostStep);
    const Json& train = series.at(1).at("changes");
    REQUIRE(train.size() == 2);
    CHECK(train.at(0).at("cause") == "machine");
    CHECK(train.at(1).at("cause") == "program");
    CHECK(train.at(1).at("place") == kProgramStep);
    CHECK(train.at(1).at("ratio").get<double>() == Approx(1 / 1.2).epsilon(0.02));
}

TEST_CASE("history: text, Markdown and CSV name the same changes, cold and from the cache") {
    const Days days;
    const Finished cold = days.history({"days"});
    CHECK(cold.exit_code == 0);
    CHECK(fs::exists(days.folder() / "cache/mnist_bench/history.sqlite"));
    CHECK(days.history({"days"}).output == cold.output);
    const std::string csv = days.history({"days", "--format", "csv"}).output;
    for (const std::string& text :
         {cold.output, days.history({"days", "--format", "markdown"}).output, csv}) {
        CAPTURE(text);
        CHECK(lines_with(text, "Train/Adam/batch:64", "program") == 1);
        CHECK(lines_with(text, "Train/Adam/batch:64", "machine") >= 1);
        CHECK(lines_with(text, "Step/SGD/batch:64", "program") == 0);
    }
    CHECK(std::count(csv.begin(), csv.end(), '\n') == 1 + 3);
}

TEST_CASE("history: the gate exits 1 for the newest regression, and 0 where there is none") {
    const Days days;
    const Finished failed = days.history({"days", "--mode", "gate"});
    CHECK(failed.exit_code == 1);
    CHECK(contains(failed.output, "FAILED: 1 series has an unexplained regression"));
    const Finished passed = days.history({"days", "--mode", "gate", "--benchmark", "^Step"});
    CHECK(passed.exit_code == 0);
    CHECK(contains(passed.output, "PASSED"));
}

TEST_CASE("history: renamed benchmarks are one series") {
    const Days days;
    for (int day = 0; day < 5; ++day) {
        Json result = result_of_day(day);
        for (Json& one : result["benchmarks"])
            for (const char* const key : {"name", "run_name"}) one[key] = "Old" + one[key].get<std::string>();
        days.write(name_of(day), result.dump());
    }
    CHECK(days.json({"days"}).at("groups").at(0).at("series").size() == 4);
    CHECK(days.json({"days", "--rename", "^Old(.*)=\\1"}).at("groups").at(0).at("series").size() == 2);
}

TEST_CASE("history: what is no result, of the future or there twice is named, and the rest is shown") {
    const Days days;
    const std::string text = result_of_day(3).dump();
    days.write("days/copy.json", text);
    days.write("days/half.json", text.substr(0, text.size() / 2));
    days.write("days/empty.json", "");
    days.write("days/other.json", R"({"name": "package"})");
    days.write("days/notes.txt", "no JSON");
    Json later = result_of_day(4);
    later["context"]["mnist.created"] = later["context"]["date"] = "2999-01-01T00:00:00Z";
    days.write("days/later.json", later.dump());
    Json newer = result_of_day(5);
    newer["context"]["mnist.schema"] = "mnist-bench/9";
    days.write("days/newer.json", newer.dump());
    // A file that is named beside its folder is there once without a word.
    const Json root = days.json({"days", name_of(7), name_of(7)});
    CHECK(root.at("files") == kDays);
    std::string left_out;
    for (const Json& one : root.at("left_out"))
        left_out += one.at("what").get<std::string>() + ": " + one.at("why").get<std::string>() + "\n";
    CAPTURE(left_out);
    CHECK(root.at("left_out").size() == 6);
    CHECK(lines_with(left_out, "copy.json", "the same run as") == 1);
    CHECK(lines_with(left_out, "later.json", "of the future") == 1);
    CHECK(lines_with(left_out, "newer.json", "mnist-bench/9") == 1);
    for (const char* const name : {"half.json", "empty.json", "other.json"})
        CHECK(lines_with(left_out, name, ": ") == 1);
    CHECK(contains(days.history({"days"}).output, "Left out: 6"));
}

TEST_CASE("history: bad words and files exit 2 and say why, and an existing file stays as it is") {
    const Days days;
    const auto refused = [&](const std::vector<std::string>& words, const std::string& what) {
        const Finished done = days.history(words);
        CAPTURE(done.error);
        CHECK(done.exit_code == 2);
        CHECK(done.output.empty());
        CHECK(contains(done.error, what));
    };
    refused({}, "result files or folders");
    refused({"nothing"}, "nothing");
    refused({"days", "--by", "comit"}, "Did you mean commit?");
    refused({"days", "--mode", "gates"}, "--mode");
    refused({"days", "--benchmark", "("}, "--benchmark");
    refused({"days", "--rename", "Old"}, "--rename");
    refused({"days", "--machine", "no such"}, "none that --machine and --benchmark let through");
    refused({"days", "--by", "label"}, "does not say its label");
    refused({"days", "--repository", "nowhere"}, "nowhere");
    CHECK(days.history({"days", "--out", "out.txt"}).exit_code == 0);
    CHECK(contains(days.text_of("out.txt"), "Train/Adam/batch:64"));
    days.write("out.txt", "mine");
    refused({"days", "--out", "out.txt"}, "out.txt");
    CHECK(days.text_of("out.txt") == "mine");
}
