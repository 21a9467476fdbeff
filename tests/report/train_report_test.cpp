// Whole reports against golden files that a person has looked at, and properties that hold for every report.
#include <algorithm>

#include "catch.hpp"
#include "golden_text.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "report/lines.hpp"
#include "results/sample_result.hpp"

using mnist::RunStatus;
using mnist::train_report;
using mnist::TrainResult;
using mnist_test::widest_line;

namespace {

/// Five seeds whose last accuracies and first epochs at target are those that PyTorch measured.
TrainResult five_seeds() {
    struct Measured {
        mnist_test::Course course;
        std::array<double, 5> last, best;
        std::array<int, 5> first;
    };
    const std::array<Measured, 3> measured{{{mnist_test::kSgd,
                                             {97.08, 96.99, 96.99, 96.99, 97.09},
                                             {97.08, 96.99, 96.99, 96.99, 97.09},
                                             {23, 0, 0, 0, 25}},
                                            {mnist_test::kMomentum,
                                             {97.93, 97.69, 97.92, 97.83, 98.03},
                                             {98.08, 97.98, 97.92, 97.98, 98.03},
                                             {7, 7, 6, 11, 7}},
                                            {mnist_test::kAdam,
                                             {97.63, 97.36, 97.55, 97.43, 96.77},
                                             {97.80, 97.77, 97.72, 97.67, 97.75},
                                             {7, 8, 6, 10, 6}}}};
    TrainResult result = mnist_test::sample_result();
    result.config.seeds = 5;
    result.runs.clear();
    for (std::size_t seed = 0; seed < 5; ++seed) {
        for (const Measured& optimizer : measured) {
            mnist_test::Course course = optimizer.course;
            course.last_accuracy = optimizer.last.at(seed);
            course.first_epoch = optimizer.first.at(seed);
            result.runs.push_back(mnist_test::run(course, seed, 25));
            result.runs.back().best_accuracy = optimizer.best.at(seed);
        }
    }
    return result;
}

TrainResult diverged() {
    TrainResult result = mnist_test::sample_result();
    mnist::RunRecord& run = result.runs.front();
    run.status = RunStatus::diverged;
    run.message = "the loss was no finite number at step 12 of epoch 1";
    run.epochs.assign(1, {std::nullopt, std::nullopt, std::nullopt, 0.01, 0});
    run.first_epoch_at_target.reset();
    run.seconds_to_target.reset();
    run.best_accuracy.reset();
    run.last_accuracy.reset();
    run.samples_per_second.reset();
    run.confusion_matrix.clear();
    return result;
}

TrainResult interrupted() {
    TrainResult result = mnist_test::sample_result();
    result.interrupted = true;
    result.runs.pop_back();
    mnist::RunRecord& run = result.runs.back();
    run.status = RunStatus::interrupted;
    run.epochs.resize(12);
    run.last_accuracy = run.epochs.back().test_accuracy;
    return result;
}

}  // namespace

TEST_CASE("train report: a resumed training says so once") {
    TrainResult result = mnist_test::sample_result();
    CHECK(train_report(result, {}).find("Resumed") == std::string::npos);
    result.resumed.resize(1);
    CHECK(train_report(result, {}).find("\n! Resumed once from a checkpoint: ") != std::string::npos);
    result.resumed.resize(3);
    CHECK(train_report(result, {}).find("\n! Resumed 3 times from a checkpoint: ") != std::string::npos);
}

TEST_CASE("train report: a resumed training says what its processes had where they were not alike") {
    TrainResult result = mnist_test::sample_result();
    result.machine.cpu_model = "new CPU";
    result.config.threads = 2;
    result.config.loader_threads = 0;
    result.resumed.resize(3);
    result.resumed[1].before = last_process(result);
    CHECK(whose_seconds(result) == "the seconds are of several processes");
    result.resumed[1].before = result.resumed[2].before = mnist::ProcessFacts{1, 1, "old\x1b CPU"};
    CHECK(whose_seconds(result) ==
          "the seconds are of several processes, of 1 thread (1 loader thread) on old CPU, then of 2 threads "
          "(0 loader threads) on new CPU");
    CHECK(train_report(result, {.width = 1000}).find("from a checkpoint: " + whose_seconds(result) + ".\n") !=
          std::string::npos);
}

