// Several processes and rounds as users meet them: what is in the result, what Ctrl-C and failures leave.
#include "processes.hpp"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "catch.hpp"
#include "fixtures.hpp"
#include "registry.hpp"

using namespace mnist::testing;
using mnist::bench::filter_of;

namespace processes_test {

const char* const kTrain =
    "--benchmark_filter=^Train/SGD/batch:16$|^SoftmaxCrossEntropy/classes:10/batch:64$";
const char* const kTime = "--benchmark_min_time=0.001";
const char* const kLong = "--benchmark_filter=^Train/Adam/batch:16$";

Launch launch_of(const Workshop& workshop, const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--data-dir", "tiny", "--epochs", "1", "--threads", "1", kTime};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return workshop.launch(arguments);
}

std::vector<nlohmann::json> repetitions_of(const nlohmann::json& result, const std::string& name) {
    std::vector<nlohmann::json> found;
    for (const nlohmann::json& row : result.at("benchmarks"))
        if (row.at("run_type") == "iteration" && row.at("run_name") == name) found.push_back(row);
    return found;
}

// The process that the one of this number has started; 0 where there is none.
pid_t child_of(pid_t parent) {
    std::ifstream in("/proc/" + std::to_string(parent) + "/task/" + std::to_string(parent) + "/children");
    pid_t child = 0;
    in >> child;
    return child;
}

bool is_gone(pid_t process) {
    for (int i = 0; i < 100; ++i) {
        // What nobody has waited for yet is a zombie, whose command line is empty.
        std::ifstream in("/proc/" + std::to_string(process) + "/cmdline");
        if (in.peek() == std::ifstream::traits_type::eof()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
}

}  // namespace processes_test

using namespace processes_test;

TEST_CASE("processes: a filter of names matches these and no others") {
    const auto names_matching = [](const std::string& filter) {
        mnist::bench::Registry all;
        for (const char* const name :
             {"Train/Adam/batch:64", "Train/Adam/batch:640", "XTrain/Adam/batch:64", "A+B", "AAB"}) {
            mnist::bench::Entry entry;
            entry.name = name;
            all.push_back(entry);
        }
        std::set<std::string> names;
        for (const auto& entry : mnist::bench::matching(all, filter)) names.insert(entry.name);
        return names;
    };
    CHECK(names_matching(filter_of({"Train/Adam/batch:64"})) == std::set<std::string>{"Train/Adam/batch:64"});
    CHECK(names_matching(filter_of({"A+B", "Train/Adam/batch:640"})) ==
          std::set<std::string>{"A+B", "Train/Adam/batch:640"});
}

TEST_CASE("processes: each measures all repetitions with seeds of its own, and one result holds all") {
    const Workshop workshop;
    const Finished finished =
        run(launch_of(workshop, {kTrain, "--processes", "3", "--benchmark_repetitions=2", "--seed", "10",
                                 "--benchmark_context=cooling=passive", "--benchmark_out=r.json"}));
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    const nlohmann::json& context = result.at("context");
    CHECK(context.at("mnist.processes") == "3");
    CHECK(context.at("mnist.config.seed") == "10");
    CHECK(context.at("mnist.config.repetitions") == "2");
    CHECK(context.at("mnist.interrupted") == "false");
    CHECK(context.at("mnist.run.filter") == std::string(kTrain).substr(19));
    CHECK(context.at("cooling") == "passive");
    CHECK_FALSE(context.contains("mnist.processes_failed"));
    const auto rows = repetitions_of(result, "Train/SGD/batch:16");
    REQUIRE(rows.size() == 6);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].at("repetition_index") == i);
        CHECK(rows[i].at("repetitions") == 6);
        CHECK(rows[i].at("process") == i / 2);
        CHECK(rows[i].at("seed") == static_cast<double>(10 + i));
        CHECK(rows[i].contains("load_average"));
    }
    CHECK(repetitions_of(result, "SoftmaxCrossEntropy/classes:10/batch:64").size() == 6);
    CHECK(contains(finished.output, "Train/SGD/batch:16_median"));
    CHECK(!contains(finished.output, "process="));
    for (const char* const said : {"process 1 of 3\n", "process 2 of 3\n", "process 3 of 3\n"})
        CHECK(contains(finished.error, said));
    CHECK(!contains(finished.error, "process 4"));
    // What is said of the machine is said once.
    CHECK(finished.error.find("CPUs usable") == finished.error.rfind("CPUs usable"));
}

