// The program as users meet it: arguments, exit codes, interruptions.
#include <chrono>
#include <csignal>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "catch.hpp"
#include "program_run.hpp"

using namespace mnist::testing;

TEST_CASE("mnist_bench: a filter runs what it matches and nothing else") {
    const Workshop workshop;
    const Finished finished = mnist_bench(workshop, {kQuick, kQuickTime});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.output, "SoftmaxCrossEntropy/classes:10/batch:64 "));
    CHECK(!contains(finished.output, "batch:1024"));
    CHECK(!contains(finished.output, "/real_time"));
}

TEST_CASE("mnist_bench: no match and a broken expression exit 2 and say how to see the names") {
    const Workshop workshop;
    for (const char* const filter : {"--benchmark_filter=Nothing", "--benchmark_filter=Adam("}) {
        const Finished finished = mnist_bench(workshop, {filter});
        CHECK(finished.exit_code == 2);
        CHECK(finished.output.empty());
        CHECK(contains(finished.error, "--benchmark_list_tests"));
    }
}

TEST_CASE("mnist_bench: unknown and bad flags exit 2 and name the flag") {
    const Workshop workshop;
    CHECK(mnist_bench(workshop, {"--benchmark_filtre=Adam"}).exit_code == 2);
    const Finished finished = mnist_bench(workshop, {"--epochs", "none"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "mnist_bench: --epochs: expected a whole number"));
}

TEST_CASE(
    "mnist_bench: MNIST_MAX_ISA holds it to a level, which its first line names, and no other word will do") {
    const Workshop workshop;
    Launch launch = workshop.launch({kQuick, kQuickTime});
    launch.environment["MNIST_MAX_ISA"] = "baseline";
    const Finished held = run(launch);
    CAPTURE(held.output, held.error);
    CHECK(held.exit_code == 0);
    CHECK(contains(held.error, " CPUs usable, SSE2 (oneDNN: SSE4.1); threads "));
    CHECK(contains(held.output, "own loop, baseline"));
    launch.environment["MNIST_MAX_ISA"] = "sse2";
    const Finished refused = run(launch);
    CHECK(refused.exit_code == 2);
    CHECK(refused.output.empty());
    CHECK(contains(refused.error, "MNIST_MAX_ISA: expected one of baseline, "));
}

TEST_CASE("mnist_bench: facts of one's own are pairs") {
    const Workshop workshop;
    const Finished finished = run(workshop.launch({kQuick, kQuickTime, "--benchmark_context=cooling"}));
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "--benchmark_context: expected KEY=VALUE"));
}

TEST_CASE("mnist_bench: the list has one name a line and measures nothing") {
    const Workshop workshop;
    const Finished all = mnist_bench(workshop, {"--benchmark_list_tests"});
    CHECK(all.exit_code == 0);
    CHECK(contains(all.output, "\nTrain/Adam/batch:64\n"));
    CHECK(all.error.empty());
    const Finished some =
        mnist_bench(workshop, {"--benchmark_list_tests=true", "--benchmark_filter=^Infer/batch:1$"});
    CHECK(some.output == "Infer/batch:1\n");
    CHECK(mnist_bench(workshop, {"--benchmark_list_tests", "--benchmark_filter=Nothing"}).exit_code == 2);
}

TEST_CASE("mnist_bench: the help goes to standard output") {
    const Workshop workshop;
    const Finished finished = mnist_bench(workshop, {"--help"});
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.output, "--loader-threads"));
    CHECK(contains(finished.output, "--benchmark_out"));
    CHECK(finished.error.empty());
}

TEST_CASE("mnist_bench: a benchmark that errs makes it exit 1 and leaves the others alone") {
    const Workshop workshop;
    // One epoch of 200 images does not teach SGD what the target asks for.
    const Finished finished = mnist_bench(
        workshop,
        {"--data-dir", "tiny", "--max-epochs", "1", "--threads", "1", kQuickTime, "--benchmark_out=r.json",
         "--benchmark_filter=^TimeToAccuracy/SGD|^SoftmaxCrossEntropy/classes:10/batch:64$"});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.output, "97 % not reached within 1 epochs"));
    const nlohmann::json result = workshop.json_of("r.json");
    REQUIRE(result.at("benchmarks").size() == 2);
    CHECK(result.at("benchmarks").at(0).at("run_name") == "SoftmaxCrossEntropy/classes:10/batch:64");
    CHECK(result.at("benchmarks").at(1).at("error_occurred") == true);
}

TEST_CASE("mnist_bench: missing data exit 2 before anything is measured") {
    const Workshop workshop;
    const Finished finished =
        mnist_bench(workshop, {"--data-dir", "nowhere", "--benchmark_filter=Train/Adam/batch:64$"});
    CHECK(finished.exit_code == 2);
    CHECK(finished.output.empty());
    CHECK(contains(finished.error, "nowhere"));
}