TEST_CASE("train report: several processes say what the exchange took, and who had no rows") {
    TrainResult result = mnist_test::sample_result(1);
    CHECK(train_report(result, {}).find("trained together") == std::string::npos);
    result.cluster = mnist::ClusterFacts{
        .library = "Open MPI 4.1.4", .ranks = {{.host = "a"}, {.host = "b"}, {.host = "b"}}, .idle_ranks = 1};
    result.runs.front().ranks =
        mnist::RankShares{.compute_share = 0.75, .exchange_share = 0.25, .imbalance = 0.125};
    const std::string text = train_report(result, {.width = 1000});
    CAPTURE(text);
    CHECK(text.find("3 ranks on 2 hosts trained together, through Open MPI 4.1.4") != std::string::npos);
    CHECK(text.find("25 % of their time in the exchange, the slowest computed 12 % longer") !=
          std::string::npos);
    CHECK(text.find("1 rank had no rows") != std::string::npos);
    CHECK(text.find("these 3 threads reach") != std::string::npos);
}

TEST_CASE("train report: one seed, three optimizers") {
    mnist_test::check_golden("train_report_one_seed.txt", train_report(mnist_test::sample_result(), {}));
}

TEST_CASE("train report: five seeds") {
    mnist_test::check_golden("train_report_five_seeds.txt", train_report(five_seeds(), {}));
}

TEST_CASE("train report: a diverged run is shown as such") {
    mnist_test::check_golden("train_report_diverged.txt", train_report(diverged(), {}));
}

TEST_CASE("train report: an interrupted experiment shows the state so far") {
    mnist_test::check_golden("train_report_interrupted.txt", train_report(interrupted(), {}));
}

TEST_CASE("train report: without an epoch nothing was trained") {
    mnist_test::check_golden("train_report_no_epochs.txt", train_report(mnist_test::sample_result(0), {}));
}

TEST_CASE("train report: colour") {
    mnist_test::check_golden("train_report_colour.txt",
                             train_report(mnist_test::sample_result(), {.colour = true}));
}

TEST_CASE("train report: a narrow terminal, Fashion-MNIST") {
    TrainResult result = mnist_test::sample_result();
    result.dataset.name = "fashion-mnist";
    mnist_test::check_golden("train_report_narrow.txt", train_report(result, {.colour = false, .width = 60}));
}

TEST_CASE("train report: without colour there is no escape, with it every escape is closed") {
    const std::string plain = train_report(five_seeds(), {});
    CHECK(plain.find('\x1b') == std::string::npos);
    const std::string coloured = train_report(five_seeds(), {.colour = true});
    for (std::size_t start = 0; start < coloured.size();) {
        const std::size_t end = coloured.find('\n', start);
        const std::string line = coloured.substr(start, end - start);
        const std::size_t last = line.rfind('\x1b');
        if (last != std::string::npos) CHECK(line.substr(last, 4) == "\x1b[0m");
        start = end + 1;
    }
}

TEST_CASE("train report: no line is wider than the terminal") {
    for (const int width : {60, 72, 80, 100, 132}) {
        INFO("width " << width);
        for (const TrainResult& result :
             {mnist_test::sample_result(), five_seeds(), diverged(), interrupted()}) {
            CHECK(widest_line(train_report(result, {.colour = false, .width = width})) <=
                  static_cast<std::size_t>(width));
        }
    }
    CHECK_FALSE(train_report(five_seeds(), {.colour = false, .width = 0}).empty());
}