TEST_CASE("processes: the same seeds train to the same accuracy as in one process") {
    const Workshop workshop;
    const char* const only = "--benchmark_filter=^Train/SGD/batch:16$";
    REQUIRE(
        run(launch_of(workshop, {only, "--benchmark_repetitions=4", "--benchmark_out=one.json"})).exit_code ==
        0);
    REQUIRE(run(launch_of(workshop,
                          {only, "--benchmark_repetitions=2", "--processes=2", "--benchmark_out=two.json"}))
                .exit_code == 0);
    const auto one = repetitions_of(workshop.json_of("one.json"), "Train/SGD/batch:16");
    const auto two = repetitions_of(workshop.json_of("two.json"), "Train/SGD/batch:16");
    REQUIRE(one.size() == 4);
    REQUIRE(two.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(one[i].at("seed") == two[i].at("seed"));
        CHECK(one[i].at("train_loss") == two[i].at("train_loss"));
        CHECK(one[i].at("test_accuracy") == two[i].at("test_accuracy"));
    }
}

TEST_CASE("processes: one is this one, and lists and statistics alone work as without") {
    const Workshop workshop;
    const Finished one = run(launch_of(workshop, {kTrain, "--processes=1", "--benchmark_out=r.json"}));
    CHECK(one.exit_code == 0);
    CHECK(!contains(one.error, "process 1"));
    CHECK_FALSE(workshop.json_of("r.json").at("context").contains("mnist.processes"));
    const Finished list = run(launch_of(workshop, {kTrain, "--processes=9", "--benchmark_list_tests"}));
    CHECK(list.output == "SoftmaxCrossEntropy/classes:10/batch:64\nTrain/SGD/batch:16\n");
    CHECK(list.error.empty());
    Launch launch = launch_of(workshop, {kTrain, "--processes=2", "--benchmark_repetitions=2",
                                         "--benchmark_display_aggregates_only", "--benchmark_out=s.json"});
    launch.environment["BENCHMARK_FORMAT"] = "console";
    launch.environment["BENCHMARK_LIST_TESTS"] = "false";
    const Finished statistics = run(launch);
    CHECK(statistics.exit_code == 0);
    CHECK(contains(statistics.output, "Train/SGD/batch:16_mean"));
    CHECK(!contains(statistics.output, "Train/SGD/batch:16 "));
    CHECK(repetitions_of(workshop.json_of("s.json"), "Train/SGD/batch:16").size() == 4);
}

TEST_CASE("processes: with the result on standard output it is there alone") {
    const Workshop workshop;
    const Finished finished = run(launch_of(workshop, {kTrain, "--processes=2", "--benchmark_format=json"}));
    REQUIRE(finished.exit_code == 0);
    const auto result = nlohmann::json::parse(finished.output);
    CHECK(repetitions_of(result, "Train/SGD/batch:16").size() == 2);
}

TEST_CASE("processes: where a loader started the program it starts the others as well") {
    const Workshop workshop;
    Launch launch = launch_of(workshop, {kTrain, "--processes=2", "--benchmark_out=r.json"});
    launch.program = "/lib64/ld-linux-x86-64.so.2";
    if (!std::filesystem::exists(launch.program)) return;
    // As the bundle's launcher does.
    launch.arguments.insert(launch.arguments.begin(), {"--argv0", "some name", MNIST_PROGRAM});
    const Finished finished = run(launch);
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(repetitions_of(workshop.json_of("r.json"), "Train/SGD/batch:16").size() == 2);
}

TEST_CASE("processes: Ctrl-C ends the running one, and what was measured is kept") {
    const Workshop workshop;
    // A quick one, and one that never ends.
    Launch launch = launch_of(
        workshop, {"--epochs", "1000000", "--processes=3", "--benchmark_out=r.json",
                   "--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$|^Train/Adam/batch:16$"});
    launch.outputs = Outputs::terminal;
    launch.environment = {{"TERM", "xterm"}};
    // A terminal sends it to all of the group that is in front.
    launch.before_exec = [] { return ::setpgid(0, 0) == 0; };
    Process process(launch);
    REQUIRE(process.wait_for_output("left: process 1 of 3, Train/Adam/batch:16"));
    ::kill(-process.id(), SIGINT);
    const Finished finished = process.finish();
    CAPTURE(finished.output);
    CHECK(finished.exit_code == 130);
    CHECK(!contains(finished.output, "process 2 of 3"));
    CHECK(!contains(finished.output, "gave no rows"));
    // Said by the parent alone.
    CHECK(finished.output.find("stopping; what") == finished.output.rfind("stopping; what"));
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("context").at("mnist.interrupted") == "true");
    CHECK(result.at("context").at("mnist.processes") == "1");
    REQUIRE(result.at("benchmarks").size() == 1);
    CHECK(result.at("benchmarks").at(0).at("name") == "SoftmaxCrossEntropy/classes:10/batch:64");
}

