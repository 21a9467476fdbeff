// Configuration files: what is printed is read back, a flag wins over the file, and mistakes name file, line,
// key and value.
#include <map>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

std::string printed(const Workshop& workshop, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"train", "--print-config"});
    const Finished finished = workshop.mnist(arguments);
    CAPTURE(finished.error);
    CHECK(finished.exit_code == 0);
    return finished.output;
}

}  // namespace

TEST_CASE("config: the printed defaults are those of the experiment") {
    const Workshop workshop;
    const std::string text = printed(workshop, {});
    for (const std::string line :
         {"optimizer = [\"sgd\", \"momentum\", \"adam\"]", "epochs = 25", "batch_size = 64",
          "test_batch_size = 1000", "hidden = [128, 64]", "precision = \"f32\"", "sgd_lr = 0.011",
          "momentum_lr = 0.005", "momentum = 0.9", "adam_lr = 0.001", "adam_beta2 = 0.999",
          "schedule = \"constant\"", "seed = 0", "seeds = 1", "threads = \"auto\"", "no_shuffle = false",
          "quiet = false"}) {
        CAPTURE(line);
        CHECK(contains(text, "\n" + line + "\n"));
    }
    CHECK(workshop.default_results().empty());
}

TEST_CASE("config: what is printed gives the same when it is read") {
    const Workshop workshop;
    const std::vector<std::string> everything{"--dataset",
                                              "fashion-mnist",
                                              "--data-dir",
                                              "a \"b\" #c\\d",
                                              "--data-prefix",
                                              "",
                                              "--optimizer",
                                              "adam,sgd",
                                              "--epochs",
                                              "0",
                                              "--precision",
                                              "bf16",
                                              "--batch-size",
                                              "7",
                                              "--test-batch-size",
                                              "33",
                                              "--hidden",
                                              "5,6,7",
                                              "--sgd-lr",
                                              "1e-07",
                                              "--momentum-lr",
                                              "0.30000000000000004",
                                              "--momentum",
                                              "0",
                                              "--adam-lr",
                                              "2",
                                              "--adam-beta2",
                                              "0.98",
                                              "--schedule",
                                              "one-cycle",
                                              "--peak-lr",
                                              "0.5",
                                              "--warmup",
                                              "0.25",
                                              "--seed",
                                              "18446744073709551615",
                                              "--seeds",
                                              "1",
                                              "--threads",
                                              "3",
                                              "--loader-threads",
                                              "2",
                                              "--no-shuffle",
                                              "--target-accuracy",
                                              "98.25",
                                              "--save-model",
                                              "m",
                                              "--out",
                                              "o.json",
                                              "--label",
                                              "it's \xc3\xbc",
                                              "--quiet"};
    for (const std::vector<std::string>& flags : {everything, std::vector<std::string>{}}) {
        const std::string first = printed(workshop, flags);
        workshop.write("run.toml", first);
        CHECK(printed(workshop, {"--config", "run.toml"}) == first);
    }
    const std::string text = printed(workshop, everything);
    CHECK(contains(text, "data_dir = \"a \\\"b\\\" #c\\\\d\"\n"));
    CHECK(contains(text, "data_prefix = \"\"\n"));
    CHECK(contains(text, "momentum_lr = 0.30000000000000004\n"));
    CHECK(contains(text, "optimizer = [\"adam\", \"sgd\"]\n"));
    CHECK(contains(text, "target_accuracy = 98.25\n"));
}

TEST_CASE(
    "config: a configuration in bf16 is printed on a machine without it, and only training is refused") {
    const Workshop workshop;
    const std::vector<std::string> flags{"--precision", "bf16", "--data-dir", "tiny", "--epochs", "1"};
    const std::string usual = printed(workshop, flags);
    CHECK(contains(usual, "\nprecision = \"bf16\"\n"));
    workshop.write("run.toml", usual);
    Launch launch = workshop.launch({"train", "--config", "run.toml", "--print-config"});
    launch.environment["MNIST_MAX_ISA"] = "avx2";
    CHECK(run(launch).output == usual);
    launch.arguments.pop_back();
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "found bf16: "));
}

