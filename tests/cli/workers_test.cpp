// How many workers compute, and where, as the system shows it of the running program: with and without the
// variables that have OpenMP's runtimes bind a program to one core before it begins.
#include <fmt/format.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

nlohmann::json result_of(const Workshop& workshop, Launch launch, const std::string& file,
                         std::string* error = nullptr) {
    launch.arguments.insert(launch.arguments.end(), {"--out", file});
    const Finished finished = run(launch);
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    if (error != nullptr) *error = finished.error;
    return workshop.json_of(file);
}

Launch short_training(const Workshop& workshop) {
    return workshop.launch(
        {"train", "--data-dir", "tiny", "--hidden", "8", "--epochs", "2", "--optimizer", "adam"});
}

// What some thread of the process may run on, where that is one CPU ("3", not "0-3").
std::set<std::string> pinned_to(pid_t process) {
    std::set<std::string> cpus;
    std::error_code gone;
    for (const auto& task : fs::directory_iterator(fmt::format("/proc/{}/task", process), gone)) {
        std::ifstream status(task.path() / "status");
        for (std::string line; std::getline(status, line);) {
            constexpr std::string_view kKey = "Cpus_allowed_list:\t";
            if (line.starts_with(kKey) && line.find_first_of("-,") == std::string::npos)
                cpus.insert(line.substr(kKey.size()));
        }
    }
    return cpus;
}

// Workers pin themselves soon after the first line, and never change.
std::size_t cpus_of_workers(const Launch& launch, std::size_t expected) {
    Process process(launch);
    REQUIRE(process.wait_for_output("Epoch 3/"));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    std::size_t found = pinned_to(process.id()).size();
    while (found < expected && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        found = pinned_to(process.id()).size();
    }
    process.send(SIGINT);
    static_cast<void>(process.finish());
    return found;
}

// The configuration without what auto may choose otherwise the next time.
nlohmann::json asked_for(const nlohmann::json& result) {
    nlohmann::json config = result.at("config");
    config.erase("threads");
    config.erase("loader_threads");
    return config;
}

}  // namespace

TEST_CASE("workers: auto is the default, and a result says so beside the number") {
    const Workshop workshop;
    const nlohmann::json usual = result_of(workshop, short_training(workshop), "a.json");
    CHECK(usual.at("config").at("threads_chosen") == "auto");
    CHECK(usual.at("config").at("threads") >= 1);
    CHECK(usual.at("config").at("threads") <= usual.at("machine").at("usable_threads"));
    CHECK(contains(usual.at("grid"), fmt::format("{} worker", usual.at("config").at("threads").get<int>())));

    Launch launch = short_training(workshop);
    launch.arguments.insert(launch.arguments.end(), {"--threads", "auto"});
    CHECK(asked_for(result_of(workshop, launch, "b.json")) == asked_for(usual));
    launch.arguments.back() = "3";
    const nlohmann::json given = result_of(workshop, launch, "c.json");
    CHECK(given.at("config").at("threads") == 3);
    CHECK(given.at("config").at("threads_chosen").is_null());
    CHECK(given.at("runs").at(0).at("weights_sha256") == usual.at("runs").at(0).at("weights_sha256"));
}

TEST_CASE("workers: variables that bind OpenMP's threads take no CPU away") {
    const Workshop workshop;
    const nlohmann::json usual = result_of(workshop, short_training(workshop), "usual.json");
    int number = 0;
    for (const auto& environment : binding_environments()) {
        Launch launch = short_training(workshop);
        launch.environment = environment;
        CAPTURE(environment.begin()->first);
        std::string error;
        const nlohmann::json bound = result_of(workshop, launch, fmt::format("{}.json", number++), &error);
        CHECK(bound.at("machine").at("usable_threads") == usual.at("machine").at("usable_threads"));
        CHECK(asked_for(bound) == asked_for(usual));
        CHECK(bound.at("runs").at(0).at("weights_sha256") == usual.at("runs").at(0).at("weights_sha256"));
        CHECK(!contains(error, "in the environment"));
    }
}

TEST_CASE("workers: each is pinned to a core of its own, whatever OpenMP's variables say") {
    const Workshop workshop;
    const auto cores = result_of(workshop, short_training(workshop), "usual.json")
                           .at("machine")
                           .at("usable_cores")
                           .get<std::size_t>();
    std::vector<std::map<std::string, std::string>> environments = binding_environments();
    environments.emplace_back();
    for (const auto& environment : environments) {
        Launch launch = workshop.launch({"train", "--data-dir", "tiny", "--hidden", "8", "--epochs",
                                         "1000000", "--threads", std::to_string(cores)});
        launch.environment = environment;
        CAPTURE(environment.empty() ? "none" : environment.begin()->first);
        CHECK(cpus_of_workers(launch, cores) == cores);
    }
}

TEST_CASE("workers: one CPU by taskset stays one, and is warned of where a program may have handed it down") {
    const Workshop workshop;
    for (const auto& environment : binding_environments()) {
        Launch launch = on_one_cpu(short_training(workshop));
        launch.environment = environment;
        const std::string name = environment.begin()->first;
        CAPTURE(name);
        std::string error;
        const nlohmann::json result = result_of(workshop, launch, name + ".json", &error);
        CHECK(result.at("machine").at("usable_threads") == 1);
        CHECK(result.at("config").at("threads") == 1);
        const bool others = result.at("machine").at("physical_cores").get<int>() > 1 &&
                            result.at("machine").at("cgroup_cpu_quota").is_null();
        CHECK(contains(error, name + "=" + environment.at(name)) == others);
    }
    std::string error;
    CHECK(result_of(workshop, on_one_cpu(short_training(workshop)), "none.json", &error)
              .at("config")
              .at("threads") == 1);
    CHECK(!contains(error, "in the environment"));
}
