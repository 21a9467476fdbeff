// Signals: the first one keeps the result so far, the second one ends the program.
#include <fmt/format.h>

#include <chrono>
#include <csignal>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

TEST_CASE("interrupt: SIGINT, SIGTERM and SIGHUP write the result so far and exit with 130") {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const Workshop workshop;
        Process process(
            workshop.launch_train({"--epochs", "1000000", "--out", "r.json", "--save-model", "models"}));
        REQUIRE(process.wait_for_output("Epoch 3/"));
        process.send(signal);
        const Finished finished = process.finish();
        CAPTURE(signal, finished.error);
        CHECK(finished.exit_code == 130);
        CHECK(contains(finished.error,
                       "mnist: stopping, the result so far is kept"));  // behind warnings of a Debug build
        CHECK(contains(finished.output, "\nResult: r.json\n"));
        const nlohmann::json result = workshop.json_of("r.json");
        CHECK(result.at("interrupted") == true);
        REQUIRE(result.at("runs").size() == 1);
        CHECK(result.at("runs").at(0).at("status") == "interrupted");
        CHECK(result.at("runs").at(0).at("epochs").size() >= 3);
        const Finished eval =
            workshop.mnist({"eval", "--model", "models/sgd-seed0.safetensors", "--data-dir", "tiny"});
        CHECK(eval.exit_code == 0);
        CHECK(contains(eval.output, fmt::format("! The training of this model was interrupted after {} of "
                                                "1000000 epochs.\n",
                                                result.at("runs").at(0).at("epochs").size())));
        // The model is the one that the last figures belong to, not that of an epoch broken off.
        const Finished figures = workshop.mnist(
            {"eval", "--model", "models/sgd-seed0.safetensors", "--data-dir", "tiny", "--json"});
        CHECK(nlohmann::json::parse(figures.output).at("test_loss") ==
              result.at("runs").at(0).at("epochs").back().at("test_loss"));
    }
}

// Not under ThreadSanitizer: it holds a signal back until the interrupted call returns, and here that is a
// write to a full pipe, which never does.
#ifndef MNIST_THREAD_SANITIZER
TEST_CASE("interrupt: a second signal ends the program at once") {
    const Workshop workshop;
    // Nobody reads, so that the program cannot come to its end after the first signal: there is no room for
    // the report.
    Launch launch = workshop.launch_train({"--epochs", "1000000", "--out", "r.json"});
    launch.outputs = Outputs::small_pipe;
    launch.timeout = std::chrono::seconds(30);
    Process process(launch);
    REQUIRE(process.wait_until_output_is_full());
    process.send(SIGINT);
    REQUIRE(process.wait_for_error("a second signal ends the program at once"));
    process.send(SIGTERM);
    const Finished finished = process.finish_unread();
    CHECK(!finished.timed_out);
    CHECK(finished.exit_code == 130);
}
#endif
