// `mnist train` from end to end on a tiny data set: lines, result file, models, reproducibility, verdicts.
#include <algorithm>
#include <csignal>
#include <regex>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

std::vector<std::string> epoch_lines(const std::string& output) {
    std::vector<std::string> lines;
    std::size_t begin = 0;
    while (begin < output.size()) {
        const std::size_t end = std::min(output.find('\n', begin), output.size());
        const std::string line = output.substr(begin, end - begin);
        if (line.starts_with("Epoch ")) lines.push_back(line);
        begin = end + 1;
    }
    return lines;
}

std::vector<std::string> weights(const nlohmann::json& result) {
    std::vector<std::string> sums;
    for (const nlohmann::json& run : result.at("runs")) sums.push_back(run.at("weights_sha256"));
    return sums;
}

}  // namespace

TEST_CASE("train: prints one exact line an epoch and a heading an optimizer") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--epochs", "3"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const std::regex exact(
        R"(Epoch [123]/3, Train Loss \d+\.\d{4}, Test Loss \d+\.\d{4}, Accuracy \d+\.\d{2}%)");
    const std::vector<std::string> lines = epoch_lines(finished.output);
    REQUIRE(lines.size() == 9);
    for (const std::string& line : lines) {
        CAPTURE(line);
        CHECK(std::regex_match(line, exact));
    }
    for (const std::string heading : {"\nSGD, learning rate 0.011, seed 0\nEpoch 1/3",
                                      "\nSGD + Momentum, learning rate 0.005, seed 0\nEpoch 1/3",
                                      "\nAdam, learning rate 0.001, seed 0\nEpoch 1/3"}) {
        CAPTURE(heading);
        CHECK(contains(finished.output, heading));
    }
    CHECK(contains(finished.output, "network 64-8-4\n"));
    CHECK(contains(finished.output, "First Reached"));
}

TEST_CASE("train: the result file holds all that the contract names") {
    const Workshop workshop;
    const Finished finished = workshop.train(
        {"--epochs", "2", "--seeds", "2", "--seed", "3", "--label", "here", "--out", "new/r.json"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "\nResult: new/r.json\n"));
    const nlohmann::json result = workshop.json_of("new/r.json");
    CHECK(result.at("schema") == "mnist-results/1");
    CHECK(result.at("kind") == "train");
    CHECK(result.at("label") == "here");
    CHECK(result.at("interrupted") == false);
    CHECK(std::regex_match(result.at("created").get<std::string>(),
                           std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
    CHECK(result.at("dataset").at("name") == "custom");
    CHECK(result.at("dataset").at("train_samples") == 200);
    CHECK(result.at("dataset").at("test_samples") == 100);
    CHECK(result.at("dataset").at("synthetic") == false);
    CHECK(result.at("config").at("threads") == 2);
    CHECK(result.at("config").at("hidden") == nlohmann::json::array({8}));
    CHECK(result.at("fma_peak_gflops").get<double>() > 0);
    CHECK(result.at("machine").contains("cpu_model"));
    CHECK(result.at("build").contains("compiler"));
    REQUIRE(result.at("runs").size() == 6);
    for (const nlohmann::json& run : result.at("runs")) {
        CHECK((run.at("seed") == 3 || run.at("seed") == 4));
        CHECK(run.at("epochs").size() == 2);
        CHECK(run.at("epochs").at(1).at("train_loss").get<double>() > 0);
        CHECK(run.at("samples_per_second").get<double>() > 0);
        CHECK(run.at("weights_sha256").get<std::string>().size() == 64);
        std::uint64_t images = 0;
        for (const nlohmann::json& row : run.at("confusion_matrix")) {
            for (const nlohmann::json& count : row) images += count.get<std::uint64_t>();
        }
        CHECK(images == 100);
    }
}

TEST_CASE("train: learns the separable classes") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--optimizer", "adam", "--epochs", "20", "--adam-lr", "0.01",
                                              "--target-accuracy", "95", "--out", "r.json"});
    CHECK(finished.exit_code == 0);
    CHECK(workshop.json_of("r.json").at("runs").at(0).at("last_accuracy").get<double>() >= 95);
}

TEST_CASE("train: without --out the result gets a name of the time, and never another's") {
    const Workshop workshop;
    for (int i = 0; i < 3; ++i) REQUIRE(workshop.train({"--epochs", "0"}).exit_code == 0);
    const std::vector<std::string> names = workshop.default_results();
    REQUIRE(names.size() == 3);
    for (const std::string& name : names)
        CHECK(std::regex_match(name, std::regex(R"(mnist-train-\d{8}T\d{6}Z(-\d)?\.json)")));
}

