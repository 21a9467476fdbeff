// Help, version, and what a user is told who mistypes something: the message names the flag and the value,
// the exit code is 2, and nothing is written.
#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

struct BadUse {
    std::vector<std::string> arguments;
    std::vector<std::string> message_parts;
};

}  // namespace

TEST_CASE("usage: help of the program and of each subcommand shows examples") {
    const Workshop workshop;
    for (const std::string command :
         {"", "train", "eval", "predict", "quantize", "export", "fetch", "info"}) {
        std::vector<std::string> arguments{"--help"};
        if (!command.empty()) arguments.insert(arguments.begin(), command);
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(command);
        CHECK(finished.exit_code == 0);
        CHECK(finished.error.empty());
        CHECK(contains(finished.output, "Examples:\n  mnist " + command));
    }
}

TEST_CASE("usage: the help of train names every flag with its default") {
    const std::string help = Workshop().mnist({"train", "--help"}).output;
    for (const std::string part : {"--config FILE",
                                   "--print-config",
                                   "--dataset NAME",
                                   "--data-dir DIR",
                                   "(default: sgd,momentum,adam)",
                                   "(default: 25)",
                                   "(default: 64)",
                                   "(default: 1000)",
                                   "(default: 128,64)",
                                   "(default: 0.011)",
                                   "(default: 0.005)",
                                   "(default: 0.9)",
                                   "(default: 0.001)",
                                   "--seed N",
                                   "--seeds K",
                                   "--threads N",
                                   "(default: auto)",
                                   "--loader-threads N",
                                   "--no-shuffle",
                                   "--target-accuracy PERCENT",
                                   "--init-model FILE",
                                   "--save-model DIR",
                                   "--out FILE",
                                   "--label TEXT",
                                   "--quiet",
                                   "Exit codes:"}) {
        CAPTURE(part);
        CHECK(contains(help, part));
    }
}

TEST_CASE("usage: the version is printed") {
    const Finished finished = Workshop().mnist({"--version"});
    CHECK(finished.exit_code == 0);
    CHECK(finished.output.starts_with("mnist "));
    CHECK(finished.output.find_first_of("0123456789") == 6);
}

