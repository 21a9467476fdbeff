// The result files: strict JSON in Google Benchmark's schema, with our facts and counters.
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "catch.hpp"
#include "fixtures.hpp"
#include "mnist/step/precision.hpp"

using namespace mnist::testing;
using mnist::Precision;
using mnist::precision_obstacle;
using nlohmann::json;

namespace {

// nlohmann's parser is strict: NaN, Infinity, comments, trailing commas and bytes that are no UTF-8 are
// errors.
json result_of(const Workshop& workshop, std::vector<std::string> arguments,
               const std::string& least_s = "0.001") {
    arguments.insert(arguments.end(), {"--benchmark_min_time=" + least_s, "--benchmark_out=r.json"});
    const Finished finished = workshop.mnist(arguments);
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    return workshop.json_of("r.json");
}

json result_of_tiny(const Workshop& workshop, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--data-dir", "tiny"});
    return result_of(workshop, std::move(arguments));
}

std::vector<json> runs_of(const json& result, const std::string& name) {
    std::vector<json> runs;
    for (const json& run : result.at("benchmarks")) {
        if (run.at("name") == name) runs.push_back(run);
    }
    return runs;
}

}  // namespace

TEST_CASE("results: the library's schema with machine, build, data, configuration and peaks in the context") {
    const Workshop workshop;
    const json result = result_of_tiny(
        workshop, {"--benchmark_filter=^Train/Adam/batch:64$", "--threads", "1", "--epochs", "1"});
    const json& context = result.at("context");
    for (const char* const key : {"date",
                                  "host_name",
                                  "executable",
                                  "num_cpus",
                                  "caches",
                                  "load_avg",
                                  "library_build_type",
                                  "mnist.schema",
                                  "mnist.created",
                                  "mnist.machine.cpu_model",
                                  "mnist.machine.isa",
                                  "mnist.machine.instructions",
                                  "mnist.build.build_type",
                                  "mnist.build.commit",
                                  "mnist.dataset.sha256",
                                  "mnist.dataset.synthetic",
                                  "mnist.config.epochs",
                                  "mnist.config.seed",
                                  "mnist.primitives.fc1.forward",
                                  "mnist.fma_peak_gflops.threads:1",
                                  "mnist.interrupted"}) {
        CAPTURE(key);
        CHECK(context.contains(key));
    }
    for (const auto& [key, value] : context.items()) {
        if (key.starts_with("mnist.")) CHECK(value.is_string());
    }
    CHECK(context.at("mnist.config.threads") == "1");
    CHECK(context.at("mnist.dataset.train_samples") == "200");
}

TEST_CASE("results: variables that bind OpenMP's threads take no CPU away, and taskset's limit stays") {
    const Workshop workshop;
    int number = 0;
    const auto context_of = [&](Launch launch) {
        const std::string file = "r" + std::to_string(number++) + ".json";
        launch.arguments = {"--benchmark_filter=^Relu/Forward/width:64/batch:64$",
                            "--benchmark_min_time=0.001", "--benchmark_out=" + file};
        const Finished finished = run(launch);
        CAPTURE(finished.error);
        REQUIRE(finished.exit_code == 0);
        return workshop.json_of(file).at("context");
    };
    const json usual = context_of(workshop.launch({}));
    CHECK(usual.at("mnist.config.threads_chosen") == "auto");
    CHECK(usual.at("mnist.config.threads") == usual.at("mnist.machine.usable_cores"));
    for (const auto& environment : binding_environments()) {
        CAPTURE(environment.begin()->first);
        Launch launch = workshop.launch({});
        launch.environment = environment;
        const json bound = context_of(launch);
        CHECK(bound.at("mnist.machine.usable_threads") == usual.at("mnist.machine.usable_threads"));
        CHECK(bound.at("mnist.config.threads") == usual.at("mnist.config.threads"));
        CHECK(context_of(on_one_cpu(launch)).at("mnist.config.threads") == "1");
    }
}

TEST_CASE("results: how many workers auto chose stands beside each training, and how it was divided") {
    const Workshop workshop;
    const json result = result_of_tiny(
        workshop, {"--benchmark_filter=^(Train|Step)/Adam/batch:64$", "--epochs", "1", "--threads", "auto"});
    const auto most = std::stoul(result.at("context").at("mnist.machine.usable_threads").get<std::string>());
    for (const char* const name : {"Train/Adam/batch:64", "Step/Adam/batch:64"}) {
        const double workers = runs_of(result, name).at(0).at("workers");
        CHECK(workers >= 1);
        CHECK(workers <= static_cast<double>(most));
        const std::string grid = result.at("context").at("mnist.grid.Adam/batch:64");
        CHECK(grid.starts_with(std::to_string(static_cast<int>(workers)) + " worker"));
    }
    const Workshop other;
    const json two = result_of_tiny(
        other, {"--benchmark_filter=^Train/Adam/batch:64$", "--epochs", "1", "--threads", "2"});
    CHECK(runs_of(two, "Train/Adam/batch:64").at(0).at("workers") == 2);
}