TEST_CASE("processes: one that is killed is named, the others' rows are kept, and it exits 1") {
    const Workshop workshop;
    Process process(
        launch_of(workshop, {kLong, "--epochs", "3000", "--processes=3", "--benchmark_out=r.json"}));
    REQUIRE(process.wait_for_error("process 2 of 3"));
    pid_t child = 0;
    for (int i = 0; i < 100 && child == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        child = child_of(process.id());
    }
    if (child == 0) return;  // a kernel that does not say
    ::kill(child, SIGKILL);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.error, "process 2 of 3 was ended by signal 9 (Killed) and gave no rows"));
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("context").at("mnist.processes") == "2");
    CHECK(result.at("context").at("mnist.processes_failed") == "1");
    const auto rows = repetitions_of(result, "Train/Adam/batch:16");
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("process") == 0.0);
    CHECK(rows[1].at("process") == 2.0);
    CHECK(rows[1].at("seed") == 2.0);
}

TEST_CASE("processes: a parent that is killed takes its process with it") {
    const Workshop workshop;
    Process process(launch_of(workshop, {kLong, "--epochs", "1000000", "--processes=2"}));
    REQUIRE(process.wait_for_error("process 1 of 2"));
    pid_t child = 0;
    for (int i = 0; i < 100 && child == 0; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        child = child_of(process.id());
    }
    if (child == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    process.send(SIGKILL);
    CHECK(is_gone(child));
}

TEST_CASE("processes: what is wrong for one is wrong for all, and is said once") {
    const Workshop workshop;
    const Finished finished =
        run(workshop.launch({"--data-dir", "nowhere", "--processes=3", kLong, "--benchmark_out=r.json"}));
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "nowhere: expected a folder"));
    CHECK(!contains(finished.error, "process 2 of 3"));
    CHECK(!std::filesystem::exists(workshop.folder() / "r.json"));
}

TEST_CASE("processes: a benchmark that errs in them makes it exit 1 and keeps its words") {
    const Workshop workshop;
    const Finished finished = run(launch_of(
        workshop, {"--max-epochs", "1", "--processes=2", "--benchmark_out=r.json",
                   "--benchmark_filter=^TimeToAccuracy/SGD|^SoftmaxCrossEntropy/classes:10/batch:64$"}));
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.output, "97 % not reached within 1 epochs"));
    const auto rows = repetitions_of(workshop.json_of("r.json"), "SoftmaxCrossEntropy/classes:10/batch:64");
    CHECK(rows.size() == 2);
}

TEST_CASE("processes: the noise floor is that of halves of the processes") {
    const Workshop workshop;
    const Finished finished = run(
        launch_of(workshop, {"--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$", "--noise-floor",
                             "--processes=8", "--benchmark_repetitions=1", "--benchmark_out=r.json"}));
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(workshop.json_of("r.json").at("context").contains("mnist.noise_floor.SoftmaxCrossEntropy"));
    CHECK(contains(finished.output, "Noise"));
}

TEST_CASE(
    "until decided: repetitions and seeds go on from round to round, and the result says how many looks") {
    const Workshop workshop;
    REQUIRE(run(launch_of(workshop, {kTrain, "--benchmark_repetitions=6", "--benchmark_out=base.json"}))
                .exit_code == 0);
    const Finished finished = run(launch_of(
        workshop, {kTrain, "--until-decided=0.0001", "--base=base.json", "--benchmark_repetitions=4",
                   "--max-repetitions=8", "--seed=3", "--benchmark_out=r.json"}));
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("context").at("mnist.until_decided.planned_looks") == "3");  // 4, 6, 8
    CHECK(result.at("context").at("mnist.until_decided.looks") == "3");
    CHECK(result.at("context").at("mnist.until_decided.base") == "base.json");
    CHECK_FALSE(result.at("context").contains("mnist.processes"));
    const auto rows = repetitions_of(result, "Train/SGD/batch:16");
    REQUIRE(rows.size() == 8);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].at("repetition_index") == i);
        CHECK(rows[i].at("seed") == static_cast<double>(3 + i));
        CHECK_FALSE(rows[i].contains("process"));
    }
    CHECK(contains(finished.error, "look 3 of at most 3: 2 of 2 ratios are not yet known to 0.0001 %"));
    CHECK(contains(finished.output, "0 of 2 ratios to base.json are known to 0.0001 % after 3 looks"));
    CHECK(contains(finished.output, "mnist compare base.json r.json"));
}