TEST_CASE("train report: control characters from the machine or a file do not reach the terminal") {
    TrainResult result = diverged();
    result.label = "evil\x1b]0;title\x07";
    result.machine.cpu_model = "CPU\x1b[2J\nModel";
    result.dataset.name = "a\x1b[31mb";
    result.runs[0].message = "x\x1b[1my";
    CHECK(train_report(result, {}).find('\x1b') == std::string::npos);
    CHECK(train_report(result, {}).find('\x07') == std::string::npos);
}

TEST_CASE("train report: synthetic digits are named") {
    TrainResult result = mnist_test::sample_result();
    CHECK(train_report(result, {}).find("Synthetic digits") == std::string::npos);
    result.dataset.synthetic = true;
    CHECK(train_report(result, {}).find("! Synthetic digits") != std::string::npos);
}

TEST_CASE("train report: the share of the peak is stated, and left out without a peak") {
    TrainResult result = mnist_test::sample_result();
    for (mnist::RunRecord& run : result.runs) run.samples_per_second = 245300;
    CHECK(train_report(result, {})
              .find("- Adam: 245,300 samples/s = 51 % of the 217 GFLOP/s that these 2 threads reach\n") !=
          std::string::npos);
    result.config.threads = 1;
    CHECK(train_report(result, {}).find("that this thread reaches\n") != std::string::npos);
    result.fma_peak_gflops = 4.4;  // measured while something else had the cores
    CHECK(train_report(result, {}).find("no share: the peak was measured as 4 GFLOP/s") != std::string::npos);
    CHECK(train_report(result, {}).find("% of the") == std::string::npos);
    result.fma_peak_gflops.reset();
    CHECK(train_report(result, {}).find("GFLOP/s") == std::string::npos);
}

TEST_CASE("train report: a cycle of learning rates is timed to its end, and only its end counts") {
    TrainResult result = mnist_test::sample_result();
    result.runs.clear();
    for (std::uint64_t seed = 0; seed < 3; ++seed) {
        result.runs.push_back(mnist_test::run(mnist_test::kAdam, seed, 2));
        result.runs.back().last_accuracy = seed == 1 ? 96.99 : 97.2;
        for (mnist::EpochRecord& epoch : result.runs.back().epochs)
            epoch.train_seconds = 0.1 + 0.1 * static_cast<double>(seed);
    }
    CHECK(train_report(result, {.width = 120}).find("from beginning to end") == std::string::npos);
    result.config.schedule = mnist::ScheduleKind::one_cycle;
    result.config.target_accuracy = 97;
    CHECK(train_report(result, {.width = 120})
              .find("- Adam, training from beginning to end: median 0.400 s, longest 0.600 s; 2 of 3 ended "
                    "with 97.00 % or more\n") != std::string::npos);
}

TEST_CASE("train report: bf16 is named, and has no share of the f32 peak") {
    TrainResult result = mnist_test::sample_result();
    result.config.precision = mnist::Precision::bf16;
    const std::string text = train_report(result, {.width = 100});
    CHECK(text.find("seed 0, bf16\n") != std::string::npos);
    CHECK(text.find("samples/s in bf16\n") != std::string::npos);
    CHECK(text.find("GFLOP/s") == std::string::npos);
}

TEST_CASE("report: disturbed runs are said beside the speeds, and only these") {
    const auto report = [](const TrainResult& result) { return train_report(result, {.width = 200}); };
    TrainResult result = mnist_test::sample_result();
    CHECK(report(result).find("isturbed") == std::string::npos);
    result.runs[0].disturbance.other_cpu_share = 0.3;
    result.runs[1].disturbance.other_cpu_share = 0.02;
    CHECK(report(result).find("- Disturbed runs: 1 of 3 (at worst, other processes took 30 % of the CPUs). "
                              "Measure speed again when nothing else runs\n") != std::string::npos);
    result.runs[1].disturbance.other_cpu_share = 0.5;
    CHECK(report(result).find("- Disturbed runs: 2 of 3 (at worst, other processes took 50 %") !=
          std::string::npos);
}
