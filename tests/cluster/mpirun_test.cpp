// `mnist train` under mpirun: the bits of a process alone, what is refused, and how all end when one does.
// Ranks are more than the cores here, and root may be who tests, so the launcher is told that both are meant.
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;
namespace fs = std::filesystem;

namespace {

using Words = std::vector<std::string>;
using Clock = std::chrono::steady_clock;

const Words kTraining{"train",     "--data-dir", "tiny",         "--hidden", "20,12",
                      "--threads", "1",          "--batch-size", "150"};

Words operator+(Words words, const Words& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// mpirun of what `words` say, whose processes, where one ends badly, have `grace_s` before SIGTERM and again
// behind it; a program's name is PROGRAM.
Launch mpirun(const Workshop& workshop, const Words& words, const char* grace_s = "0") {
    Launch launch = workshop.launch(Words{"--allow-run-as-root", "--oversubscribe", "--bind-to", "none",
                                          "--mca", "btl_vader_single_copy_mechanism", "none", "--mca",
                                          "odls_base_sigkill_timeout", grace_s} +
                                    words);
    launch.program = MNIST_MPIRUN;
    launch.environment["OMPI_MCA_btl_base_warn_component_unused"] = "0";
    return launch;
}

Launch ranks(const Workshop& workshop, int count, const Words& arguments, const char* grace_s = "0") {
    return mpirun(workshop, Words{"-n", std::to_string(count), MNIST_PROGRAM} + arguments, grace_s);
}

Launch bench_ranks(const Workshop& workshop, int count, const Words& arguments, const char* grace_s = "0") {
    return mpirun(workshop,
                  Words{"-n", std::to_string(count), MNIST_BENCH_PROGRAM, "--data-dir", "tiny", "--threads",
                        "1", "--benchmark_out=b.json"} +
                      arguments,
                  grace_s);
}

Words hashes(const Workshop& workshop, const fs::path& file) {
    Words all;
    const nlohmann::json result = workshop.json_of(file);
    for (const auto& run : result.at("runs")) all.push_back(run.at("weights_sha256"));
    return all;
}

// Messages of a program.
std::size_t messages(const std::string& text, const std::string& program = "mnist: ") {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(program, at)) != std::string::npos; ++at) ++count;
    return count;
}

// The processes of the program that `launcher` started, in the order of their numbers.
std::vector<pid_t> children_of(pid_t launcher) {
    std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", launcher));
    std::vector<pid_t> children;
    for (pid_t child = 0; file >> child;) children.push_back(child);
    std::sort(children.begin(), children.end());
    return children;
}

// One that has ended may still be there, for whoever asks for its exit code.
bool lives(pid_t process) {
    std::ifstream file(fmt::format("/proc/{}/stat", process));
    std::string number;
    std::string name;
    std::string state;
    return (file >> number >> name >> state) && state != "Z";
}

// Whose epochs take some hundredths of a second.
const Words kLong{"train",        "--data-dir", "tiny",        "--hidden", "2000,300", "--threads", "1",
                  "--batch-size", "150",        "--optimizer", "adam",     "--epochs", "100"};

}  // namespace