TEST_CASE("config: settings that are not set are printed as comments that become settings without their #") {
    const Workshop workshop;
    std::string text = printed(workshop, {});
    for (const std::string key : {"preset", "dataset", "data_dir", "data_prefix", "peak_lr", "warmup",
                                  "init_model", "target_accuracy", "label", "out", "save_model"}) {
        CAPTURE(key);
        CHECK(contains(text, "\n# " + key + " = "));
        // Its file would have to exist, and the details of a cycle want a cycle.
        if (key == "init_model" || key == "peak_lr" || key == "warmup") continue;
        const std::size_t at = text.find("\n# " + key + " = ");
        text.erase(at + 1, 2);
    }
    workshop.write("run.toml", text);
    const std::string set = printed(workshop, {"--config", "run.toml"});
    CHECK(contains(set, "\ntarget_accuracy = 97.0\n"));
    CHECK(contains(set, "\nsave_model = \"models\"\n"));
}

TEST_CASE("config: a run from the printed configuration ends in the same weights") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "2", "--seed", "5", "--out", "a.json"}).exit_code == 0);
    const Finished config = workshop.train({"--epochs", "2", "--seed", "5", "--print-config"});
    workshop.write("run.toml", config.output);
    REQUIRE(workshop.mnist({"train", "--config", "run.toml", "--out", "b.json"}).exit_code == 0);
    const nlohmann::json a = workshop.json_of("a.json");
    const nlohmann::json b = workshop.json_of("b.json");
    CHECK(a.at("config") == b.at("config"));
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(a.at("runs").at(i).at("weights_sha256") == b.at("runs").at(i).at("weights_sha256"));
}

TEST_CASE("config: every setting of the training is a key of its result, and every key there is a setting") {
    const Workshop workshop;
    REQUIRE(workshop.train({"--epochs", "0", "--optimizer", "adamw,rmsprop", "--out", "r.json"}).exit_code ==
            0);
    const nlohmann::json config = workshop.json_of("r.json").at("config");
    std::set<std::string> keys;
    for (const auto& [key, value] : config.items()) keys.insert(key);
    for (const char* const no_setting : {"threads_chosen", "adam_beta1", "adam_epsilon", "rmsprop_epsilon"})
        CHECK(keys.erase(no_setting) == 1);

    const std::map<std::string, std::string> otherwise_called{{"optimizer", "optimizers"},
                                                              {"no_shuffle", "shuffle"}};
    // The data, files, what is shown and what processes agree on.
    const std::set<std::string> elsewhere{"preset",         "dataset",    "data_dir",   "data_prefix",
                                          "init_model",     "label",      "out",        "report",
                                          "save_model",     "quiet",      "checkpoint", "checkpoint_every",
                                          "data_from_root", "allow_mixed"};
    std::set<std::string> settings;
    std::istringstream lines(printed(workshop, {}));
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("# ")) line.erase(0, 2);
        const std::string key = line.substr(0, line.find(" = "));
        if (key == line || elsewhere.contains(key)) continue;
        const auto other = otherwise_called.find(key);
        settings.insert(other == otherwise_called.end() ? key : other->second);
    }
    CHECK(settings == keys);
}

TEST_CASE("config: - reads standard input, and mistakes there are called so") {
    const Workshop workshop;
    Launch launch = workshop.launch({"train", "--print-config", "--config", "-"});
    launch.input = "epochs = 7\n";
    CHECK(contains(run(launch).output, "\nepochs = 7\n"));
    launch.input = "\nepoch = 7\n";
    const Finished mistaken = run(launch);
    CHECK(mistaken.exit_code == 2);
    CHECK(contains(mistaken.error, "standard input, line 2: expected a known key"));
    launch.input.clear();
    CHECK(contains(run(launch).output, "\nepochs = 25\n"));
}

TEST_CASE("config: a flag wins over the file, the file over the default") {
    const Workshop workshop;
    workshop.write("run.toml",
                   "epochs = 7\nbatch-size = 9\noptimizer = \"adam\"\nno_shuffle = true\nsgd_lr = 1\n");
    const std::string text = printed(
        workshop, {"--config", "run.toml", "--epochs", "8", "--optimizer", "sgd", "--no-shuffle=false"});
    CHECK(contains(text, "\nepochs = 8\n"));
    CHECK(contains(text, "\nbatch_size = 9\n"));
    CHECK(contains(text, "\noptimizer = [\"sgd\"]\n"));
    CHECK(contains(text, "\nno_shuffle = false\n"));
    CHECK(contains(text, "\nsgd_lr = 1.0\n"));
    CHECK(contains(text, "\nseed = 0\n"));
}

