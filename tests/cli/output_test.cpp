// Where the output goes to, and how it looks there: pipes, terminals, readers that went away.
#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

constexpr char kEscape = '\x1b';

bool has_colour(const std::string& text) {
    // Colours end with 'm', the progress line's "erase to the end of the line" is ESC [ K.
    for (std::size_t at = text.find(kEscape); at != std::string::npos; at = text.find(kEscape, at + 1)) {
        const std::size_t end = text.find_first_not_of("[0123456789;", at + 1);
        if (end != std::string::npos && text[end] == 'm') return true;
    }
    return false;
}

Launch on_terminal(const Workshop& workshop, std::map<std::string, std::string> environment,
                   const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> all{"--epochs", "2", "--optimizer", "adam"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    Launch launch = workshop.launch_train(all);
    launch.outputs = Outputs::terminal;
    launch.environment = std::move(environment);
    return launch;
}

}  // namespace

TEST_CASE("output: a pipe gets neither colours nor a progress line") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "2"});
    launch.environment = {{"TERM", "xterm-256color"}};
    const Finished finished = run(launch);
    REQUIRE(finished.exit_code == 0);
    CHECK(!contains(finished.output + finished.error, std::string(1, kEscape)));
    CHECK(!contains(finished.output + finished.error, "\r"));
}

TEST_CASE("output: a terminal gets colours and a progress line, and whole epoch lines") {
    const Workshop workshop;
    const Finished finished = run(on_terminal(workshop, {{"TERM", "xterm-256color"}}));
    CAPTURE(finished.output);
    REQUIRE(finished.exit_code == 0);
    CHECK(has_colour(finished.output));
    CHECK(contains(finished.output, "\r\x1b[Jrun 1 of 1, Adam, seed 0, epoch 1 of 2, "));
    CHECK(contains(finished.output, "\r\x1b[JEpoch 2/2, Train Loss "));
}

TEST_CASE("output: NO_COLOR, a dumb terminal and --quiet are respected") {
    const Workshop workshop;
    const Finished plain = run(on_terminal(workshop, {{"TERM", "xterm-256color"}, {"NO_COLOR", "1"}}));
    CHECK(plain.exit_code == 0);
    CHECK(!has_colour(plain.output));
    CHECK(contains(plain.output, "\r\x1b[Jrun 1 of 1, Adam"));  // erasing a line is no colour

    const Finished empty = run(on_terminal(workshop, {{"TERM", "xterm-256color"}, {"NO_COLOR", ""}}));
    CHECK(has_colour(empty.output));

    const Finished dumb = run(on_terminal(workshop, {{"TERM", "dumb"}}));
    CHECK(dumb.exit_code == 0);
    CHECK(!contains(dumb.output, std::string(1, kEscape)));
    CHECK(!contains(dumb.output, "run 1 of 1"));

    const Finished quiet = run(on_terminal(workshop, {{"TERM", "xterm-256color"}}, {"--quiet"}));
    CHECK(quiet.exit_code == 0);
    CHECK(!contains(quiet.output, "Epoch 1/2"));
    CHECK(!contains(quiet.output, "\r"));
    CHECK(contains(quiet.output, "First Reached"));
}

TEST_CASE("output: --quiet leaves the summary and the result's place") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--epochs", "1", "--quiet", "--out", "r.json"});
    CHECK(finished.exit_code == 0);
    CHECK(!contains(finished.output, "Train Loss 0."));
    CHECK(!contains(finished.output, "network"));
    CHECK(contains(finished.output, "First Reached"));
    CHECK(contains(finished.output, "Result: r.json\n"));
}

