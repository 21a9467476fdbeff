// Order, groups, names, and what has no place.
#include "mnist/history/history.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>

#include "catch.hpp"
#include "files.hpp"
#include "mnist/core/error.hpp"

using namespace mnist;
using namespace mnist_test;

namespace {

HistoryFile file_of(const std::string& path, const nlohmann::json& result) {
    return {path, history_reading(parse_result_file(result.dump(), path))};
}

HistoryFiles files_of(std::vector<HistoryFile> files) {
    return {.files = std::move(files), .left_out = {}, .parsed = 0};
}

std::vector<std::string> names_of(const HistoryGroup& group) {
    std::vector<std::string> names;
    for (const HistoryPlace& place : group.places) names.push_back(place.name);
    return names;
}

}  // namespace

TEST_CASE("history: by oneDNN versions count as numbers, and files of one are one point") {
    HistorySettings settings;
    settings.order = HistoryOrder::onednn;
    const std::string time = "2026-11-24T15:01:46Z";
    const History history = history_of(files_of({file_of("a", history_result("x", time, 1, "3.10.1")),
                                                 file_of("b", history_result("x", time, 2, "3.9")),
                                                 file_of("c", history_result("y", time, 4, "3.9"))}),
                                       {}, settings);
    REQUIRE(history.groups.size() == 1);
    CHECK(names_of(history.groups[0]) == std::vector<std::string>{"3.9", "3.10.1"});
    CHECK(history.groups[0].series.at(0).points.at(0).seconds == 3);
    CHECK(history.groups[0].machine == "Some CPU, 2 threads");
}

