// `mnist train --jobs`: runs side by side say and end as runs one by one do, also when they are interrupted
// and gone on with by another number of jobs.
#include <fmt/format.h>
#include <sys/resource.h>

#include <csignal>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

nlohmann::json weights_of_runs(const nlohmann::json& result) {
    nlohmann::json all = nlohmann::json::array();
    for (const nlohmann::json& run : result.at("runs"))
        all.push_back({run.at("optimizer"), run.at("seed"), run.at("weights_sha256")});
    return all;
}

std::string epochs_text(const Finished& finished) {
    return finished.output.substr(0, finished.output.find("\nSummary\n"));
}

const std::vector<std::string> kSixRuns{"--epochs", "3", "--seeds", "2"};

std::vector<std::string> six_runs(std::vector<std::string> more) {
    more.insert(more.begin(), kSixRuns.begin(), kSixRuns.end());
    return more;
}

}  // namespace

TEST_CASE("jobs: side by side, text, models and bits are those of runs one by one, in the same order") {
    const Workshop workshop;
    const Finished alone = workshop.train(six_runs({"--out", "alone.json", "--save-model", "alone"}));
    REQUIRE(alone.exit_code == 0);
    const nlohmann::json weights = weights_of_runs(workshop.json_of("alone.json"));
    REQUIRE(weights.size() == 6);
    for (const std::string jobs : {"2", "3", "6", "auto"}) {
        CAPTURE(jobs);
        const std::string file = jobs + ".json";
        const Finished beside =
            workshop.train(six_runs({"--jobs", jobs, "--threads", "1", "--out", file, "--save-model", jobs}));
        CAPTURE(beside.error);
        REQUIRE(beside.exit_code == 0);
        CHECK(epochs_text(beside) == epochs_text(alone));
        const nlohmann::json result = workshop.json_of(file);
        CHECK(weights_of_runs(result) == weights);
        for (const char* const model : {"sgd-seed0.safetensors", "adam-seed1.safetensors"})
            CHECK(workshop.text_of(fs::path(jobs) / model) == workshop.text_of(fs::path("alone") / model));
        const bool marked = contains(beside.output, "runs were trained side by side, 1 thread each");
        CHECK(marked == (result.at("config").at("jobs") > 1));
        if (jobs != "auto") CHECK(result.at("config").at("jobs") == std::stoi(jobs));
        CHECK(result.at("config").at("threads") == 1);
    }
}

TEST_CASE("jobs: a thread each where nobody says how many, and never more jobs than runs") {
    const Workshop workshop;
    const Finished finished = workshop.mnist(
        {"train", "--data-dir", "tiny", "--hidden", "8", "--epochs", "1", "--jobs", "50", "--out", "r.json"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(workshop.json_of("r.json").at("config").at("jobs") == 3);
    CHECK(workshop.json_of("r.json").at("config").at("threads") == 1);
    CHECK(contains(finished.output, " --jobs 3"));  // in the words to measure again
}

TEST_CASE("jobs: what is no number of jobs is told what auto and 1 are") {
    const Workshop workshop;
    const Finished finished = workshop.mnist({"train", "--jobs", "0"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "--jobs: expected auto or a whole number from 1 to 1024, found \"0\""));
    CHECK(contains(finished.error, "1, the default, trains one run after the other"));
}

TEST_CASE("jobs: interrupted side by side, a training goes on with any number of jobs to the same bits") {
    const Workshop workshop;
    const std::vector<std::string> longer{"--epochs", "300", "--seeds", "2"};
    std::vector<std::string> arguments = longer;
    arguments.insert(arguments.end(), {"--out", "whole.json"});
    REQUIRE(workshop.train(arguments).exit_code == 0);
    const nlohmann::json weights = weights_of_runs(workshop.json_of("whole.json"));
    arguments = longer;
    arguments.insert(arguments.end(),
                     {"--jobs", "3", "--threads", "1", "--checkpoint", "c", "--out", "r.json"});
    Process process(workshop.launch_train(arguments));
    REQUIRE(process.wait_for_output("Epoch 20/"));
    process.send(SIGINT);
    const Finished stopped = process.finish();
    CAPTURE(stopped.error, stopped.output);
    REQUIRE(stopped.exit_code == 130);
    CHECK(contains(stopped.output, "To go on: mnist train --resume c\n"));
    const Finished resumed = workshop.mnist({"train", "--resume", "c", "--jobs", "2"});
    CAPTURE(resumed.error, resumed.output);
    REQUIRE(resumed.exit_code == 0);
    CHECK(contains(resumed.output, " goes on after epoch "));
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(weights_of_runs(result) == weights);
    CHECK(result.at("resumed").at(0).at("before").at("jobs") == 3);
}

TEST_CASE("jobs: an interruption without a checkpoint keeps every run that was under way, and marks it") {
    const Workshop workshop;
    Process process(workshop.launch_train({"--epochs", "1000000", "--jobs", "3", "--threads", "1", "--out",
                                           "r.json", "--save-model", "models"}));
    REQUIRE(process.wait_for_output("Epoch 2000/"));  // long after all have begun
    process.send(SIGTERM);
    const Finished finished = process.finish();
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 130);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("interrupted") == true);
    REQUIRE(result.at("runs").size() == 3);
    for (const nlohmann::json& run : result.at("runs")) CHECK(run.at("status") == "interrupted");
    CHECK(contains(finished.output, "\nAdam, learning rate "));  // what waited for its turn is there too
    CHECK(fs::exists(workshop.folder() / "models" / "adam-seed0.safetensors"));
}