TEST_CASE("usage: mistakes are named, exit with 2 and leave nothing behind") {
    const Workshop workshop;
    const std::vector<BadUse> cases{
        {{}, {"subcommand", "train, eval, predict, quantize, export, fetch, info"}},
        {{"trian"}, {"\"trian\"", "Did you mean train?"}},
        {{"--bogus"}, {"a known flag", "\"--bogus\""}},
        {{"train", "--epoch", "3"}, {"train:", "\"--epoch\"", "Did you mean --epochs?"}},
        {{"train", "--xyzzy=3"}, {"\"--xyzzy\"", "--help"}},
        {{"train", "now"}, {"no further word", "\"now\""}},
        {{"train", "eval"}, {"no further word", "\"eval\""}},
        {{"train", "--epochs"}, {"mnist: --epochs: expected a value, found nothing. See --help\n"}},
        {{"train", "--epochs="}, {"mnist: --epochs: expected a whole number", "found nothing"}},
        {{"train", "--epochs=", "--quiet"}, {"mnist: --epochs: expected a whole number", "found nothing"}},
        {{"fetch", "--base-url"}, {"mnist: --base-url: expected a value, found nothing"}},
        {{"train", "--print-config=maybe"},
         {"mnist: --print-config: expected true, false or no value, found \"maybe\""}},
        {{"train", "--epochs", "-1"}, {"--epochs", "\"-1\"", "a whole number from 0"}},
        {{"train", "--epochs", "ten"}, {"--epochs", "\"ten\""}},
        {{"train", "--epochs", "2.5"}, {"--epochs", "\"2.5\""}},
        {{"train", "--epochs", "99999999999999999999"}, {"--epochs", "\"99999999999999999999\""}},
        {{"train", "--batch-size", "0"}, {"--batch-size", "\"0\"", "from 1"}},
        {{"train", "--test-batch-size", "0"}, {"--test-batch-size", "\"0\""}},
        {{"train", "--sgd-lr", "0"}, {"--sgd-lr", "\"0\"", "above 0"}},
        {{"train", "--sgd-lr", "-0.1"}, {"--sgd-lr", "\"-0.1\""}},
        {{"train", "--momentum-lr", "inf"}, {"--momentum-lr", "\"inf\"", "finite"}},
        {{"train", "--adam-lr", "nan"}, {"--adam-lr", "\"nan\""}},
        {{"train", "--adam-lr", "0.1x"}, {"--adam-lr", "\"0.1x\""}},
        {{"train", "--momentum", "1"}, {"--momentum", "\"1\""}},
        {{"train", "--momentum", "-0.1"}, {"--momentum", "\"-0.1\""}},
        {{"train", "--precision", "f16"}, {"--precision", "\"f16\"", "bf16"}},
        {{"train", "--hidden", "0"}, {"--hidden", "\"0\""}},
        {{"train", "--hidden", ""}, {"--hidden", "nothing"}},
        {{"train", "--hidden", "8,,4"}, {"--hidden", "\"8,,4\""}},
        {{"train", "--optimizer", "adm"},
         {"--optimizer", "\"adm\"", "sgd, momentum, adam", "Did you mean adam?"}},
        {{"train", "--optimizer", "SGD"}, {"--optimizer", "\"SGD\"", "Did you mean sgd?"}},
        {{"train", "--optimizer", "sgd,sgd"}, {"--optimizer", "\"sgd\" twice", "--seeds"}},
        {{"train", "--target-accuracy", "0"}, {"--target-accuracy", "\"0\""}},
        {{"train", "--target-accuracy", "100.5"}, {"--target-accuracy", "\"100.5\""}},
        {{"train", "--seed", "-1"}, {"--seed", "\"-1\""}},
        {{"train", "--seeds", "0"}, {"--seeds", "\"0\""}},
        {{"train", "--seed", "18446744073709551615", "--seeds", "2"}, {"--seed", "18446744073709551615"}},
        {{"train", "--threads", "1025"},
         {"--threads: expected auto or a whole number from 1 to 1024, found \"1025\". auto, the default, "
          "times"}},
        {{"train", "--threads", "100000"}, {"--threads", "\"100000\""}},
        {{"train", "--threads", "-1"}, {"--threads", "\"-1\""}},
        {{"train", "--threads", "0"}, {"--threads", "\"0\"", "auto"}},
        {{"train", "--threads", "1e3"}, {"--threads", "\"1e3\""}},
        {{"train", "--threads", "2,"}, {"--threads", "\"2,\""}},
        {{"train", "--threads", "Auto"}, {"--threads", "\"Auto\""}},
        {{"train", "--threads", ""}, {"--threads", "found nothing"}},
        {{"train", "--loader-threads", "5000"}, {"--loader-threads", "\"5000\""}},
        {{"train", "--dataset", "mnits"}, {"--dataset", "\"mnits\"", "Did you mean mnist?"}},
        {{"train", "--data-dir", ""}, {"--data-dir", "nothing"}},
        {{"train", "--data-dir", "nowhere"}, {"nowhere"}},
        {{"train", "--out", ""}, {"--out", "nothing"}},
        {{"train", "--no-shuffle=maybe"}, {"--no-shuffle", "\"maybe\""}},
        {{"train", "--init-model", "nowhere.safetensors"}, {"nowhere.safetensors"}},
        {{"train", "--config", "nowhere.toml"}, {"nowhere.toml"}},
        {{"eval"}, {"mnist: eval: expected --model FILE, found none. mnist train --save-model"}},
        {{"eval", "--model"}, {"mnist: --model: expected a value, found nothing"}},
        {{"eval", "--model", "x", "--model", "nowhere.safetensors"},
         {"nowhere.safetensors: expected a readable"}},
        {{"eval", "--model", "nowhere.safetensors", "--data-dir", "tiny"}, {"nowhere.safetensors"}},
        {{"eval", "--model", "x", "--jsn"}, {"\"--jsn\"", "Did you mean --json?"}},
        {{"compare", "a.json"}, {"mnist: compare: expected two results"}},
        {{"report"}, {"mnist: report: expected one result file"}},
        {{"quantize"}, {"mnist: quantize: expected --model FILE"}},
        {{"export"}, {"mnist: export: expected --model FILE"}},
        {{"fetch", "mnits"}, {"\"mnits\"", "mnist, fashion-mnist"}},
        {{"fetch", "--base-url", ""}, {"--base-url", "nothing"}},
        {{"info", "--jsn"}, {"\"--jsn\"", "Did you mean --json?"}},
    };
    for (const BadUse& bad : cases) {
        const Finished finished = workshop.mnist(bad.arguments);
        std::string line = "mnist";
        for (const std::string& argument : bad.arguments) line += " " + argument;
        CAPTURE(line, finished.output, finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.empty());
        CHECK(finished.error.starts_with("mnist: "));
        CHECK(!contains(finished.error, "mnist: mnist"));
        for (const std::string& part : bad.message_parts) {
            CAPTURE(part);
            CHECK(contains(finished.error, part));
        }
    }
    CHECK(workshop.default_results().empty());
}