TEST_CASE("mpirun: 1, 2 and 4 ranks of 1 and 2 threads write one result, with the bits of a process alone") {
    const Workshop workshop;
    REQUIRE(workshop.mnist(kTraining + Words{"--epochs", "2", "--out", "alone.json"}).exit_code == 0);
    const Words expected = hashes(workshop, "alone.json");
    REQUIRE(expected.size() == 3);
    for (const auto& [count, threads] :
         std::vector<std::pair<int, std::string>>{{1, "1"}, {2, "2"}, {4, "1"}}) {
        const std::string file = fmt::format("r{}.json", count);
        const Finished finished = run(
            ranks(workshop, count, kTraining + Words{"--epochs", "2", "--threads", threads, "--out", file}));
        CAPTURE(count, finished.output, finished.error);
        REQUIRE(finished.exit_code == 0);
        CHECK(hashes(workshop, file) == expected);
        CHECK(contains(finished.output, fmt::format("what `compare` can judge  mpirun -n {} ", count)));
        const auto result = workshop.json_of(file);
        const auto& cluster = result.at("cluster");
        CHECK(cluster.at("ranks").size() == static_cast<std::size_t>(count));
        CHECK(cluster.at("idle_ranks") == std::max(0, count - 2));  // of 150 rows, which are two leaves
        CHECK(cluster.at("mixed") == false);
        const auto& shares = result.at("runs")[0].at("ranks");
        CHECK(shares.at("compute_share").get<double>() + shares.at("exchange_share").get<double>() ==
              Approx(1));
    }
    CHECK(workshop.default_results().empty());
}

TEST_CASE("mpirun: data that differ are refused before the first step, and may come from the first rank") {
    const Workshop workshop;
    write_tiny_data(workshop.folder() / "other");
    fs::copy_file(workshop.folder() / "tiny" / "t10k-labels-idx1-ubyte",
                  workshop.folder() / "other" / "t10k-labels-idx1-ubyte",
                  fs::copy_options::overwrite_existing);
    std::string images = workshop.text_of("tiny/train-images-idx3-ubyte");
    images.back() = static_cast<char>(images.back() ^ 1);
    fs::remove(workshop.folder() / "other" / "train-images-idx3-ubyte");
    workshop.write("other/train-images-idx3-ubyte", images);
    const Words common{"train", "--hidden", "8", "--epochs", "1", "--threads", "1", "--out", "r.json"};
    const auto both = [&](const Words& more, const std::string& second) {
        const Words words = common + more;
        return run(mpirun(workshop, Words{"-n", "1", MNIST_PROGRAM} + words + Words{"--data-dir", "tiny"} +
                                        Words{":", "-n", "1", MNIST_PROGRAM} + words +
                                        Words{"--data-dir", second}));
    };
    const Finished refused = both({}, "other");
    CAPTURE(refused.output, refused.error);
    CHECK(refused.exit_code == 2);
    CHECK(messages(refused.error) == 1);
    CHECK(contains(refused.error, "rank 1 ("));
    CHECK(contains(refused.error, "dataset.sha256"));
    CHECK(contains(refused.error, "--data-from-root"));
    CHECK_FALSE(fs::exists(workshop.folder() / "r.json"));
    const Finished missing = both({}, "nowhere");
    CHECK(missing.exit_code == 2);
    CHECK(messages(missing.error) == 1);
    CHECK(contains(missing.error, "rank 1 ("));
    const Finished handed = both({"--data-from-root"}, "nowhere");
    CAPTURE(handed.output, handed.error);
    CHECK(handed.exit_code == 0);
    CHECK(fs::exists(workshop.folder() / "r.json"));
}

TEST_CASE("mpirun: ranks with other instructions are refused, or allowed and marked") {
    const Workshop workshop;
    const auto both = [&](const Words& more) {
        const Words words = kTraining + Words{"--epochs", "1", "--out", "r.json"} + more;
        return run(mpirun(workshop, Words{"-n", "1", MNIST_PROGRAM} + words +
                                        Words{":", "-n", "1", "-x", "MNIST_MAX_ISA=baseline", MNIST_PROGRAM} +
                                        words));
    };
    const Finished refused = both({});
    CAPTURE(refused.output, refused.error);
    if (refused.exit_code == 0) return;  // the machine has no more than the baseline
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, "program.isa"));
    CHECK(contains(refused.error, "--allow-mixed"));
    const Finished allowed = both({"--allow-mixed"});
    CAPTURE(allowed.output, allowed.error);
    CHECK(allowed.exit_code == 0);
    CHECK(workshop.json_of("r.json").at("cluster").at("mixed") == true);
}