TEST_CASE("jobs: a run that diverges costs the others nothing") {
    const Workshop workshop;
    const Finished finished = workshop.train(
        {"--epochs", "3", "--sgd-lr", "1e30", "--jobs", "3", "--threads", "1", "--out", "r.json"});
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.error, "mnist: SGD, seed 0, diverged: "));
    const nlohmann::json runs = workshop.json_of("r.json").at("runs");
    CHECK(runs.at(0).at("status") == "diverged");
    CHECK(runs.at(2).at("status") == "completed");
}

TEST_CASE("jobs: on a terminal there is a line for each that runs") {
    const Workshop workshop;
    Launch launch =
        workshop.launch_train({"--epochs", "1000000", "--jobs", "3", "--threads", "1", "--out", "r.json"});
    launch.outputs = Outputs::terminal;
    launch.environment = {{"TERM", "xterm-256color"}};
    Process process(launch);
    REQUIRE(process.wait_for_output("Epoch 2000/"));
    process.send(SIGINT);
    const Finished finished = process.finish();
    const std::size_t first = finished.output.rfind("run 1 of 3, SGD, seed 0, epoch ");
    REQUIRE(first != std::string::npos);
    const std::string lines = finished.output.substr(first);
    CAPTURE(lines.substr(0, 300));
    CHECK(contains(lines, " %\nrun 2 of 3, SGD + Momentum, seed 0, epoch "));
    CHECK(contains(lines, " %\nrun 3 of 3, Adam, seed 0, epoch "));
    CHECK(contains(lines, "\nabout "));
    CHECK(contains(lines, "\r\x1b[A\x1b[A\x1b[A\x1b[J"));
}

TEST_CASE("jobs: numbers that are none are refused, and more than there are CPUs is a caution") {
    const Workshop workshop;
    for (const char* const jobs : {"0", "-1", "1.5", "many", "100000"}) {
        CAPTURE(jobs);
        const Finished refused = workshop.train({"--jobs", jobs, "--epochs", "1"});
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.error, "mnist: --jobs: expected "));
    }
    const Finished crowded =
        run(on_one_cpu(workshop.launch_train({"--jobs", "2", "--threads", "2", "--epochs", "1"})));
    CHECK(crowded.exit_code == 0);
    CHECK(
        contains(crowded.error, "2 jobs of 2 threads are more than the 1 that this process may run at once"));
}

#ifndef __SANITIZE_ADDRESS__
TEST_CASE("jobs: more than the memory holds is refused before the start, with the number that fits") {
    const Workshop workshop;
    Launch launch = workshop.launch_train(
        {"--hidden", "4000,4000", "--jobs", "3", "--threads", "1", "--epochs", "1", "--out", "r.json"});
    launch.before_exec = [] {
        constexpr rlim_t kBytes = rlim_t{1200} << 20U;
        const rlimit limit{.rlim_cur = kBytes, .rlim_max = kBytes};
        return ::setrlimit(RLIMIT_AS, &limit) == 0;
    };
    const Finished refused = run(launch);
    CAPTURE(refused.error);
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, "mnist: --jobs: expected at most 2 side by side, which fit into "));
    CHECK(contains(refused.error, "found 3, which need "));
    CHECK_FALSE(fs::exists(workshop.folder() / "r.json"));
}
#endif