TEST_CASE("output: a training ends with what can be typed next, as the user calls the program") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "1", "--out", "one seed.json"});
    const Finished one = run(launch);
    CHECK(
        one.output.ends_with("\nResult: one seed.json\n\nNext:\n"
                             "  one page with charts      mnist report 'one seed.json'\n"
                             "  what `compare` can judge  mnist train --data-dir FOLDER --epochs 1 "
                             "--hidden 8 --seeds 5 --threads 2\n"));
    launch =
        workshop.launch_train({"--epochs", "1", "--seeds", "4", "--out", "r.json", "--report", "r.html"});
    launch.environment = {{"MNIST_RUN", "../my tools/run"}};
    const Finished four = run(launch);
    CHECK(
        four.output.ends_with("\nNext:\n"
                              "  which of two is faster  '../my tools/run' compare r.json OTHER.json\n"));
    launch.arguments = {"train", "--help"};
    CHECK(contains(run(launch).output, "\nExamples:\n  '../my tools/run' train "));
    CHECK(!contains(workshop.train({"--epochs", "1", "--quiet"}).output, "Next:"));
    const Finished chosen = workshop.mnist({"train", "--data-dir", "tiny", "--hidden", "8", "--epochs", "1"});
    CHECK(chosen.output.ends_with(" --epochs 1 --hidden 8 --seeds 5\n"));  // auto chooses again
}

TEST_CASE("output: a reader that went away costs neither the run nor its result") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "2", "--out", "r.json"});
    launch.outputs = Outputs::closed_pipe;
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.error, "nobody reads the output"));
    CHECK(workshop.json_of("r.json").at("runs").size() == 3);
}

TEST_CASE("output: --out - gives standard output to the result alone, and the text to standard error") {
    const Workshop workshop;
    const Finished finished = workshop.train({"--epochs", "1", "--out", "-"});
    CAPTURE(finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(nlohmann::json::parse(finished.output).at("runs").size() == 3);
    CHECK(contains(finished.error, "\nEpoch 1/1, Train Loss "));
    CHECK(contains(finished.error, "First Reached"));
    CHECK(!contains(finished.error, "Result: "));
    CHECK(!std::filesystem::exists(workshop.folder() / "-"));

    workshop.write("run.toml", "out = \"-\"\nquiet = true\n");
    const Finished quiet = workshop.train({"--epochs", "1", "--config", "run.toml"});
    CHECK(nlohmann::json::parse(quiet.output).at("kind") == "train");
    CHECK(!contains(quiet.error, "Train Loss 0."));
    CHECK(workshop.default_results().empty());
}

TEST_CASE(
    "output: with oneDNN tracing the result on standard output is one JSON object, and a warning says so") {
    const Workshop workshop;
    for (const std::string variable : {"ONEDNN_VERBOSE", "DNNL_VERBOSE"}) {
        Launch launch = workshop.launch_train({"--epochs", "1", "--out", "-"});
        launch.environment = {{variable, "1"}};
        const Finished traced = run(launch);
        CAPTURE(variable, traced.error.substr(0, 2000));
        REQUIRE(traced.exit_code == 0);
        CHECK(nlohmann::json::parse(traced.output).at("runs").size() == 3);
        CHECK(contains(traced.error, "onednn_verbose,"));
        CHECK(contains(traced.error, "mnist: warning: " + variable + "=1 has oneDNN write a line"));
        launch.environment = {{variable, "0"}};
        CHECK(!contains(run(launch).error, variable));
    }
}

TEST_CASE("output: a result that standard output does not take is a failure, unless its reader went away") {
    const Workshop workshop;
    Launch launch = workshop.launch_train({"--epochs", "1", "--out", "-"});
    launch.outputs = Outputs::full_device;
    const Finished full = run(launch);
    CHECK(full.exit_code == 3);
    CHECK(contains(full.error, "standard output could not be written"));
    CHECK(contains(full.error, "First Reached"));
    launch.outputs = Outputs::closed_pipe;
    CHECK(run(launch).exit_code == 0);
}

TEST_CASE("output: a full device and a closed output are reported, and the result is kept") {
    for (const Outputs outputs : {Outputs::full_device, Outputs::closed_descriptor}) {
        const Workshop workshop;
        Launch launch = workshop.launch_train({"--epochs", "2", "--out", "r.json"});
        launch.outputs = outputs;
        const Finished finished = run(launch);
        CHECK(finished.exit_code == 3);
        CHECK(contains(finished.error, "standard output could not be written"));
        CHECK(workshop.json_of("r.json").at("runs").size() == 3);
    }
}