TEST_CASE("train: an existing result is never overwritten, and that is said before training") {
    const Workshop workshop;
    workshop.write("r.json", "precious");
    const Finished finished = workshop.train({"--epochs", "1", "--out", "r.json"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "r.json: expected a new file"));
    CHECK(epoch_lines(finished.output).empty());
    CHECK(workshop.text_of("r.json") == "precious");
}

TEST_CASE("train: a result file that appears meanwhile is left alone") {
    const Workshop workshop;
    Process process(workshop.launch_train({"--epochs", "1000000", "--optimizer", "sgd", "--out", "r.json"}));
    REQUIRE(process.wait_for_output("Epoch 1/"));
    workshop.write("r.json", "precious");
    process.send(SIGINT);
    const Finished finished = process.finish();
    CHECK(finished.exit_code == 130);
    CHECK(workshop.text_of("r.json") == "precious");
    CHECK(contains(finished.error, "r.json appeared meanwhile"));
    CHECK(workshop.json_of("r-2.json").at("interrupted") == true);
}

TEST_CASE("train: a place that cannot be written to is refused before training") {
    const Workshop workshop;
    workshop.write("file", "");
    for (const std::vector<std::string>& flags : {std::vector<std::string>{"--out", "/proc/nowhere/r.json"},
                                                  {"--out", "file/r.json"},
                                                  {"--out", "tiny"},
                                                  {"--out", "new/"},
                                                  {"--out", "new/."},
                                                  {"--out", std::string(300, 'x')},
                                                  {"--save-model", std::string(300, 'x')},
                                                  {"--save-model", "file"}}) {
        std::vector<std::string> arguments{"--epochs", "1"};
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        const Finished finished = workshop.train(arguments);
        CAPTURE(flags, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, flags[1]));
        CHECK(finished.output.empty());
    }
    CHECK(!std::filesystem::exists(workshop.folder() / "new"));
    CHECK(contains(workshop.train({"--out", "new/"}).error, "--out new/result.json"));
    CHECK(contains(workshop.train({"--out", "/dev/stdout"}).error, "a device, pipe or socket"));
    const Finished nowhere = workshop.train({"--epochs", "1", "--out", "/dev/null"});
    CHECK(nowhere.exit_code == 0);
    CHECK(!contains(nowhere.output, "Result: "));
    CHECK(workshop.default_results().empty());
}

TEST_CASE("train: the same seed gives the same weights for every number of threads and every loader") {
    const Workshop workshop;
    const std::vector<std::vector<std::string>> variants{
        {"--threads", "1"}, {"--threads", "3"}, {"--loader-threads", "1"}, {"--loader-threads", "2"}, {}};
    std::vector<std::vector<std::string>> sums;
    for (const std::vector<std::string>& variant : variants) {
        std::vector<std::string> arguments{"--epochs", "2", "--quiet", "--out",
                                           std::to_string(sums.size()) + ".json"};
        arguments.insert(arguments.end(), variant.begin(), variant.end());
        REQUIRE(workshop.train(arguments).exit_code == 0);
        sums.push_back(weights(workshop.json_of(arguments[4])));
        CHECK(sums.back() == sums.front());
    }
    REQUIRE(workshop.train({"--epochs", "2", "--seed", "1", "--out", "other.json"}).exit_code == 0);
    CHECK(weights(workshop.json_of("other.json")) != sums.front());
    REQUIRE(workshop.train({"--epochs", "2", "--no-shuffle", "--out", "ordered.json"}).exit_code == 0);
    CHECK(weights(workshop.json_of("ordered.json")) != sums.front());
}

TEST_CASE("train: more threads than cores are allowed, with a warning that names the remedy") {
    const Workshop workshop;
    const Finished finished = workshop.mnist({"train", "--data-dir", "tiny", "--hidden", "8", "--optimizer",
                                              "sgd", "--epochs", "1", "--threads", "300"});
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.error, "warning: --threads 300"));
    CHECK(contains(finished.error, "leave the flag out"));
}

TEST_CASE("train: a batch larger than the set is one smaller batch") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "2", "--batch-size", "5000", "--out", "a.json"}).exit_code == 0);
    REQUIRE(workshop.train({"--epochs", "2", "--batch-size", "200", "--out", "b.json"}).exit_code == 0);
    CHECK(weights(workshop.json_of("a.json")) == weights(workshop.json_of("b.json")));
}