TEST_CASE("history: by date files with a clock that says nothing are left out") {
    HistorySettings settings;
    settings.now_s = 1'790'000'000;  // September 2026
    nlohmann::json back = history_result("x", "2026-03-02T00:00:00Z", 1);
    back["context"]["date"] = "2026-03-01T00:00:00Z";
    const History history =
        history_of(files_of({file_of("new", history_result("x", "2026-03-02T00:00:00Z", 1)),
                             file_of("old", history_result("x", "2026-03-01T01:00:00+01:00", 1)),
                             file_of("older", history_result("x", "2026-02-28 12:30:00", 1)),
                             file_of("unset", history_result("x", "1970-01-01T00:00:09Z", 1)),
                             file_of("future", history_result("x", "2027-01-01T00:00:00Z", 1)),
                             file_of("none", history_result("x", "yesterday", 1)), file_of("back", back),
                             file_of("zone", history_result("x", "2026-03-01T00:00:00+24:00", 1)),
                             file_of("signs", history_result("x", "2026-03-01T00:00:00+-1:-5", 1))}),
                   {}, settings);
    CHECK(names_of(history.groups.at(0)) ==
          std::vector<std::string>{"2026-02-28T12:30:00Z", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"});
    REQUIRE(history.left_out.size() == 6);
    CHECK(history.left_out[0].why == "its clock was not set: 1970-01-01T00:00:09Z");
    CHECK(history.left_out[1].why == "it is of the future: 2027-01-01T00:00:00Z");
    CHECK(history.left_out[2].why == "it does not say when it was measured");
    CHECK(history.left_out[3].why.starts_with("its clock went back"));
    CHECK(history.left_out[4].why == "it does not say when it was measured");
    CHECK(history.left_out[5].why == "it does not say when it was measured");
}

TEST_CASE("history: by commit the repository orders, and commits that it does not have are named") {
    const mnist::TemporaryFolder folder;
    const std::string make =
        "cd '" + folder.path().string() +
        "' && git init -q . && export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a "
        "GIT_COMMITTER_EMAIL=a@a GIT_CONFIG_GLOBAL=/dev/null && for day in 3 1 2; do "
        "GIT_COMMITTER_DATE=\"2026-03-0${day}T00:00:00Z\" git commit -q --allow-empty -m $day; done";
    REQUIRE(std::system(make.c_str()) == 0);
    const std::vector<Commit> commits = commits_of(folder.path());
    REQUIRE(commits.size() == 3);  // parents first, whatever their clocks said
    CHECK(commits[0].time_s > commits[1].time_s);
    HistorySettings settings;
    settings.order = HistoryOrder::commit;
    const std::string time = "2026-03-05T00:00:00Z";
    nlohmann::json dirty = history_result(commits[0].hash, time, 3);
    dirty["context"]["mnist.build.dirty"] = "true";
    const History history =
        history_of(files_of({file_of("2", history_result(commits[2].hash.substr(0, 9), time, 1)),
                             file_of("0", history_result(commits[0].hash, time, 2)), file_of("0+", dirty),
                             file_of("x", history_result(std::string(40, 'f'), time, 1))}),
                   commits, settings);
    const std::string first = commits[0].hash.substr(0, 12);
    CHECK(names_of(history.groups.at(0)) ==
          std::vector<std::string>{first, first + "+", commits[2].hash.substr(0, 12)});
    REQUIRE(history.left_out.size() == 1);
    CHECK(history.left_out[0].why == "not in the repository; 1 file");
    CHECK(history.remarks.size() == 1);
    const mnist::TemporaryFolder none;
    CHECK_THROWS_AS(commits_of(none.path()), InputError);
}

TEST_CASE("history: rows are renamed and chosen by expressions, and bad ones are errors") {
    HistorySettings settings;
    settings.renames = {rename_of("Step/(.*)/batch=Training/\\1/size", "--rename")};
    settings.benchmark = expression("^Training/SGD", "--benchmark");
    const History history =
        history_of(files_of({file_of("a", history_result("x", "2026-03-01T00:00:00Z", 1))}), {}, settings);
    CHECK(history.groups.at(0).series.at(0).benchmark == "Training/SGD/size:64");
    CHECK_THROWS_AS(rename_of("(=x", "--rename"), InputError);
    CHECK_THROWS_AS(rename_of("no equals sign", "--rename"), InputError);
    CHECK(rename_of("a(?=b)=c", "--rename").to == "c");
}

TEST_CASE("history: other machines and settings are other groups, a setting that came later is not") {
    nlohmann::json later = history_result("x", "2026-03-02T00:00:00Z", 1);
    later["context"]["mnist.config.schedule"] = "constant";
    nlohmann::json epochs = history_result("x", "2026-03-03T00:00:00Z", 1);
    epochs["context"]["mnist.config.threads"] = "1";
    nlohmann::json machine = history_result("x", "2026-03-04T00:00:00Z", 1);
    machine["context"]["mnist.machine.cpu_model"] = "Other CPU";
    const History history =
        history_of(files_of({file_of("a", history_result("x", "2026-03-01T00:00:00Z", 1)),
                             file_of("b", later), file_of("c", epochs), file_of("d", machine)}),
                   {}, {});
    REQUIRE(history.groups.size() == 3);
    CHECK(history.groups[0].places.size() == 2);
    CHECK(history.groups[1].machine == "Some CPU, 1 thread");
    CHECK(history.groups[2].machine == "Other CPU, 2 threads");
}

TEST_CASE("history: no two groups have the same title") {
    std::vector<HistoryFile> files;
    const auto add = [&](const std::map<std::string, std::string>& facts) {
        nlohmann::json result =
            history_result("x", fmt::format("2026-03-{:02}T00:00:00Z", files.size() + 1), 1);
        for (const auto& [key, value] : facts) result["context"][key] = value;
        files.push_back(file_of(std::to_string(files.size()), result));
    };
    add({{"mnist.machine.memory_bytes", "1000000000"}});
    add({{"mnist.machine.memory_bytes", "1004000000"}});  // within 1 %: the same
    add({{"mnist.machine.memory_bytes", "1100000000"}});
    add({{"mnist.config.hidden.0", "9"}});  // other depths, which have facts that the others do not have
    add({{"mnist.config.hidden.0", "9"}, {"mnist.config.hidden.1", "9"}});
    const History history = history_of(files_of(std::move(files)), {}, {});
    std::vector<std::string> configurations;
    for (const HistoryGroup& group : history.groups) configurations.push_back(group.configuration);
    CHECK(configurations == std::vector<std::string>{"memory 953.7 MiB", "memory 1.024 GiB", "", "no. 2"});
}

TEST_CASE("history: ten thousand files of five hundred groups of one CPU are grouped in a moment") {
    std::vector<HistoryFile> files(10'000, file_of("x", history_result("x", "2026-03-01T00:00:00Z", 1)));
    for (std::size_t i = 0; i < files.size(); ++i) {
        // Memory is another amount after every start, by less than makes another machine.
        const double bytes =
            1e9 * std::pow(1.03, static_cast<double>(i % 500)) * (1 + 1e-7 * static_cast<double>(i));
        files[i].reading.facts["mnist.machine.memory_bytes"] = fmt::format("{:.0f}", bytes);
    }
    HistoryFiles all = files_of(std::move(files));
    const auto begin = std::chrono::steady_clock::now();
    const History history = history_of(std::move(all), {}, {});
    CHECK(history.groups.size() == 500);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}