TEST_CASE("until decided: what is known at the first look is not measured again") {
    const Workshop workshop;
    REQUIRE(run(launch_of(workshop, {kTrain, "--benchmark_repetitions=6", "--benchmark_out=base.json"}))
                .exit_code == 0);
    // Twice as long is within 100 %; where the machine is too disturbed to say so, it goes on.
    const Finished finished = run(
        launch_of(workshop, {kTrain, "--until-decided=100", "--base=base.json", "--benchmark_repetitions=5",
                             "--max-repetitions=12", "--benchmark_out=r.json"}));
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    const std::string looks = result.at("context").at("mnist.until_decided.looks");
    if (contains(finished.error, "look 1 of at most 3: 0 of 2")) {
        CHECK(looks == "1");
        CHECK(repetitions_of(result, "Train/SGD/batch:16").size() == 5);
    }
}

TEST_CASE(
    "until decided: with processes more of them are the rounds, and only what the base has is measured") {
    const Workshop workshop;
    const char* const one = "--benchmark_filter=^Train/SGD/batch:16$";
    REQUIRE(run(launch_of(workshop,
                          {one, "--benchmark_repetitions=2", "--processes=2", "--benchmark_out=base.json"}))
                .exit_code == 0);
    const Finished finished = run(launch_of(
        workshop, {kTrain, "--until-decided=0.0001", "--base=base.json", "--benchmark_repetitions=2",
                   "--processes=2", "--max-repetitions=8", "--benchmark_out=r.json"}));
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("context").at("mnist.until_decided.planned_looks") == "3");  // 2, 3, 4 processes
    CHECK(result.at("context").at("mnist.processes") == "4");
    const auto rows = repetitions_of(result, "Train/SGD/batch:16");
    REQUIRE(rows.size() == 8);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CHECK(rows[i].at("process") == i / 2);
        CHECK(rows[i].at("seed") == static_cast<double>(i));
    }
    CHECK(repetitions_of(result, "SoftmaxCrossEntropy/classes:10/batch:64").empty());
}

TEST_CASE("until decided: bases that cannot be compared with are refused before anything is measured") {
    const Workshop workshop;
    REQUIRE(run(launch_of(workshop, {kTrain, "--benchmark_repetitions=3", "--benchmark_out=few.json"}))
                .exit_code == 0);
    workshop.write("broken.json", "{");
    const auto refused = [&](const std::vector<std::string>& more, const char* words) {
        std::vector<std::string> arguments{kTrain, "--until-decided=2", "--benchmark_out=r.json"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Finished finished = run(launch_of(workshop, arguments));
        CAPTURE(more, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, words));
        CHECK(finished.output.empty());
        CHECK(!std::filesystem::exists(workshop.folder() / "r.json"));
    };
    for (const char* const processes : {"--processes=1", "--processes=2"}) {
        refused({"--base=nowhere.json", processes}, "nowhere.json");
        refused({"--base=broken.json", processes}, "broken.json");
        refused({"--base=few.json", "--benchmark_filter=^Relu", processes},
                "expected a benchmark that few.json has too");
        refused({"--base=few.json", "--dataset=synthetic", "--data-dir=", processes}, "");
        refused({"--base=few.json", processes}, "few.json: expected at least 4 repetitions of a row");
    }
}

TEST_CASE("until decided: a base of several processes asks for processes, one of one is a caution") {
    const Workshop workshop;
    const char* const one = "--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$";
    REQUIRE(run(launch_of(workshop,
                          {one, "--benchmark_repetitions=2", "--processes=2", "--benchmark_out=two.json"}))
                .exit_code == 0);
    const Finished refused = run(launch_of(workshop, {one, "--until-decided=2", "--base=two.json"}));
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, "two.json is of 2 processes"));
    CHECK(contains(refused.error, "Add --processes 2"));
    REQUIRE(
        run(launch_of(workshop, {one, "--benchmark_repetitions=5", "--benchmark_out=one.json"})).exit_code ==
        0);
    const Finished warned = run(
        launch_of(workshop, {one, "--until-decided=2", "--base=one.json", "--processes=2",
                             "--benchmark_repetitions=2", "--max-repetitions=4", "--benchmark_out=r.json"}));
    CHECK(warned.exit_code == 0);
    CHECK(contains(warned.error, "one.json is of one process"));
}
