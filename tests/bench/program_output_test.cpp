// What the program leaves: files, what goes to which stream, and what a terminal gets.
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "catch.hpp"
#include "program_run.hpp"
#include "small_disk.hpp"

using namespace mnist::testing;

namespace {

std::vector<std::string> default_bench_results(const Workshop& workshop) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(workshop.folder())) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with("mnist-bench-2") && name.ends_with(".json")) names.push_back(name);
    }
    return names;
}

}  // namespace

TEST_CASE("mnist_bench: an existing result and an impossible place are refused before the run") {
    const Workshop workshop;
    workshop.write("r.json", "mine");
    const Finished there = mnist_bench(workshop, {kQuick, kQuickTime, "--benchmark_out=r.json"});
    CHECK(there.exit_code == 2);
    CHECK(there.output.empty());
    CHECK(contains(there.error, "never overwritten"));
    CHECK(workshop.text_of("r.json") == "mine");
    const Finished place =
        mnist_bench(workshop, {kQuick, kQuickTime, "--benchmark_out=r.json/in/a/file.json"});
    CHECK(place.exit_code == 2);
    CHECK(contains(place.error, "folder"));
}

TEST_CASE("mnist_bench: the library's environment variables count, and do not overwrite either") {
    const Workshop workshop;
    workshop.write("r.json", "mine");
    Launch launch = workshop.launch({kQuickTime});
    launch.environment = {{"BENCHMARK_FILTER", "^Relu/Forward/width:64/batch:64$"}};
    const Finished filtered = run(launch);
    CHECK(filtered.exit_code == 0);
    CHECK(contains(filtered.output, "Relu/Forward/width:64/batch:64"));
    CHECK(!contains(filtered.output, "Softmax"));
    launch.environment["BENCHMARK_OUT"] = "r.json";
    CHECK(run(launch).exit_code == 2);
    CHECK(workshop.text_of("r.json") == "mine");
}

TEST_CASE("mnist_bench: a terminal gets a progress line and colours, unless it is told otherwise") {
    const Workshop workshop;
    Launch launch = workshop.launch({kQuick, kQuickTime});
    launch.outputs = Outputs::terminal;
    launch.environment = {{"TERM", "xterm-256color"}};
    const Finished plain = run(launch);
    CHECK(contains(plain.output, "\r\x1b[Jabout "));
    CHECK(contains(plain.output, "\x1b[0;32m"));
    launch.environment["NO_COLOR"] = "1";
    CHECK(!contains(run(launch).output, "\x1b[0;32m"));
    launch.environment = {{"TERM", "dumb"}};
    CHECK(!contains(run(launch).output, "\x1b"));
}

TEST_CASE("mnist_bench: a pipe gets neither colours nor a progress line") {
    const Workshop workshop;
    Launch launch = workshop.launch({kQuick, kQuickTime});
    launch.environment = {{"TERM", "xterm-256color"}};
    const Finished finished = run(launch);
    CHECK(!contains(finished.output + finished.error, "\x1b"));
    CHECK(!contains(finished.output + finished.error, "\r"));
}

TEST_CASE("mnist_bench: a reader that went away ends a run of which nothing is kept") {
    const Workshop workshop;
    // The training would take hours.
    Launch launch = workshop.launch(
        {"--data-dir", "tiny", "--epochs", "1000000", "--threads", "1", kQuickTime, "--benchmark_out=",
         "--benchmark_filter=^SoftmaxCrossEntropy/classes:10/batch:64$|^Train/Adam/batch:16$"});
    launch.outputs = Outputs::closed_pipe;
    const Finished finished = run(launch);
    CHECK(!finished.timed_out);
    CHECK(finished.exit_code == -1);  // by SIGPIPE, as other tools
    CHECK(!contains(finished.error, "failure"));
}

TEST_CASE("mnist_bench: without --benchmark_out the result is in a new file of the current folder") {
    const Workshop workshop;
    const Finished first = mnist_bench(workshop, {kQuick, kQuickTime});
    CHECK(first.exit_code == 0);
    const std::vector<std::string> files = default_bench_results(workshop);
    REQUIRE(files.size() == 1);
    CHECK(workshop.json_of(files[0]).at("benchmarks").size() == 1);
    CHECK(first.output.ends_with("\nResult: " + files[0] +
                                 "\n\nNext:\n"
                                 "  what `compare` can judge  mnist_bench --preset compare "
                                 "--benchmark_filter='^SoftmaxCrossEntropy/classes:10/batch:64$' "
                                 "--benchmark_min_time=0.001\n"
                                 "  one page with charts      mnist report " +
                                 files[0] + "\n"));
    REQUIRE(mnist_bench(workshop, {kQuick, kQuickTime}).exit_code == 0);
    CHECK(default_bench_results(workshop).size() == 2);
}