TEST_CASE("usage: what a message quotes cannot steer the terminal") {
    const Workshop workshop;
    workshop.write("run.toml", "\x1b[31m\xff\n");
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"train", "--config", "run.toml"},
          {"train", "\x1b]0;title\x07"},
          {"train", "--data-dir",
           "\xc2\x9b"
           "31m"}}) {
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(finished.error.find_first_of("\x1b\x07\x9b\xff") == std::string::npos);
    }
}

TEST_CASE("usage: fetch from a mirror that does not answer exits with 2 and names it") {
    const Workshop workshop;
    // Port 1 of this machine: refused at once, nothing leaves the machine.
    const Finished finished =
        workshop.mnist({"fetch", "--data-dir", "fetched", "--base-url", "http://127.0.0.1:1/"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "127.0.0.1:1"));
}

TEST_CASE(
    "usage: a level of instructions that nobody knows is refused before anything is done, but for help") {
    const Workshop workshop;
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"info"}, {"train", "--data-dir", "tiny", "--epochs", "0"}}) {
        Launch launch = workshop.launch(words);
        launch.environment["MNIST_MAX_ISA"] = "AVX-512";
        const Finished finished = run(launch);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.empty());
        for (const std::string part :
             {"MNIST_MAX_ISA", "baseline, avx2, avx512, avx512_vnni, avx512_bf16, amx", "\"AVX-512\"",
              "Did you mean avx512?"})
            CHECK(contains(finished.error, part));
        launch.arguments = {words.front(), "--help"};
        const Finished help = run(launch);
        CHECK(help.exit_code == 0);
        CHECK(contains(help.output, "MNIST_MAX_ISA"));
    }
    CHECK(workshop.default_results().empty());
    Launch unset = workshop.launch({"info", "--json"});
    unset.environment["MNIST_MAX_ISA"] = "";
    CHECK(nlohmann::json::parse(run(unset).output).at("max_isa").is_null());
}

TEST_CASE("usage: info prints text, and JSON on request") {
    const Workshop workshop;
    const Finished text = workshop.mnist({"info"});
    CHECK(text.exit_code == 0);
    CHECK(!text.output.empty());
    const Finished json = workshop.mnist({"info", "--json"});
    REQUIRE(json.exit_code == 0);
    const nlohmann::json object = nlohmann::json::parse(json.output);
    CHECK(object.at("machine").at("usable_threads").get<int>() >= 1);
    CHECK(object.at("build").contains("compiler"));
    CHECK(object.at("fma_peak_gflops").at("one_thread").get<double>() > 0);
}