TEST_CASE("mpirun: a setting that is wrong is told once") {
    const Workshop workshop;
    for (const Words& wrong : {Words{"--jobs", "2"}, Words{"--epochs", "x"}, Words{"--epohcs", "1"}}) {
        const Finished finished = run(ranks(workshop, 2, kTraining + wrong));
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(messages(finished.error) == 1);
        CHECK(contains(finished.error, wrong.front()));
    }
}

namespace {

void stop_by(int signal) {
    const Workshop workshop;
    // Epochs of tenths of a second: while mpirun ends, nobody reads what a rank prints, and 4 kB fit.
    Process process(ranks(
        workshop, 2, kLong + Words{"--hidden", "4000,2000", "--epochs", "10000", "--out", "r.json"}, "3"));
    REQUIRE(process.wait_for_output("Epoch ", 2));
    const auto begin = Clock::now();
    process.send(signal);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(Clock::now() - begin < std::chrono::seconds{10});
    CHECK(workshop.json_of("r.json").at("interrupted") == true);
}

}  // namespace

TEST_CASE("mpirun: on SIGTERM all stop behind the same step, and the result so far is kept") {
    stop_by(SIGTERM);
}

TEST_CASE("mpirun: on Ctrl-C all stop behind the same step, and the result so far is kept", "[slow]") {
    stop_by(SIGINT);
}

TEST_CASE("mpirun: mnist_bench measures what ranks do together, which is what a process alone does") {
    const Workshop workshop;
    Launch alone =
        workshop.launch({"--data-dir", "tiny", "--threads", "1", "--epochs", "2", "--rows-per-rank", "150",
                         "--benchmark_filter=Train/Adam/", "--benchmark_out=a.json"});
    alone.program = MNIST_BENCH_PROGRAM;
    REQUIRE(run(alone).exit_code == 0);
    const Finished finished =
        run(bench_ranks(workshop, 2,
                        {"--epochs", "2", "--rows-per-rank", "75", "--benchmark_min_time=0.01",
                         "--benchmark_repetitions=2", "--benchmark_filter=Exchange/bytes:(64|1024)/|Adam/"}));
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "what `compare` can judge  mpirun -n 2 "));
    const auto result = workshop.json_of("b.json");
    const auto row = [](const nlohmann::json& file, const std::string& name) {
        for (const auto& one : file.at("benchmarks"))
            if (one.at("run_name").get<std::string>().starts_with(name) &&
                one.value("repetition_index", 0) == 0 && one.at("run_type") == "iteration")
                return one;
        FAIL("no row " << name);
        return nlohmann::json();
    };
    const auto together = row(result, "Train/Adam/rows_per_rank:75/ranks:2");
    const auto same = row(workshop.json_of("a.json"), "Train/Adam/rows_per_rank:150/ranks:1");
    for (const char* const key : {"train_loss", "test_loss", "test_accuracy"})
        CHECK(together.at(key) == same.at(key));
    CHECK(together.at("compute_share").get<double>() + together.at("exchange_share").get<double>() ==
          Approx(1));
    CHECK(together.at("idle_ranks") == 0);
    CHECK_FALSE(same.contains("compute_share"));
    CHECK(row(result, "Step/Adam/rows_per_rank:75/ranks:2").at("exchange_share") > 0);
    CHECK(row(result, "Calibrate/Exchange/bytes:1024/ranks:2").at("sent_bytes") == 1024);
    const auto& context = result.at("context");
    CHECK(context.contains("mnist.cluster.ranks.1.host"));
    CHECK_FALSE(context.contains("mnist.cluster.ranks.2.host"));
}

TEST_CASE("mpirun: what mnist_bench measures in one process is refused of several, and told once") {
    const Workshop workshop;
    for (const Words& wrong :
         {Words{"--score"}, Words{"--benchmark_filter", "Infer"}, Words{"--rows-per-rank", "101"}}) {
        const Finished finished = run(bench_ranks(workshop, 2, wrong));
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(messages(finished.error, "mnist_bench: ") == 1);
        CHECK(contains(finished.error, wrong.front()));
    }
    CHECK_FALSE(fs::exists(workshop.folder() / "b.json"));
}