TEST_CASE(
    "mnist_bench: no file is left where none is wanted, and a flag behind an empty value keeps its meaning") {
    const Workshop workshop;
    for (const std::vector<std::string>& none : {std::vector<std::string>{"--benchmark_out="},
                                                 {"--benchmark_out=/dev/null"},
                                                 {"--benchmark_format=json"},
                                                 {"--benchmark_list_tests"}}) {
        std::vector<std::string> arguments = none;
        arguments.insert(arguments.end(), {kQuick, kQuickTime});
        const Finished finished = mnist_bench(workshop, arguments);
        CAPTURE(none, finished.error);
        CHECK(finished.exit_code == 0);
        CHECK(contains(finished.output, "SoftmaxCrossEntropy/classes:10/batch:64"));
        CHECK(!contains(finished.output, "batch:1024"));
        CHECK(!contains(finished.output, "Result: "));
        CHECK(std::distance(std::filesystem::directory_iterator(workshop.folder()), {}) == 1);  // the data
    }
}

TEST_CASE("mnist_bench: where no result can be left it is refused before the run, with a way on") {
    const Workshop workshop;
    const SmallDisk disk(workshop.folder() / "disk", 65536);
    if (!disk.mounted()) return;
    REQUIRE(disk.make_read_only());
    Launch launch = workshop.launch({kQuick, kQuickTime});
    launch.folder = workshop.folder() / "disk";
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(finished.output.empty());
    CHECK(contains(finished.error, std::filesystem::canonical(launch.folder).string()));
    CHECK(contains(finished.error, "--benchmark_out /dev/null keeps no result"));
    launch.arguments.emplace_back("--benchmark_out=");
    CHECK(run(launch).exit_code == 0);
}

TEST_CASE("mnist_bench: a reader that went away does not cost the file, and is told of") {
    const Workshop workshop;
    Launch launch = workshop.launch({kQuick, kQuickTime, "--benchmark_repetitions=3"});
    launch.outputs = Outputs::closed_pipe;
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.error, "nobody reads the output any more; the run goes on for its result"));
    CHECK(default_bench_results(workshop).size() == 1);
}

TEST_CASE("mnist_bench: messages bring no control characters from arguments to a terminal") {
    const Workshop workshop;
    const Finished finished = mnist_bench(workshop, {"--epochs", "\x1b[31mred"});
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "[31mred"));
    CHECK(!contains(finished.error, "\x1b"));
}

TEST_CASE("mnist_bench: on a terminal messages keep to its width") {
    const Workshop workshop;
    // Longer than the 200 columns of the tests' terminal.
    const std::string place = "a/" + std::string(120, 'x');
    Launch launch = workshop.launch({"--data-dir", place, "--benchmark_filter=^Infer/batch:1$"});
    launch.outputs = Outputs::terminal;
    launch.environment = {{"TERM", "xterm"}};
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    std::istringstream lines(finished.output);
    std::size_t count = 0;
    for (std::string line; std::getline(lines, line); ++count) CHECK(line.size() <= 200);
    CHECK(count > 1);
}

TEST_CASE("mnist_bench: with the result on standard output the floors are shown beside it") {
    const Workshop workshop;
    const Finished finished = mnist_bench(workshop, {"--noise-floor", "--benchmark_repetitions=8", kQuickTime,
                                                     kQuick, "--benchmark_format=json"});
    REQUIRE(finished.exit_code == 0);
    const auto result = nlohmann::json::parse(finished.output);
    CHECK(result.at("context").contains("mnist.noise_floor.SoftmaxCrossEntropy"));
    CHECK(contains(finished.error, "Noise"));
}

TEST_CASE("mnist_bench: with oneDNN tracing standard output has the result alone, and a warning says so") {
    const Workshop workshop;
    for (const std::string variable : {"ONEDNN_VERBOSE", "DNNL_VERBOSE"}) {
        Launch launch = workshop.launch(
            {"--benchmark_filter=^Relu/Forward/width:64/batch:64$", kQuickTime, "--benchmark_format=json"});
        launch.environment = {{variable, "1"}};
        const Finished traced = run(launch);
        CAPTURE(variable, traced.error.substr(0, 2000));
        REQUIRE(traced.exit_code == 0);
        CHECK(nlohmann::json::parse(traced.output).at("benchmarks").size() == 1);
        CHECK(contains(traced.error, "onednn_verbose,"));
        CHECK(contains(traced.error, "mnist_bench: warning: " + variable + "=1 has oneDNN write a line"));
    }
}

TEST_CASE("mnist_bench: a result as text carries no warning about Debian's library") {
    const Workshop workshop;
    REQUIRE(
        mnist_bench(workshop, {kQuick, kQuickTime, "--benchmark_out=r.txt", "--benchmark_out_format=console"})
            .exit_code == 0);
    const std::string text = workshop.text_of("r.txt");
    CHECK(contains(text, "SoftmaxCrossEntropy/classes:10/batch:64 "));
    CHECK(contains(text, "mnist.build.build_type"));
    CHECK(!contains(text, "Library was built as DEBUG"));
}

TEST_CASE("mnist_bench: a reader that went away costs no result, a full disk is a failure") {
    const Workshop workshop;
    Launch launch = workshop.launch({kQuick, kQuickTime, "--benchmark_out=r.json"});
    launch.outputs = Outputs::closed_pipe;
    CHECK(run(launch).exit_code == 0);
    CHECK(workshop.json_of("r.json").at("benchmarks").size() == 1);
    launch = workshop.launch({kQuick, kQuickTime});
    launch.outputs = Outputs::full_device;
    CHECK(run(launch).exit_code == 3);
}
