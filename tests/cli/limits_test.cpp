// Where the program gets less than usual, by real means: too little memory, one processor, half of one in a
// control group, more threads than processors, a clock that is set back. Each ends in a correct result, with
// the same bits, or in a clear error.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

// Bits must not depend on where and how a training runs.
nlohmann::json weights_of(const nlohmann::json& result) {
    nlohmann::json all = nlohmann::json::array();
    for (const nlohmann::json& run : result.at("runs")) all.push_back(run.at("weights_sha256"));
    return all;
}

nlohmann::json undisturbed_weights(const Workshop& workshop) {
    REQUIRE(workshop.train({"--epochs", "2", "--out", "undisturbed.json"}).exit_code == 0);
    return weights_of(workshop.json_of("undisturbed.json"));
}

#ifndef __SANITIZE_ADDRESS__
constexpr rlim_t kGiB = rlim_t{1} << 30U;

Launch with_address_space(Launch launch, rlim_t bytes) {
    launch.before_exec = [bytes] {
        const rlimit limit{.rlim_cur = bytes, .rlim_max = bytes};
        return ::setrlimit(RLIMIT_AS, &limit) == 0;
    };
    return launch;
}
#endif

// A control group with limits, removed with the object; empty() where this machine lets us make none.
class ControlGroup {
  public:
    // For the CPU in both versions of the system's interface, of which one takes.
    static ControlGroup half_a_core() {
        return {"cpu",
                {{{"cpu.max", "50000 100000"}},
                 {{"cpu.cfs_period_us", "100000"}, {"cpu.cfs_quota_us", "50000"}}}};
    }
    static ControlGroup of_threads(int most) { return {"pids", {{{"pids.max", std::to_string(most)}}}}; }

    ~ControlGroup() {
        std::error_code ignored;
        if (!group_.empty()) fs::remove(group_, ignored);
    }
    ControlGroup(const ControlGroup&) = delete;
    ControlGroup& operator=(const ControlGroup&) = delete;

    [[nodiscard]] bool empty() const { return group_.empty(); }
    [[nodiscard]] Launch around(Launch launch) const {
        launch.before_exec = [procs = group_ / "cgroup.procs"] {
            return write(procs, std::to_string(::getpid()));
        };
        return launch;
    }

  private:
    using Settings = std::vector<std::pair<const char*, std::string>>;

    ControlGroup(const char* controller, const std::vector<Settings>& alternatives) {
        const std::string name = fmt::format("mnist-test-{}", ::getpid());
        for (const fs::path& top : {fs::path("/sys/fs/cgroup"), fs::path("/sys/fs/cgroup") / controller}) {
            std::error_code error;
            if (!fs::create_directory(top / name, error)) continue;
            group_ = top / name;
            for (const Settings& settings : alternatives) {
                if (std::all_of(settings.begin(), settings.end(), [&](const auto& setting) {
                        return write(group_ / setting.first, setting.second);
                    }))
                    return;
            }
            fs::remove(group_, error);
            group_.clear();
        }
        WARN("no control group can be made here: its limit is not tested");
    }

    static bool write(const fs::path& file, const std::string& text) {
        if (!fs::exists(file)) return false;
        std::ofstream stream(file);
        stream << text << std::flush;
        return stream.good();
    }

    fs::path group_;
};

}  // namespace

// The sanitizer's own address space is beyond any limit.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("limits: a network beyond the limit of memory is refused with what it needs and what there is") {
    const Workshop workshop;
    const Finished network = run(with_address_space(
        workshop.launch({"train", "--data-dir", "tiny", "--hidden", "20000,20000"}), 4 * kGiB));
    CAPTURE(network.error);
    CHECK(network.exit_code == 2);
    CHECK(contains(network.error, "--hidden: expected a training that needs at most "));
    CHECK(contains(network.error, "(its limit of address space, ulimit -v), found one that needs "));
    CHECK(contains(network.error, "for the network 64-20000-20000-4"));
}

TEST_CASE("limits: a batch beyond the limit of memory is refused with what it needs and what there is") {
    const Workshop workshop;
    write_tiny_data(workshop.folder() / "dots", 2);
    const Finished batch =
        run(with_address_space(workshop.launch({"train", "--data-dir", "dots", "--hidden", "1000000",
                                                "--batch-size", "200", "--threads", "1"}),
                               2 * kGiB));
    CAPTURE(batch.error);
    CHECK(batch.exit_code == 2);
    CHECK(contains(batch.error, "--batch-size: expected a training that needs at most "));
    CHECK(contains(batch.error, "for batches of 200"));
}