TEST_CASE("train: a run that diverges is reported, the others go on, and the exit code is 1") {
    const Workshop workshop;
    const Finished finished =
        workshop.train({"--epochs", "3", "--sgd-lr", "1e30", "--out", "r.json", "--save-model", "models"});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.output, "\nEpoch 1/3, diverged: the train loss is no finite number\n"));
    CHECK(contains(finished.error, "SGD, seed 0, diverged"));
    CHECK(contains(finished.error, "epoch 1"));
    CHECK(contains(finished.error, "Lower --sgd-lr (now 1e+30)"));
    const nlohmann::json runs = workshop.json_of("r.json").at("runs");
    REQUIRE(runs.size() == 3);
    CHECK(runs.at(0).at("status") == "diverged");
    CHECK(runs.at(0).at("message").get<std::string>().starts_with("the loss was no finite number at step"));
    CHECK(runs.at(1).at("status") == "completed");
    CHECK(runs.at(1).at("message").is_null());
    CHECK(runs.at(2).at("epochs").size() == 3);
    CHECK(!std::filesystem::exists(workshop.folder() / "models" / "sgd-seed0.safetensors"));
    CHECK(std::filesystem::exists(workshop.folder() / "models" / "adam-seed0.safetensors"));
}

TEST_CASE("train: bf16 is refused with its reason where the machine has none") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--precision", "bf16", "--epochs", "1", "--out", "r.json"});
    for (const char* const variable : {"DNNL_MAX_CPU_ISA", "MNIST_MAX_ISA"}) {
        launch.environment = {{"MNIST_MAX_ISA", ""}};
        launch.environment[variable] = "avx2";
        const Finished finished = run(launch);
        CAPTURE(finished.output, finished.error);
        CHECK(finished.exit_code == 2);
        for (const char* const part : {"--precision", "found bf16: ", "Use --precision f32"})
            CHECK(contains(finished.error, part));
        // The variable is the reason only where the CPU could.
        CHECK(
            (contains(finished.error, variable) || contains(finished.error, "this CPU has no AVX512_BF16")));
        CHECK(!std::filesystem::exists(workshop.folder() / "r.json"));
    }
}

TEST_CASE("train: where there is no bf16, that is said before data are looked for") {
    const Workshop workshop;
    Launch launch = workshop.launch({"train", "--precision", "bf16", "--data-dir", "nowhere"});
    launch.environment["MNIST_MAX_ISA"] = "avx512_vnni";
    const Finished finished = run(launch);
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "found bf16: "));
    CHECK(!contains(finished.error, "nowhere"));
}

TEST_CASE("train: a result holds the levels of instructions that MNIST_MAX_ISA left") {
    const Workshop workshop;
    for (const auto& [level, own, onednn, people] :
         {std::tuple{"baseline", "baseline", "SSE41", "SSE2 (oneDNN: SSE4.1)"},
          {"avx2", "avx2", "AVX2", "AVX2"}}) {
        const std::string file = std::string(level) + ".json";
        Launch launch = workshop.launch_train({"--optimizer", "sgd", "--epochs", "1", "--out", file});
        launch.environment = {{"MNIST_MAX_ISA", level}};
        const Finished finished = run(launch);
        CAPTURE(level, finished.error);
        REQUIRE(finished.exit_code == 0);
        if (level == std::string("baseline"))
            CHECK(contains(finished.error, "MNIST_MAX_ISA=baseline leaves no AVX2: results are right"));
        const nlohmann::json machine = workshop.json_of(file).at("machine");
        const std::string isa = machine.at("isa");
        if (isa < own) continue;  // a CPU without AVX2
        CHECK(isa == own);
        CHECK(machine.at("onednn_isa") == onednn);
        CHECK(machine.at("instructions") == people);
    }
}

TEST_CASE("train: oneDNN's own variable may hold it below MNIST_MAX_ISA, and never lifts it above") {
    const Workshop workshop;
    for (const auto& [own, effective] :
         {std::pair{"SSE41", "SSE41"}, {"AVX512_CORE", "AVX2"}, {"x", "AVX2"}}) {
        const std::string file = std::string(own) + ".json";
        Launch launch = workshop.launch_train({"--optimizer", "sgd", "--epochs", "1", "--out", file});
        launch.environment = {{"MNIST_MAX_ISA", "avx2"}, {"ONEDNN_MAX_CPU_ISA", own}};
        const Finished finished = run(launch);
        CAPTURE(own, finished.error);
        REQUIRE(finished.exit_code == 0);
        const nlohmann::json machine = workshop.json_of(file).at("machine");
        if (machine.at("isa") == "baseline") return;  // a CPU without AVX2
        CHECK(machine.at("onednn_isa") == effective);
    }
}