TEST_CASE("mnist_bench: repetitions of batches of steps can be interrupted at any time") {
    const Workshop workshop;
    Process process(workshop.launch({"--data-dir", "tiny", "--threads", "1", "--benchmark_min_time=0.1",
                                     "--benchmark_repetitions=100", "--benchmark_out=r.json",
                                     "--benchmark_filter=^Step/SGD/batch:64$"}));
    REQUIRE(process.wait_for_error(" CPUs usable, "));
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));  // some repetitions are behind it
    process.send(SIGINT);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 130);
    CHECK(workshop.json_of("r.json").at("context").at("mnist.interrupted") == "true");
}

TEST_CASE("mnist_bench: an interrupted run exits 130 and keeps what was measured, marked") {
    const Workshop workshop;
    Launch launch = workshop.launch(
        {"--data-dir", "tiny", "--epochs", "1000000", "--threads", "1", kQuickTime, "--benchmark_out=r.json",
         "--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$|^Train/Adam/batch:16$"});
    Process process(launch);
    REQUIRE(process.wait_for_output("SoftmaxCrossEntropy/classes:10/batch:64"));
    process.send(SIGINT);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 130);
    const nlohmann::json result = workshop.json_of("r.json");
    CHECK(result.at("context").at("mnist.interrupted") == "true");
    REQUIRE(result.at("benchmarks").size() == 1);
    CHECK(result.at("benchmarks").at(0).at("name") == "SoftmaxCrossEntropy/classes:10/batch:64");
}

TEST_CASE(
    "mnist_bench: repetitions that an interruption leaves undone cost neither the result nor the screen") {
    const Workshop workshop;
    Launch launch =
        workshop.launch({"--data-dir", "tiny", "--benchmark_min_time=0.02", "--benchmark_repetitions=500",
                         "--benchmark_out=r.json", "--benchmark_filter=^SoftmaxCrossEntropy/classes:10"});
    launch.outputs = Outputs::terminal;
    launch.environment = {{"TERM", "xterm"}};
    Process process(launch);
    REQUIRE(process.wait_for_output("repetition 4 of 500"));
    process.send(SIGINT);
    const Finished finished = process.finish();
    CAPTURE(finished.output);
    CHECK(finished.exit_code == 130);
    CHECK(!contains(finished.output, "ERROR OCCURRED"));
    const nlohmann::json result = workshop.json_of("r.json");
    std::size_t repetitions = 0;
    for (const nlohmann::json& row : result.at("benchmarks")) {
        if (row.at("run_type") == "iteration") ++repetitions;
    }
    CHECK(repetitions >= 3);
    CHECK(repetitions < 500);
}

TEST_CASE("mnist_bench: after enough repetitions it says how to compare") {
    const Workshop workshop;
    Launch launch =
        workshop.launch({kQuick, kQuickTime, "--benchmark_repetitions=4", "--benchmark_out=r.json"});
    launch.environment = {{"MNIST_RUN", "./run"}};
    const Finished finished = run(launch);
    CHECK(contains(finished.output, "  which of two is faster  ./run compare r.json OTHER.json\n"));
    CHECK(!contains(finished.output, "--preset"));
}

TEST_CASE("mnist_bench: a number of iterations is kept to, and the result says so") {
    const Workshop workshop;
    const Finished finished =
        mnist_bench(workshop, {kQuick, "--benchmark_min_time=10x", "--benchmark_format=json"});
    REQUIRE(finished.exit_code == 0);
    const auto result = nlohmann::json::parse(finished.output);
    CHECK(result.at("benchmarks").at(0).at("iterations") == 10);
    CHECK(result.at("context").at("mnist.run.iterations") == "10");
}

TEST_CASE("mnist_bench: a run against itself keeps the floor beside the repetitions, and shows it") {
    const Workshop workshop;
    const Finished finished = mnist_bench(
        workshop, {"--data-dir", "tiny", "--threads", "1", "--epochs", "1", "--noise-floor",
                   "--benchmark_repetitions=8", kQuickTime, "--benchmark_out=base.json",
                   "--benchmark_filter=^Train/SGD/batch:(16|64)$|^SoftmaxCrossEntropy/.*/batch:64$"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json result = workshop.json_of("base.json");
    for (const char* const family : {"Train", "SoftmaxCrossEntropy"}) {
        const std::string key = std::string("mnist.noise_floor.") + family;
        REQUIRE(result.at("context").contains(key));
        const double share = std::stod(result.at("context").at(key).get<std::string>());
        CHECK((share > 0 && share < 100));
        CHECK(contains(finished.output, "\n" + std::string(family) + " "));
    }
    CHECK(!result.at("context").contains("mnist.noise_floor.Infer"));
    std::size_t repetitions = 0;
    for (const nlohmann::json& row : result.at("benchmarks")) {
        if (row.at("run_type") == "iteration") ++repetitions;
    }
    CHECK(repetitions == std::size_t{3} * 8);
    CHECK(contains(finished.output, "Noise"));
}