TEST_CASE("config: threads are auto or a number, and 0, as earlier versions wrote it, is auto") {
    const Workshop workshop;
    for (const std::string value : {"\"auto\"", "0", "5", "\"5\""}) {
        workshop.write("run.toml", "threads = " + value + "\n");
        CAPTURE(value);
        CHECK(contains(printed(workshop, {"--config", "run.toml"}),
                       value.find('5') == std::string::npos ? "\nthreads = \"auto\"\n" : "\nthreads = 5\n"));
    }
    CHECK(
        contains(printed(workshop, {"--config", "run.toml", "--threads", "auto"}), "\nthreads = \"auto\"\n"));
}

TEST_CASE("config: the environment gives the data folder where nothing else does") {
    const Workshop workshop;
    Launch launch = workshop.launch({"train", "--print-config"});
    launch.environment = {{"MNIST_DATA_DIR", "from-environment"}, {"MNIST_EPOCHS", "3"}, {"EPOCHS", "3"}};
    const std::string text = run(launch).output;
    CHECK(contains(text, "\ndata_dir = \"from-environment\"\n"));
    CHECK(contains(text, "\nepochs = 25\n"));

    launch.arguments.insert(launch.arguments.end(), {"--data-dir", "from-flag"});
    CHECK(contains(run(launch).output, "\ndata_dir = \"from-flag\"\n"));

    Launch training = workshop.launch({"train", "--epochs", "1", "--hidden", "8", "--out", "r.json"});
    training.environment = {{"MNIST_DATA_DIR", "tiny"}};
    CHECK(run(training).exit_code == 0);
    CHECK(workshop.json_of("r.json").at("dataset").at("train_samples") == 200);
}

TEST_CASE("config: mistakes in the file name file, line, key and value") {
    struct Mistake {
        std::string text;
        std::vector<std::string> parts;
    };
    const Workshop workshop;
    const std::vector<Mistake> mistakes{
        {"\nepoch = 3\n", {"run.toml, line 2", "\"epoch\"", "Did you mean epochs?"}},
        {"config = \"x\"\n", {"\"config\"", "--print-config"}},
        {"epochs = -1\n", {"run.toml, line 1, epochs", "\"-1\""}},
        {"epochs = \"25\"\n", {"run.toml, line 1, epochs", "a whole number", "\"25\""}},
        {"epochs = 2.5\n", {"epochs", "2.5"}},
        {"epochs = [1, 2]\n", {"epochs", "[1, 2]"}},
        {"batch_size = 0\n", {"batch_size", "\"0\""}},
        {"batch_size = 1\nbatch-size = 2\n", {"line 2", "batch_size once"}},
        {"seed = 18446744073709551615\n", {"run.toml, line 1, column ", "stands in quotes"}},
        {"seed = \"18446744073709551616\"\n", {"run.toml, line 1, seed", "a whole number"}},
        {"hidden = [8, 0]\n", {"hidden", "\"0\""}},
        {"hidden = []\n", {"hidden: expected a list like [128, 64], found an empty list"}},
        {"hidden = [\"8\"]\n", {"hidden: expected a list like [128, 64], found \"8\" in [\"8\"]"}},
        {"hidden = [128, \"a\"]\n", {"hidden: expected a list like [128, 64], found \"a\" in [128, \"a\"]"}},
        {"hidden = 1.5\n", {"hidden: expected a list like [128, 64], found 1.5"}},
        {"optimizer = []\n", {"a list like [\"sgd\", \"momentum\", \"adam\"], found an empty list"}},
        {"optimizer = [\"sgd\", \"\"]\n", {"found \"\" in [\"sgd\", \"\"]"}},
        {"optimizer = [\"sgd\", \"lion\"]\n", {"optimizer", "\"lion\"", "sgd, momentum, adam"}},
        {"optimizer = [\"sgd\", \"sgd\"]\n", {"optimizer", "\"sgd\" twice"}},
        {"sgd_lr = -0.1\n", {"sgd_lr", "\"-0.1\""}},
        {"adam_lr = nan\n", {"adam_lr", "\"nan\""}},
        {"momentum_lr = inf\n", {"momentum_lr", "\"inf\""}},
        {"momentum = 1.0\n", {"momentum", "\"1.0\""}},
        {"threads = \"all\"\n", {"threads", "auto or a whole number from 1 to 1024", "\"all\""}},
        {"threads = 1.5\n", {"threads", "\"auto\" or a whole number", "1.5"}},
        {"threads = -1\n", {"threads", "\"-1\""}},
        {"no_shuffle = 1\n", {"no_shuffle", "true or false", "1"}},
        {"data_dir = 3\n", {"data_dir", "a string", "3"}},
        {"target_accuracy = 0\n", {"target_accuracy", "\"0\""}},
        {"seeds = 0\n", {"seeds", "\"0\""}},
        {"schedule = \"onecycle\"\n", {"schedule", "\"onecycle\"", "Did you mean one-cycle?"}},
        {"warmup = 1.0\n", {"warmup", "\"1.0\""}},
        {"peak_lr = 0\n", {"peak_lr", "\"0\""}},
        {"preset = \"fastest\"\n", {"preset", "one of record", "\"fastest\""}},
    };
    for (const Mistake& mistake : mistakes) {
        workshop.write("run.toml", mistake.text);
        const Finished finished = workshop.mnist({"train", "--config", "run.toml"});
        CAPTURE(mistake.text, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, "run.toml, line "));
        for (const std::string& part : mistake.parts) {
            CAPTURE(part);
            CHECK(contains(finished.error, part));
        }
    }
}