TEST_CASE("train: a result of bf16 says so, and its saved model gives the same accuracy") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--precision", "bf16", "--optimizer", "adam", "--epochs", "2",
                                              "--out", "r.json", "--save-model", "models"});
    CAPTURE(finished.output, finished.error);
    if (finished.exit_code == 2) {  // a machine without bf16
        CHECK(contains(finished.error, "--precision"));
        return;
    }
    CHECK(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("config").at("precision") == "bf16");
    const Finished evaluated =
        workshop.mnist({"eval", "--model", "models/adam-seed0.safetensors", "--data-dir", "tiny", "--json"});
    REQUIRE(evaluated.exit_code == 0);
    CHECK(nlohmann::json::parse(evaluated.output).at("test_accuracy") ==
          result.at("runs").at(0).at("last_accuracy"));
}

TEST_CASE("train: a missed target accuracy counts only when it was asked for") {
    const Workshop workshop;
    const std::vector<std::string> hopeless{"--optimizer", "sgd", "--epochs", "1", "--sgd-lr", "1e-9"};
    const Finished silent = workshop.train(hopeless);
    CHECK(silent.exit_code == 0);

    std::vector<std::string> asked = hopeless;
    asked.insert(asked.end(), {"--target-accuracy", "99"});
    const Finished missed = workshop.train(asked);
    CHECK(missed.exit_code == 1);
    CHECK(contains(missed.error, "SGD, seed 0, did not reach 99 %"));

    workshop.write("run.toml", "target_accuracy = 99\n");
    std::vector<std::string> from_file = hopeless;
    from_file.insert(from_file.end(), {"--config", "run.toml"});
    CHECK(workshop.train(from_file).exit_code == 1);
}

TEST_CASE("train: one-cycle trains every optimizer, says so, and is in the result") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--epochs", "3", "--schedule", "one-cycle", "--peak-lr", "0.02",
                                              "--warmup", "0.25", "--adam-beta2", "0.98", "--out", "r.json"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "\nAdam, one-cycle learning rate up to 0.02, seed 0\n"));
    CHECK(contains(finished.output, "one-cycle learning rate, seed 0"));
    const nlohmann::json result = workshop.json_of("r.json");
    const nlohmann::json& config = result.at("config");
    CHECK(config.at("schedule") == "one-cycle");
    CHECK(config.at("peak_lr") == 0.02);
    CHECK(config.at("warmup") == 0.25);
    CHECK(config.at("adam_beta2") == 0.98);
    REQUIRE(workshop.train({"--epochs", "3", "--out", "constant.json"}).exit_code == 0);
    const std::vector<std::string> constant = weights(workshop.json_of("constant.json"));
    const std::vector<std::string> cycled = weights(result);
    for (std::size_t i = 0; i < 3; ++i) CHECK(cycled[i] != constant[i]);
}

TEST_CASE("train: every optimizer trains, and a result holds its numbers where it did") {
    const Workshop workshop;
    const Finished finished =
        workshop.train({"--epochs", "2", "--optimizer", "adamw,rmsprop", "--adamw-weight-decay", "0.125",
                        "--rmsprop-alpha", "0.5", "--out", "r.json"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "\nAdamW, learning rate 0.001, seed 0\n"));
    CHECK(contains(finished.output, "\nRMSprop, learning rate 0.001, seed 0\n"));
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("config").at("adamw_weight_decay") == 0.125);
    CHECK(result.at("config").at("rmsprop_alpha") == 0.5);
    REQUIRE(workshop.train({"--epochs", "2", "--optimizer", "adamw,rmsprop,adam", "--out", "usual.json"})
                .exit_code == 0);
    const nlohmann::json usual = workshop.json_of("usual.json");
    CHECK(usual.at("config").at("rmsprop_alpha") == 0.99);
    // Each setting reaches its rule, and without decay's effect AdamW would be Adam.
    CHECK(weights(usual)[0] != weights(result)[0]);
    CHECK(weights(usual)[1] != weights(result)[1]);
    CHECK(weights(usual)[2] != weights(usual)[0]);
    REQUIRE(workshop.train({"--epochs", "1", "--out", "three.json"}).exit_code == 0);
    CHECK_FALSE(workshop.json_of("three.json").at("config").contains("adamw_lr"));
    const Finished read = workshop.mnist({"report", "r.json", "--out", "r.html"});
    CAPTURE(read.error);
    CHECK(read.exit_code == 0);
}

TEST_CASE("train: a run beside busy loops is warned of, its facts are in the file, a note in the report") {
    const Workshop workshop;
    const BusyMachine busy;
    const Finished finished = workshop.train({"--optimizer", "adam", "--epochs", "1000", "--out", "r.json"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.error, "warning: Adam, seed 0, was disturbed: other processes took "));
    CHECK(contains(finished.output, "- Disturbed runs: 1 of 1 (at worst, other processes took "));
    CHECK(workshop.json_of("r.json").at("runs").at(0).at("disturbance").at("other_cpu_share") > 0.1);
}
