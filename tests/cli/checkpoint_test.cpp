// --checkpoint and --resume as users meet them: interrupted and gone on with, refused with what differs.
#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> checkpoints_in(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".safetensors") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

// Stopped by SIGINT in the middle of the first run.
Finished interrupt(const Workshop& workshop, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--epochs", "3000", "--optimizer", "adam,sgd", "--checkpoint", "c"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Process process(workshop.launch_train(arguments));
    REQUIRE(process.wait_for_output("Epoch 3/"));
    process.send(SIGINT);
    return process.finish();
}

}  // namespace

TEST_CASE("checkpoint: an interrupted training keeps a last checkpoint, no result, and says how to go on") {
    for (const char* every : {"1", "1000"}) {
        const Workshop workshop;
        const Finished stopped = interrupt(workshop, {"--checkpoint-every", every, "--out", "r.json",
                                                      "--save-model", "models", "--report", "r.html"});
        CAPTURE(every, stopped.output, stopped.error);
        CHECK(stopped.exit_code == 130);
        CHECK(contains(stopped.output, "To go on: mnist train --resume c\n"));
        CHECK(!fs::exists(workshop.folder() / "r.json"));
        CHECK(!fs::exists(workshop.folder() / "r.html"));
        CHECK(!fs::exists(workshop.folder() / "models" / "adam-seed0.safetensors"));

        Process resumed(workshop.launch({"train", "--resume", "c"}));
        REQUIRE(
            resumed.wait_for_output("Resumed: 0 of 2 runs are whole, Adam with seed 0 goes on after epoch "));
        REQUIRE(resumed.wait_for_output("\nAdam, learning rate 0.001, seed 0, resumed after epoch "));
        resumed.send(SIGINT);
        CHECK(resumed.finish().exit_code == 130);
    }
}

TEST_CASE("checkpoint: a resumed training takes every setting from the checkpoint, from any folder") {
    const Workshop workshop;
    REQUIRE(interrupt(workshop, {"--out", "r.json", "--label", "mine", "--adam-lr", "0.002", "--quiet=false"})
                .exit_code == 130);
    fs::create_directory(workshop.folder() / "elsewhere");
    Launch launch = workshop.launch({"train", "--resume", "../c", "--print-config"});
    launch.folder = workshop.folder() / "elsewhere";
    const Finished shown = run(launch);
    CAPTURE(shown.error);
    CHECK(contains(shown.output, "adam_lr = 0.002\n"));
    CHECK(contains(shown.output, "label = \"mine\"\n"));
    CHECK(contains(shown.output, fmt::format("data_dir = \"{}\"\n", (workshop.folder() / "tiny").string())));
    CHECK(contains(shown.output, fmt::format("out = \"{}\"\n", (workshop.folder() / "r.json").string())));
}

TEST_CASE(
    "checkpoint: the whole training is there when it ends, and resuming it writes the result once more") {
    const Workshop workshop;
    const Finished first = workshop.train({"--epochs", "2", "--checkpoint", "c", "--out", "r.json"});
    CAPTURE(first.error);
    REQUIRE(first.exit_code == 0);
    CHECK(checkpoints_in(workshop.folder() / "c").size() == 2);
    CHECK(workshop.json_of("r.json").at("resumed").empty());
    const Finished again = workshop.mnist({"train", "--resume", "c"});
    CHECK(again.exit_code == 2);
    CHECK(contains(again.error, "r.json: expected a new file"));
    const Finished other = workshop.mnist({"train", "--resume", "c", "--out", "s.json", "--quiet"});
    CAPTURE(other.error);
    CHECK(other.exit_code == 0);
    nlohmann::json first_runs = workshop.json_of("r.json").at("runs");
    nlohmann::json other_runs = workshop.json_of("s.json").at("runs");
    for (std::size_t r = 0; r < 3; ++r) {
        first_runs.at(r).erase("peak_fraction");  // of a peak that is measured anew
        other_runs.at(r).erase("peak_fraction");
    }
    CHECK(other_runs == first_runs);
    CHECK(workshop.json_of("s.json").at("resumed").empty());
}

TEST_CASE("checkpoint: a resumed result says so, in the file and in the report") {
    const Workshop workshop;
    Process process(workshop.launch_train({"--epochs", "200", "--checkpoint", "c", "--out", "r.json"}));
    REQUIRE(process.wait_for_output("Epoch 2/"));
    process.send(SIGKILL);
    REQUIRE(process.finish().exit_code == -1);
    const Finished finished = workshop.mnist({"train", "--resume", "c", "--quiet"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "! Resumed once from a checkpoint"));
    const nlohmann::json resumed = workshop.json_of("r.json").at("resumed");
    REQUIRE(resumed.size() == 1);
    CHECK(resumed.at(0).at("run") == 0);
    CHECK(resumed.at(0).at("epochs") >= 1);
}