TEST_CASE("mpirun: a rank of mnist_bench that is killed ends all, and there is no result") {
    const Workshop workshop;
    Process process(bench_ranks(
        workshop, 2, {"--rows-per-rank", "75", "--benchmark_filter=Step/Adam", "--benchmark_min_time=60"},
        "1"));
    REQUIRE(process.wait_for_error(" build "));
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    const auto begin = Clock::now();
    ::kill(children_of(process.id()).at(1), SIGKILL);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(Clock::now() - begin < std::chrono::seconds{10});
    CHECK(contains(finished.error, "mnist_bench: rank 1 ("));
    CHECK(contains(finished.error, "ended before its time"));
    CHECK_FALSE(fs::exists(workshop.folder() / "b.json"));
}

TEST_CASE("mpirun: a rank that is killed, or does not answer, ends all within ten seconds, and others resume",
          "[slow]") {
    const Workshop workshop;
    const auto [signal, words] = GENERATE(std::pair<int, std::string>{SIGKILL, "ended before its time"},
                                          std::pair<int, std::string>{SIGSTOP, "does not answer"});
    Process process(ranks(workshop, 3, kLong + Words{"--checkpoint", "c"}, "1"));
    REQUIRE(process.wait_for_output("Epoch ", 5));
    const std::vector<pid_t> children = children_of(process.id());
    REQUIRE(children.size() == 3);
    const auto begin = Clock::now();
    ::kill(children.at(1), signal);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(Clock::now() - begin < std::chrono::seconds{10});
    const auto any_lives = [&] { return std::any_of(children.begin(), children.end(), lives); };
    while (any_lives() && Clock::now() - begin < std::chrono::seconds{10})
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    CHECK_FALSE(any_lives());
    CHECK(finished.exit_code != 0);
    CHECK(contains(finished.error, words));
    CHECK(contains(finished.error, "mnist: rank 1 ("));
    CHECK(messages(finished.error) <= 2);  // beside it that it was asked to stop
    // From the checkpoint on with two ranks, to an end that comes soon.
    const Finished resumed = run(ranks(workshop, 2, {"train", "--resume", "c", "--out", "r.json"}));
    CAPTURE(resumed.output, resumed.error);
    REQUIRE(resumed.exit_code == 0);
    REQUIRE(workshop.mnist(kLong + Words{"--out", "a.json"}).exit_code == 0);
    CHECK(hashes(workshop, "r.json") == hashes(workshop, "a.json"));
}

TEST_CASE("mpirun: ranks that are killed at once are named by one that lives", "[slow]") {
    const Workshop workshop;
    Process process(ranks(workshop, 3, kLong + Words{"--out", "r.json"}, "1"));
    REQUIRE(process.wait_for_output("Epoch ", 2));
    const std::vector<pid_t> children = children_of(process.id());
    for (const std::size_t rank : {0U, 1U}) ::kill(children.at(rank), SIGKILL);
    const Finished finished = process.finish();
    CAPTURE(finished.output, finished.error);
    CHECK(contains(finished.error, "mnist: rank 0 ("));
    CHECK(contains(finished.error, ", rank 1 ("));
    CHECK(messages(finished.error) == 1);
    CHECK_FALSE(fs::exists(workshop.folder() / "r.json"));
}

TEST_CASE("mpirun: a full disk on the first rank is one message, and all end", "[slow]") {
    const Workshop workshop;
    const Finished finished =
        run(ranks(workshop, 2, kTraining + Words{"--epochs", "1", "--out", "/dev/full"}, "1"));
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code != 0);
    CHECK_FALSE(finished.timed_out);
    CHECK(messages(finished.error) == 1);
}
