// From files to rows: units, seeds, shares, and rows that measure a rate.
#include "mnist/compare/measurements.hpp"

#include "catch.hpp"

namespace mnist {
namespace {

BenchRepetition repetition(const std::string& name, double seconds, std::map<std::string, double> counters) {
    return {.name = name, .seconds = seconds, .counters = std::move(counters), .label = {}, .index = {}};
}

}  // namespace

TEST_CASE("measurements: a bench file's repetitions are rows with accuracies, seeds and shares") {
    BenchResult result;
    result.context = {{"mnist.schema", "mnist-bench/1"}, {"mnist.dataset.test_samples", "10000"}};
    result.repetitions = {
        repetition("Train/Adam", 0.5, {{"test_accuracy", 97}, {"seed", 3}, {"steal_share", 0.1}}),
        repetition("Infer/1", 0.25, {{"peak_fraction", 0.5}, {"peak_gflops", 100}}),
        repetition("Train/Adam", 0.75, {{"test_accuracy", 98}, {"seed", 4}, {"steal_share", 0.001}})};
    const Measurements measured = measurements_of(result, "x.json");
    REQUIRE(measured.rows.size() == 2);
    CHECK(measured.rows[0].seconds == std::vector<double>{0.5, 0.75});
    CHECK(measured.rows[0].accuracy.percent == std::vector<double>{97, 98});
    CHECK(measured.rows[0].accuracy.seeds == std::vector<std::uint64_t>{3, 4});
    CHECK(measured.rows[0].accuracy.test_samples == 10000U);
    CHECK(measured.rows[0].disturbed == 1);
    CHECK(measured.rows[1].peak_gflops == std::vector<double>{100});
}

TEST_CASE(
    "measurements: what oneDNN chose is read from our labels, and not from those of others or of the "
    "machine") {
    BenchResult result;
    result.context = {{"mnist.schema", "mnist-bench/1"}};
    result.repetitions = {repetition("Step/SGD", 1, {}), repetition("Calibrate/TriadBandwidth", 1, {})};
    for (BenchRepetition& one : result.repetitions) one.label = "gemm:jit";
    const Measurements ours = measurements_of(result, "x.json");
    CHECK(ours.rows[0].primitives == "gemm:jit");
    CHECK(ours.rows[1].primitives.empty());
    Measurements pool = measurements_of(result, "x.json");
    pool.rows[0].primitives.clear();
    pool_into(pool, ours);
    CHECK(pool.rows[0].primitives == "gemm:jit");
    result.context.clear();
    CHECK(measurements_of(result, "x.json").rows[0].primitives.empty());
}

TEST_CASE("measurements: percentiles of latencies are read in seconds, the greatest call is not") {
    BenchResult result;
    result.repetitions = {
        repetition("Infer/1", 1e-5, {{"p50_us", 10}, {"p90_us", 12}, {"p99_us", 20}, {"max_us", 9000}}),
        repetition("Infer/1", 1e-5, {{"p50_us", 11}, {"p99_us", 0}})};
    Measurements measured = measurements_of(result, "x.json");
    const auto& latencies = measured.rows[0].latencies;
    REQUIRE(latencies.size() == 3);
    CHECK(latencies.at("p50") == std::vector<double>{10 * 1e-6, 11 * 1e-6});
    CHECK(latencies.at("p90") == std::vector<double>{12 * 1e-6});
    CHECK(latencies.at("p99") == std::vector<double>{20 * 1e-6});
    pool_into(measured, measurements_of(result, "y.json"));
    CHECK(measured.rows[0].latencies.at("p50").size() == 4);
}

TEST_CASE("measurements: a row is disturbed where more than a quarter of its repetitions were") {
    MeasuredRow row;
    row.seconds.resize(8, 1.0);
    row.disturbed = 2;
    CHECK_FALSE(is_disturbed(row));
    row.disturbed = 3;
    CHECK(is_disturbed(row));
    row.seconds.resize(1);
    row.disturbed = 1;
    CHECK(is_disturbed(row));
    row.disturbed = 0;
    CHECK_FALSE(is_disturbed(row));
}

TEST_CASE("measurements: repetitions are disturbed by the one rule, in files of any age") {
    BenchResult result;
    // Beside two busy loops and alone, in a file that counts switches and waiting only; then with new facts.
    result.repetitions = {
        repetition("Step/SGD", 1.391e-3, {{"involuntary_switches", 247}, {"waiting_share", 0.58}}),
        repetition("Step/SGD", 0.328e-3, {{"involuntary_switches", 41}, {"waiting_share", 0.04}}),
        repetition("Step/SGD", 0.328e-3, {{"other_cpu_share", 0.48}}),
        repetition("Step/SGD", 0.328e-3, {{"other_cpu_share", 0.01}})};
    for (BenchRepetition& one : result.repetitions) one.iterations = 256;
    CHECK(measurements_of(result, "x.json").rows.at(0).disturbed == 2);
}

TEST_CASE("measurements: a training's disturbed runs are counted") {
    TrainResult result;
    result.runs.resize(3);
    for (RunRecord& run : result.runs) run.epochs.assign(1, {{}, {}, {}, 1, 0});
    result.runs[1].disturbance.other_cpu_share = 0.3;
    CHECK(measurements_of(result, "x.json").rows.at(0).disturbed == 1);
}

TEST_CASE("measurements: more than all of a peak is no share, and what it was measured by no peak") {
    BenchResult bench;
    bench.repetitions = {repetition("A", 1, {{"peak_fraction", 1.27}, {"peak_gflops", 100}}),
                         repetition("A", 1, {{"peak_fraction", 1}, {"peak_gflops", 127}})};
    const MeasuredRow row = measurements_of(bench, "x.json").rows.at(0);
    CHECK(row.peak_fractions == std::vector<double>{1});
    CHECK(row.peak_gflops == std::vector<double>{127});

    TrainResult train;
    train.dataset.rows = train.dataset.columns = train.dataset.classes = 10;
    train.fma_peak_gflops = 100;
    train.runs.resize(1);
    train.runs[0].epochs.assign(1, {{}, {}, {}, 1, 0});
    train.runs[0].samples_per_second = 1e6;
    CHECK(measurements_of(train, "x.json").rows.at(0).peak_fractions.empty());
    train.fma_peak_gflops = 1000;
    CHECK(measurements_of(train, "x.json").rows.at(0).peak_fractions.size() == 1);
}

TEST_CASE("measurements: a rate of the machine is compared as a rate, for its row always takes as long") {
    BenchResult result;
    result.context = {{"mnist.schema", "mnist-bench/1"}};
    result.repetitions = {repetition("Calibrate/FmaPeak/threads:1", 0.25, {{"gflops", 200}}),
                          repetition("Calibrate/TriadBandwidth/threads:1", 0.25, {{"gb_per_second", 40}}),
                          repetition("Calibrate/Barrier/threads:1", 1e-7, {{"barrier_ns", 100}}),
                          repetition("InnerProduct/Forward", 1e-4, {{"gflops", 200}})};
    const Measurements measured = measurements_of(result, "x.json");
    CHECK(measured.rows[0].seconds == std::vector<double>{0.005});
    CHECK(measured.rows[1].seconds == std::vector<double>{0.025});
    CHECK(measured.rows[2].seconds == std::vector<double>{1e-7});
    CHECK(measured.rows[3].seconds == std::vector<double>{1e-4});
    CHECK(measured.rows[2].of_machine);
    CHECK_FALSE(measured.rows[3].of_machine);
    result.context.clear();  // of another program: its names mean what they mean there
    CHECK(measurements_of(result, "x.json").rows[0].seconds == std::vector<double>{0.25});
    CHECK_FALSE(measurements_of(result, "x.json").rows[0].of_machine);
}

TEST_CASE("measurements: repetitions are in the order of their indices, rows in that of the file") {
    BenchResult result;
    result.repetitions = {repetition("B", 3, {}), repetition("A", 9, {}), repetition("B", 1, {}),
                          repetition("B", 2, {})};
    CHECK(measurements_of(result, "x.json").rows[0].seconds == std::vector<double>{3, 1, 2});
    result.repetitions[0].index = 2;
    result.repetitions[1].index = 0;
    result.repetitions[2].index = 0;
    result.repetitions[3].index = 1;
    const Measurements measured = measurements_of(result, "x.json");
    CHECK(measured.rows[0].name == "B");
    CHECK(measured.rows[0].seconds == std::vector<double>{1, 2, 3});
    CHECK(measured.rows[1].seconds == std::vector<double>{9});
}

TEST_CASE("measurements: a counter that cannot be a percentage is no accuracy") {
    BenchResult result;
    result.repetitions = {repetition("A", 1, {{"test_accuracy", 1e308}, {"seed", 0}}),
                          repetition("A", 1, {{"test_accuracy", -0.5}, {"seed", 1}}),
                          repetition("A", 1, {{"test_accuracy", 97}, {"seed", 2}})};
    const Measurements measured = measurements_of(result, "x.json");
    CHECK(measured.rows[0].seconds.size() == 3);
    CHECK(measured.rows[0].accuracy.percent == std::vector<double>{97});
    CHECK(measured.rows[0].accuracy.seeds == std::vector<std::uint64_t>{2});
}

TEST_CASE("measurements: a training whose epochs took longer than anything does is skipped by name") {
    TrainResult result;
    RunRecord run;
    run.optimizer = OptimizerKind::adam;
    run.status = RunStatus::completed;
    run.epochs.resize(2);
    for (EpochRecord& epoch : run.epochs) epoch.train_seconds = 1e308;
    result.runs.push_back(run);
    const Measurements measured = measurements_of(result, "x.json");
    CHECK(measured.rows.empty());
    REQUIRE(measured.skipped.size() == 1);
    CHECK(measured.skipped[0].name == "Adam, seed 0");
    CHECK(measured.skipped[0].reason == "its epochs have no times that could be compared");
}

TEST_CASE("measurements: an interrupted training is known as such") {
    TrainResult result;
    result.interrupted = true;
    CHECK(measurements_of(result, "x.json").facts.at("mnist.interrupted") == "true");
}

TEST_CASE("measurements: a resumed training is known as such, and how often") {
    TrainResult result;
    CHECK(!measurements_of(result, "x.json").facts.contains("mnist.resumed"));
    result.resumed.resize(2);
    CHECK(measurements_of(result, "x.json").facts.at("mnist.resumed") == "2");
}

TEST_CASE("measurements: a training of several processes is a row of its own") {
    TrainResult result;
    RunRecord run;
    run.optimizer = OptimizerKind::adam;
    run.epochs.resize(1);
    run.epochs.front().train_seconds = 1;
    result.runs.push_back(run);
    result.cluster = ClusterFacts{.library = "MPI", .ranks = std::vector<RankFacts>(1)};
    const Measurements one = measurements_of(result, "x.json");
    CHECK(one.rows.at(0).name == "Train/Adam/batch:64");
    result.cluster->ranks.resize(2);
    const Measurements two = measurements_of(result, "y.json");
    CHECK(two.rows.at(0).name == "Train/Adam/batch:64/ranks:2");
    CHECK_FALSE(can_be_pooled(one, two));
}

}  // namespace mnist