TEST_CASE(
    "checkpoint: other numbers of threads end in the same bits, and the result says whose seconds it has") {
    const std::vector<std::string> training{"--optimizer", "adam", "--epochs", "200", "--out", "r.json"};
    const auto with = [&](std::vector<std::string> more) {
        more.insert(more.begin(), training.begin(), training.end());
        return more;
    };
    const Workshop at_one_go;
    REQUIRE(at_one_go.train(with({"--threads", "2"})).exit_code == 0);
    const Workshop workshop;
    Process process(
        workshop.launch_train(with({"--threads", "2", "--loader-threads", "1", "--checkpoint", "c"})));
    REQUIRE(process.wait_for_output("Epoch 2/"));
    process.send(SIGKILL);
    REQUIRE(process.finish().exit_code == -1);
    const Finished finished =
        workshop.mnist({"train", "--resume", "c", "--threads", "1", "--loader-threads", "0"});
    CAPTURE(finished.error, finished.output);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    nlohmann::json run = result.at("runs").at(0);
    nlohmann::json expected = at_one_go.json_of("r.json").at("runs").at(0);
    CHECK(run.at("weights_sha256") == expected.at("weights_sha256"));
    for (nlohmann::json* const history : {&run.at("epochs"), &expected.at("epochs")}) {
        for (nlohmann::json& epoch : *history) {
            epoch.erase("train_seconds");
            epoch.erase("eval_seconds");
        }
    }
    CHECK(run.at("epochs") == expected.at("epochs"));
    CHECK(result.at("config").at("threads") == 1);
    REQUIRE(result.at("resumed").size() == 1);
    const nlohmann::json before = result.at("resumed").at(0).at("before");
    CHECK(before.at("threads") == 2);
    CHECK(before.at("loader_threads") == 1);
    CHECK(before.at("cpu_model") == result.at("machine").at("cpu_model"));
    CHECK(result.at("fma_peak_gflops").is_null());  // no peak is that of both
    CHECK(contains(finished.output, "seconds are of several processes, of 2 threads"));

    const Finished again =
        workshop.mnist({"train", "--resume", "c", "--threads", "2", "--out", "s.json", "--quiet"});
    CAPTURE(again.error);
    REQUIRE(again.exit_code == 0);
    const nlohmann::json processes = workshop.json_of("s.json").at("resumed");
    REQUIRE(processes.size() == 2);
    CHECK(processes.at(1).at("run") == 1);  // all was done by then
    CHECK(processes.at(1).at("before").at("threads") == 1);
}

TEST_CASE("checkpoint: flags that differ are refused with what differs, where results go may change") {
    const Workshop workshop;
    REQUIRE(interrupt(workshop).exit_code == 130);
    const Finished differs =
        workshop.mnist({"train", "--resume", "c", "--epochs", "9", "--hidden", "4", "--adam-lr", "0.001"});
    CHECK(differs.exit_code == 2);
    CHECK(contains(differs.error, "--epochs is 3000 there and 9 here"));
    CHECK(contains(differs.error, "--hidden is [8] there and [4] here"));
    CHECK(!contains(differs.error, "--adam-lr"));
    const Finished config = workshop.mnist({"train", "--resume", "c", "--config", "x.toml"});
    CHECK(config.exit_code == 2);
    CHECK(contains(config.error, "neither --config nor --checkpoint"));
    CHECK(workshop.mnist({"train", "--resume", "c", "--checkpoint", "d"}).exit_code == 2);
}

TEST_CASE("checkpoint: other data is refused with its checksum") {
    const Workshop workshop;
    REQUIRE(interrupt(workshop).exit_code == 130);
    write_tiny_data(workshop.folder() / "other", 10);
    const Finished other = workshop.mnist({"train", "--resume", "c", "--data-dir", "other"});
    CHECK(other.exit_code == 2);
    CHECK(contains(other.error, "dataset.sha256 is"));
    CHECK(contains(other.error, "dataset.rows is 8 in the checkpoint and 10 here"));
    fs::copy(workshop.folder() / "tiny", workshop.folder() / "moved");
    Process moved(workshop.launch({"train", "--resume", "c", "--data-dir", "moved"}));
    CHECK(moved.wait_for_output("resumed after epoch"));
}

TEST_CASE(
    "checkpoint: a damaged newest one is warned of and the one before is used, with both gone it ends") {
    const Workshop workshop;
    REQUIRE(interrupt(workshop).exit_code == 130);
    const std::vector<fs::path> files = checkpoints_in(workshop.folder() / "c");
    REQUIRE(files.size() == 2);
    std::ofstream(files[1], std::ios::in | std::ios::out).seekp(3000) << "damage";
    {
        Process resumed(workshop.launch({"train", "--resume", "c"}));
        CHECK(resumed.wait_for_output("resumed after epoch"));
        CHECK(resumed.wait_for_error("warning: " + (fs::path("c") / files[1].filename()).string()));
        resumed.send(SIGINT);
        CHECK(resumed.finish().exit_code == 130);
    }
    for (const fs::path& file : checkpoints_in(workshop.folder() / "c")) fs::resize_file(file, 100);
    const Finished none = workshop.mnist({"train", "--resume", "c"});
    CHECK(none.exit_code == 2);
    for (const fs::path& file : checkpoints_in(workshop.folder() / "c"))
        CHECK(contains(none.error,
                       (fs::path("c") / file.filename()).string() +
                           ": expected a checkpoint, found another kind of file, or a damaged one"));
    CHECK(contains(none.error, "remove them and train anew with --checkpoint c"));
}

TEST_CASE("checkpoint: a folder in use, one with a checkpoint and one without are refused with what to do") {
    const Workshop workshop;
    Process first(workshop.launch_train({"--epochs", "1000000", "--checkpoint", "c"}));
    REQUIRE(first.wait_for_output("Epoch 2/"));
    for (const char* flag : {"--checkpoint", "--resume"}) {
        const Finished second = workshop.train({flag, "c"});
        CHECK(second.exit_code == 2);
        CHECK(contains(second.error, "found one that uses it now"));
    }
    first.send(SIGINT);
    REQUIRE(first.finish().exit_code == 130);
    const Finished again = workshop.train({"--checkpoint", "c"});
    CHECK(again.exit_code == 2);
    CHECK(contains(again.error, "Go on from it with --resume c"));
    const Finished nowhere = workshop.mnist({"train", "--resume", "nowhere"});
    CHECK(nowhere.exit_code == 2);
    CHECK(contains(nowhere.error, "Begin with --checkpoint nowhere"));
    CHECK(!fs::exists(workshop.folder() / "nowhere"));
}