TEST_CASE("config: a path that is not UTF-8 is refused before a configuration or a checkpoint holds it") {
    const Workshop workshop;
    for (const std::vector<std::string>& flags :
         {std::vector<std::string>{"--print-config"},
          {"--dataset", "synthetic", "--epochs", "1", "--hidden", "8", "--checkpoint", "kept"}}) {
        std::vector<std::string> arguments{"train", "--save-model", "caf\xe9"};
        arguments.insert(arguments.end(), flags.begin(), flags.end());
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.find("save_model = ") == std::string::npos);
        CHECK(contains(finished.error, "--save-model, line 1, column "));
        CHECK(contains(finished.error, "expected UTF-8"));
    }
}

TEST_CASE("config: a preset stands for its settings, and what is given explicitly wins over it") {
    const Workshop workshop;
    const std::string record = printed(workshop, {"--preset", "record"});
    CHECK(contains(record, "\npreset = \"record\"\n"));
    CHECK(contains(record, "\noptimizer = [\"adam\"]\n"));
    CHECK(contains(record, "\nschedule = \"one-cycle\"\n"));
    CHECK(contains(record, "\ntarget_accuracy = 97.0\n"));
    CHECK_FALSE(contains(record, "\nepochs = 25\n"));
    CHECK(contains(record, "\nprecision = \"f32\"\n"));
    workshop.write("run.toml", record);
    CHECK(printed(workshop, {"--config", "run.toml"}) == record);
    const std::string low = printed(workshop, {"--preset", "record-bf16"});
    CHECK(contains(low, "\nprecision = \"bf16\"\n"));
    CHECK(contains(low, "\nepochs = 4\n"));

    const std::string flags = printed(workshop, {"--epochs", "9", "--preset", "record", "--peak-lr", "1"});
    CHECK(contains(flags, "\nepochs = 9\n"));
    CHECK(contains(flags, "\npeak_lr = 1.0\n"));
    CHECK(contains(flags, "\nschedule = \"one-cycle\"\n"));

    // In a file as well, in whatever order; and a preset that is a flag wins over the file.
    workshop.write("run.toml", "epochs = 9\nbatch_size = 7\npreset = \"record\"\n");
    CHECK(contains(printed(workshop, {"--config", "run.toml"}), "\nepochs = 9\n"));
    const std::string both = printed(workshop, {"--config", "run.toml", "--preset", "record"});
    CHECK_FALSE(contains(both, "\nepochs = 9\n"));
    CHECK_FALSE(contains(both, "\nbatch_size = 7\n"));

    // A constant rate knows no peak: that of the preset goes with its schedule.
    const std::string constant = printed(workshop, {"--preset", "record", "--schedule", "constant"});
    CHECK(contains(constant, "\nschedule = \"constant\"\n"));
    CHECK(contains(constant, "\n# peak_lr = "));
    CHECK(contains(constant, "\n# warmup = "));
}

TEST_CASE("config: details of a cycle without the cycle are refused") {
    const Workshop workshop;
    for (const std::string flag : {"--peak-lr", "--warmup"}) {
        const Finished finished = workshop.mnist({"train", flag, "0.5"});
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, flag + ": expected --schedule one-cycle beside it"));
    }
}