TEST_CASE("limits: threads that cannot be started are an error that says how many could") {
    const Workshop workshop;
    const Finished finished = run(with_address_space(workshop.launch_train({"--threads", "1024"}), 3 * kGiB));
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "--threads: expected 1024 threads, found room for "));
    CHECK(!contains(finished.error, "room for 0 "));
}
#endif

TEST_CASE("limits: on one processor one thread trains, with the same bits") {
    const Workshop workshop;
    const nlohmann::json expected = undisturbed_weights(workshop);
    const Finished finished = run(on_one_cpu(workshop.launch(
        {"train", "--data-dir", "tiny", "--hidden", "8", "--epochs", "2", "--out", "r.json"})));
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("machine").at("usable_threads") == 1);
    CHECK(result.at("config").at("threads") == 1);
    CHECK(weights_of(result) == expected);
}

TEST_CASE("limits: 64 threads are warned of where there are fewer processors, and train the same bits") {
    const Workshop workshop;
    const nlohmann::json expected = undisturbed_weights(workshop);
    const Finished finished =
        run(on_one_cpu(workshop.launch_train({"--epochs", "2", "--threads", "64", "--out", "r.json"})));
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.error,
                   "warning: --threads 64 is more than the 1 that this process may run at once"));
    CHECK(workshop.json_of("r.json").at("config").at("threads") == 64);
    CHECK(weights_of(workshop.json_of("r.json")) == expected);
}

TEST_CASE("limits: in a control group of half a core one thread trains, with the same bits") {
    const ControlGroup group = ControlGroup::half_a_core();
    if (group.empty()) return;
    const Workshop workshop;
    const nlohmann::json expected = undisturbed_weights(workshop);
    const Finished finished = run(group.around(workshop.launch(
        {"train", "--data-dir", "tiny", "--hidden", "8", "--epochs", "2", "--out", "r.json"})));
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("machine").at("cgroup_cpu_quota") == 0.5);
    CHECK(result.at("config").at("threads") == 1);
    CHECK(weights_of(result) == expected);
}

TEST_CASE("limits: where threads are refused, the training says so or is right") {
    const Workshop workshop;
    const nlohmann::json expected = undisturbed_weights(workshop);
    int refused = 0;
    int finished_well = 0;
    for (int most = 1; most <= 12; ++most) {
        const ControlGroup group = ControlGroup::of_threads(most);
        if (group.empty()) return;
        const std::string file = fmt::format("r{}.json", most);
        Launch launch = workshop.launch_train({"--epochs", "2", "--loader-threads", "2", "--out", file});
        // The sanitizer looks for leaks in a process of its own, which the group would refuse as well.
        launch.environment = {{"ASAN_OPTIONS", "detect_leaks=0"}};
        const Finished finished = run(group.around(launch));
        CAPTURE(most, finished.error);
        if (finished.exit_code == 0) {
            CHECK(weights_of(workshop.json_of(file)) == expected);
            ++finished_well;
            continue;
        }
        CHECK((finished.exit_code == 2 || finished.exit_code == 3));
        CHECK(contains(finished.error, "a thread cannot be started (") !=
              contains(finished.error, "--threads: expected 2 threads, found room for "));
        CHECK(!fs::exists(workshop.folder() / file));
        ++refused;
    }
    CHECK(refused > 0);
    CHECK(finished_well > 0);
}

TEST_CASE("limits: a wall clock that is set back while training changes no duration") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "3", "--out", "r.json"});
    // By its name alone: the loader would cut a path at each space.
    const std::filesystem::path library = MNIST_CLOCK_STEP;
    launch.environment = {{"LD_PRELOAD", library.filename().string()},
                          {"LD_LIBRARY_PATH", library.parent_path().string()},
                          {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
    const auto start = std::chrono::steady_clock::now();
    const Finished finished = run(launch);
    const double elapsed_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    double total_s = 0;
    for (const nlohmann::json& record : result.at("runs")) {
        for (const nlohmann::json& epoch : record.at("epochs")) {
            CHECK(epoch.at("train_seconds") > 0);
            CHECK(epoch.at("eval_seconds") > 0);
            total_s += epoch.at("train_seconds").get<double>() + epoch.at("eval_seconds").get<double>();
        }
    }
    CHECK(total_s < elapsed_s);
    // The clock was really set back: the result is dated before the test began.
    const std::time_t now = std::time(nullptr);
    CHECK(result.at("created").get<std::string>() <
          fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now - 1800)));
}