TEST_CASE("results: Train has speed, quality and load as flat numbers") {
    const Workshop workshop;
    const json result = result_of_tiny(
        workshop, {"--benchmark_filter=^Train/Adam/batch:16$", "--threads", "1", "--epochs", "3"});
    const std::vector<json> runs = runs_of(result, "Train/Adam/batch:16");
    REQUIRE(runs.size() == 1);
    for (const char* const key :
         {"samples_per_second", "gflops", "peak_fraction", "peak_gflops", "train_loss", "test_loss",
          "test_accuracy", "seed", "load_average", "involuntary_switches"}) {
        CAPTURE(key);
        REQUIRE(runs.front().contains(key));
        CHECK(runs.front().at(key).is_number());
    }
    CHECK(runs.front().at("iterations") == 3);
    // What Conbench and others take for the rate.
    CHECK(runs.front().at("items_per_second") == runs.front().at("samples_per_second"));
    // 64-128-64-4 costs 2 * (2 * 8192 + 3 * 8192 + 3 * 256) FLOP a sample.
    const double samples = runs.front().at("samples_per_second");
    CHECK(runs.front().at("gflops").get<double>() == Approx(samples * 83'456 * 1e-9));
    const double share = runs.front().at("peak_fraction");
    CHECK(share ==
          Approx(runs.front().at("gflops").get<double>() / runs.front().at("peak_gflops").get<double>()));
    // An iteration is an epoch of 200 images.
    CHECK(runs.front().at("real_time").get<double>() == Approx(200 / samples * 1e3));
}

TEST_CASE(
    "results: repetition r trains with seed + r and has counters of its own, interleaved or not, warmed up "
    "or not") {
    for (const std::vector<std::string>& more : {std::vector<std::string>{},
                                                 {"--benchmark_enable_random_interleaving"},
                                                 {"--benchmark_min_warmup_time=0.05"}}) {
        const Workshop workshop;
        std::vector<std::string> arguments{"--benchmark_filter=^Train/(Adam|SGD)/batch:64$",
                                           "--threads",
                                           "1",
                                           "--epochs",
                                           "2",
                                           "--seed",
                                           "7",
                                           "--benchmark_repetitions=3"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const json result = result_of_tiny(workshop, arguments);
        for (const char* const name : {"Train/Adam/batch:64", "Train/SGD/batch:64"}) {
            const std::vector<json> runs = runs_of(result, name);
            REQUIRE(runs.size() == 3);
            std::set<double> losses;
            for (const json& run : runs) {
                CHECK(run.at("seed").get<int>() == 7 + run.at("repetition_index").get<int>());
                losses.insert(run.at("train_loss").get<double>());
            }
            CHECK(losses.size() == 3);
            // Other tools would take statistics for measurements.
            CHECK(runs_of(result, std::string(name) + "_median").empty());
        }
    }
}

TEST_CASE("results: the same repetition of another run trains to the same bits") {
    const std::vector<std::string> arguments{"--benchmark_filter=^Train/Adam/batch:64$", "--epochs", "2",
                                             "--seed", "3"};
    const Workshop once;
    const Workshop again;
    const json first = result_of_tiny(once, arguments).at("benchmarks").at(0);
    const json second = result_of_tiny(again, arguments).at("benchmarks").at(0);
    for (const char* const key : {"train_loss", "test_loss", "test_accuracy"})
        CHECK(first.at(key) == second.at(key));
}

TEST_CASE("results: Infer has latencies in order, Step the shares of its phases, Loader samples") {
    const Workshop workshop;
    const json result = result_of_tiny(
        workshop, {"--benchmark_filter=^Infer/batch:16$|^Step/Adam/batch:64$|^Loader/batch:64/threads:1$",
                   "--threads", "1"});
    const json infer = runs_of(result, "Infer/batch:16").at(0);
    double before = 0;
    for (const auto& [key, calls] :
         {std::pair{"p50_us", 2}, {"p90_us", 10}, {"p99_us", 100}, {"max_us", 1}}) {
        CAPTURE(key);
        REQUIRE(infer.contains(key) == (infer.at("iterations").get<int>() >= calls));
        if (!infer.contains(key)) continue;
        CHECK(infer.at(key).get<double>() >= before);
        before = infer.at(key).get<double>();
    }
    CHECK(infer.at("samples_per_second") > 0);
    const json step = runs_of(result, "Step/Adam/batch:64").at(0);
    const double shares = step.at("rows_share").get<double>() + step.at("weights_share").get<double>() +
                          step.at("waiting_share").get<double>();
    CHECK(shares == Approx(1.0));
    CHECK(runs_of(result, "Loader/batch:64/threads:1").at(0).at("samples_per_second") > 0);
}

TEST_CASE("results: Infer on two threads is a row beside that on one, with the same logits") {
    const Workshop workshop;
    const json result = result_of_tiny(workshop, {"--benchmark_filter=^Infer/batch:64", "--threads", "2"});
    const json alone = runs_of(result, "Infer/batch:64").at(0);
    const json together = runs_of(result, "Infer/batch:64/threads:2").at(0);
    CHECK(together.at("samples_per_second") > 0);
    CHECK(together.at("test_accuracy") == alone.at("test_accuracy"));
    CHECK(runs_of(result, "Infer/batch:64/precision:int8/threads:2").size() == 1);
}

TEST_CASE("results: Infer has the accuracy of each precision beside its speed") {
    const Workshop workshop;
    const std::string obstacle = precision_obstacle(Precision::bf16).value_or("");
    const Finished finished =
        workshop.mnist({"--data-dir", "tiny", "--benchmark_filter=^Infer/batch:16", "--threads", "1",
                        "--benchmark_min_time=0.001", "--benchmark_out=r.json"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);  // a row that this CPU cannot run is no failure
    const json result = workshop.json_of("r.json");
    REQUIRE(result.at("benchmarks").size() == 3);
    for (const json& run : result.at("benchmarks")) {
        CAPTURE(run.dump());
        if (!obstacle.empty() && run.at("name") == "Infer/batch:16/precision:bf16") {
            CHECK(contains(run.at("error_message"), obstacle));
            continue;
        }
        CHECK(!run.contains("error_occurred"));
        CHECK(run.at("samples_per_second") > 0);
        // The tiny set's test images are told apart by chance at worst, by the brightest quadrant at best.
        CHECK(run.at("test_accuracy") >= 25);
    }
    CHECK(runs_of(result, "Infer/batch:16/precision:int8").size() == 1);
}

TEST_CASE("results: the record is trained to its end and fails where it misses its target") {
    const Workshop workshop;
    const Finished finished =
        workshop.mnist({"--data-dir", "tiny", "--benchmark_filter=^TimeToAccuracy/Record$", "--threads", "1",
                        "--benchmark_out=r.json"});
    const json run = workshop.json_of("r.json").at("benchmarks").at(0);
    CAPTURE(finished.output, run.dump());
    // A few steps on 200 images: whether that is enough is decided by the accuracy alone.
    if (run.contains("error_occurred")) {
        CHECK(finished.exit_code == 1);
        CHECK(contains(run.at("error_message"), "97 % were wanted"));
    } else {
        CHECK(run.at("test_accuracy") >= 97);
        CHECK(run.at("seconds_to_target").get<double>() == Approx(run.at("real_time").get<double>()));
    }
}

TEST_CASE("results: primitives say in their labels what ran") {
    const Workshop workshop;
    const json result = result_of(
        workshop, {"--benchmark_filter=^InnerProduct/.*/in:128/out:64/batch:64$|^OptimizerStep/Adam"});
    REQUIRE(result.at("benchmarks").size() == 4);
    for (const json& run : result.at("benchmarks")) {
        CHECK(!run.at("label").get<std::string>().empty());
        CHECK(!run.contains("error_occurred"));
        const bool flagged = contains(run.at("label"), "reference loop");
        CHECK(run.contains("fallback") == flagged);
    }
    CHECK(!result.at("context").contains("mnist.dataset.name"));
}

TEST_CASE("results: primitives side by side count what all threads did") {
    const Workshop workshop;
    const json result =
        result_of(workshop,
                  {"--threads", "1,3",
                   "--benchmark_filter=^(InnerProduct/Forward/in:64.*batch:64|Relu/Forward/width:64/batch:64|"
                   "SoftmaxCrossEntropy.*batch:64|OptimizerStep/SGD.*)/threads:3$"},
                  "0.02");  // so long that a time slice of another program is little of it
    REQUIRE(result.at("benchmarks").size() == 4);
    for (const json& run : result.at("benchmarks")) {
        CAPTURE(run.dump());
        CHECK(!run.contains("error_occurred"));
        const bool product = contains(run.at("name"), "InnerProduct");
        const double work = product                               ? 2.0 * 64 * 64 * 10
                            : contains(run.at("name"), "Relu")    ? 2.0 * 64 * 64 * 4
                            : contains(run.at("name"), "Softmax") ? 2.0 * 64 * 16 * 4 + 64
                                                                  : 3.0 * 109'386 * 4;
        const double calls = run.at(product ? "gflops" : "gb_per_second").get<double>() * 1e9 / work;
        // Those of the first thread at least, whose time is the row's. The rate is by the clock until the
        // last thread ends, which on a busy machine can be much later: only the order of magnitude is
        // certain.
        const double of_first = 1e6 / run.at("real_time").get<double>();
        CHECK(calls > 0.1 * of_first);
        CHECK(calls < 100 * of_first);
        if (product) CHECK(run.at("peak_gflops").get<double>() > 0);
    }
    CHECK(result.at("context").contains("mnist.fma_peak_gflops.threads:3"));
}

TEST_CASE("results: a repetition beside busy loops is marked, warned of and counted at the end") {
    const Workshop workshop;
    const BusyMachine busy;
    const Finished finished =
        workshop.mnist({"--benchmark_filter=^OptimizerStep/SGD", "--benchmark_min_time=0.1",
                        "--benchmark_repetitions=2", "--benchmark_out=r.json"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    CHECK(contains(finished.output, "disturbed=1"));
    CHECK(!contains(finished.output, "other_cpu_share"));
    CHECK(contains(finished.error, " is disturbed: other processes took "));
    CHECK(contains(finished.error, "disturbed repetitions: 2 of 2 (at worst, other processes took "));
    const json result = workshop.json_of("r.json");
    CHECK(result.at("benchmarks").size() == 2);
    for (const json& run : result.at("benchmarks")) {
        CHECK(run.at("run_type") == "iteration");
        CHECK(run.at("disturbed") == 1);
        CHECK(run.at("other_cpu_share") > 0.1);
    }
}

TEST_CASE("results: calibration is sane") {
    const Workshop workshop;
    const json result =
        result_of(workshop, {"--benchmark_filter=^Calibrate/.*/threads:1$", "--threads", "1"});
    const double gflops = runs_of(result, "Calibrate/FmaPeak/threads:1").at(0).at("gflops");
    CHECK((gflops > 0.1 && gflops < 10'000));
    const double bandwidth = runs_of(result, "Calibrate/TriadBandwidth/threads:1").at(0).at("gb_per_second");
    CHECK((bandwidth > 0.1 && bandwidth < 10'000));
    const double barrier = runs_of(result, "Calibrate/Barrier/threads:1").at(0).at("barrier_ns");
    CHECK((barrier > 0 && barrier < 1e6));
}

TEST_CASE("results: a list of threads gives each its runs and its peak") {
    const Workshop workshop;
    const json result = result_of_tiny(
        workshop, {"--benchmark_filter=^Train/SGD/batch:64/", "--threads", "1,2", "--epochs", "1"});
    CHECK(runs_of(result, "Train/SGD/batch:64/threads:1").size() == 1);
    CHECK(runs_of(result, "Train/SGD/batch:64/threads:2").size() == 1);
    CHECK(result.at("context").contains("mnist.fma_peak_gflops.threads:1"));
    CHECK(result.at("context").contains("mnist.fma_peak_gflops.threads:2"));
    CHECK(result.at("context").at("mnist.config.threads") == "1,2");
}

TEST_CASE("results: statistics of counters that are always 0 leave the file strict JSON") {
    const Workshop workshop;
    const json result =
        result_of(workshop, {"--benchmark_filter=^Relu/Forward/width:64/batch:64$",
                             "--benchmark_repetitions=3", "--benchmark_report_aggregates_only"});
    CHECK(runs_of(result, "Relu/Forward/width:64/batch:64").empty());
    CHECK(runs_of(result, "Relu/Forward/width:64/batch:64_cv").size() == 1);
}

TEST_CASE("results: JSON on standard output is whole and alone there") {
    const Workshop workshop;
    const Finished finished = workshop.mnist({"--benchmark_filter=^Relu/Forward/width:64/batch:64$",
                                              "--benchmark_min_time=0.001", "--benchmark_format=json"});
    REQUIRE(finished.exit_code == 0);
    CHECK(json::parse(finished.output).at("benchmarks").size() == 1);
}
