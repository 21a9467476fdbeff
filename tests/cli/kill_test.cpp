// A training that is killed with SIGKILL again and again, wherever it happens to be, and resumed each time,
// with 1, 2 or 3 threads, ends with the weights, the history and the model files of one that nobody touched.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

#include "catch.hpp"
#include "fixtures.hpp"
#include "mnist/core/rng.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

constexpr int kKills = 50;
// Enough epochs that most kills meet a training, few enough that a run's end is among what they meet.
const std::vector<std::string> kTraining{"--epochs",     "40",     "--hidden", "20,12",
                                         "--save-model", "models", "--out",    "r.json"};

bool has_checkpoint(const fs::path& folder) {
    std::error_code none;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, none)) {
        if (entry.path().filename().string().starts_with("checkpoint-")) return true;
    }
    return false;
}

// All that must not depend on how often the process was killed.
nlohmann::json history(const Workshop& workshop) {
    nlohmann::json runs = workshop.json_of("r.json").at("runs");
    for (nlohmann::json& run : runs) {
        for (nlohmann::json& epoch : run.at("epochs")) {
            CHECK(epoch.at("train_seconds") > 0);
            epoch.erase("train_seconds");
            epoch.erase("eval_seconds");
        }
        for (const char* key : {"seconds_to_target", "samples_per_second", "peak_fraction", "disturbance"})
            run.erase(key);
    }
    return runs;
}

std::string models_of(const Workshop& workshop) {
    std::string all;
    for (const char* name : {"sgd", "momentum", "adam"})
        all += workshop.text_of(fs::path("models") / (std::string(name) + "-seed0.safetensors"));
    return all;
}

// One process on the way to r.json, with `threads`. It may take its time: a busy machine must not look like a
// process that hangs.
Launch next_process(const Workshop& workshop, int threads) {
    std::vector<std::string> arguments = kTraining;
    arguments.insert(arguments.end(), {"--checkpoint", "c"});
    Launch launch = has_checkpoint(workshop.folder() / "c")
                        ? workshop.launch({"train", "--resume", "c", "--threads", std::to_string(threads)})
                        : workshop.launch_train(arguments);
    launch.timeout = std::chrono::minutes(4);
    return launch;
}

// Lets the process live for a random while: mostly until some epochs are done and then a little longer, so
// that it dies in the middle of an epoch, of a checkpoint or between two runs however slow the machine is;
// else for a time that ends while it starts. False when it came to its end before.
bool kill_somewhere(Process& process, mnist::CounterRng& random) {
    constexpr std::uint32_t kStartMicroseconds = 300'000;
    constexpr std::uint32_t kEpochMicroseconds = 10'000;
    const bool training = random.next_below(5) != 0;
    const std::uint32_t moment = random.next_below(training ? kEpochMicroseconds : kStartMicroseconds);
    const std::uint32_t epochs = random.next_below(5);
    if (training &&
        !(process.wait_for_output(", learning rate ") && process.wait_for_output("Epoch ", epochs)))
        return false;
    std::this_thread::sleep_for(std::chrono::microseconds(moment));
    process.send(SIGKILL);
    return true;
}

}  // namespace

TEST_CASE("kill: killed at 50 random moments and resumed, a training ends bit for bit like one at one go",
          "[slow]") {
    const Workshop whole;
    REQUIRE(whole.train(kTraining).exit_code == 0);
    const nlohmann::json expected = history(whole);
    const std::string models = models_of(whole);

    mnist::CounterRng random(2026, mnist::RandomPurpose::bootstrap, 0);
    int kills = 0;
    int resumed = 0;
    while (kills < kKills) {
        const Workshop workshop;
        while (!fs::exists(workshop.folder() / "r.json")) {
            Process process(next_process(workshop, 1 + kills % 3));
            const bool killed = kills < kKills && kill_somewhere(process, random);
            const Finished finished = process.finish();
            CAPTURE(finished.error, finished.output);
            REQUIRE_FALSE(finished.timed_out);
            REQUIRE((finished.exit_code == 0 || (killed && finished.exit_code == -1)));
            if (finished.exit_code != 0) ++kills;
        }
        const nlohmann::json result = workshop.json_of("r.json");
        CHECK(history(workshop) == expected);
        CHECK(models_of(workshop) == models);
        CHECK(result.at("interrupted") == false);
        resumed += static_cast<int>(result.at("resumed").size());
    }
    // A process that was killed before its first checkpoint leaves no trace; the others do.
    CHECK(resumed > 0);
    CHECK(kills == kKills);
}
