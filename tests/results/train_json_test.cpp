// Writing and reading are inverse, and the file is the one that other programs rely on.
#include "mnist/results/train_json.hpp"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <regex>

#include "catch.hpp"
#include "golden_text.hpp"
#include "results/sample_result.hpp"

using mnist::parse_train_result;
using mnist::train_result_json;
using nlohmann::json;

namespace {

json written(const mnist::TrainResult& result) {
    return json::parse(train_result_json(result));
}

}  // namespace

TEST_CASE("result file: the bytes are those of the golden file") {
    mnist::TrainResult result = mnist_test::sample_result(2);
    result.interrupted = true;
    result.runs.back().status = mnist::RunStatus::interrupted;
    result.runs.front().status = mnist::RunStatus::diverged;
    result.runs.front().message = "loss not finite in epoch 2";
    result.runs.front().epochs.back() = {std::nullopt, std::nullopt, std::nullopt, 0.125, 0};
    mnist_test::check_golden("train_result.json", train_result_json(result));
}

TEST_CASE("result file: writing what was read gives the same bytes") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.runs[1].status = mnist::RunStatus::diverged;
    result.runs[2].status = mnist::RunStatus::interrupted;
    result.interrupted = true;
    result.resumed = {{"2026-01-31T13:00:00Z", 1, 4, mnist::ProcessFacts{2, 1, "a CPU"}},
                      {"2026-01-31T14:00:00Z", 2, 0, {}}};
    result.denormals_flushed = false;
    result.grid = "3 workers; 4 strips of 4 chains; blocks of 32 rows in groups of 64";
    result.config.hidden = {300, 100, 50};
    result.config.shuffle = false;
    const std::string text = train_result_json(result);
    CHECK(train_result_json(parse_train_result(text, "x.json")) == text);
}

TEST_CASE("result file: resumptions of files from before processes were told apart are read") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.resumed = {{"2026-01-31T13:00:00Z", 1, 4, mnist::ProcessFacts{2, 1, "a CPU"}}};
    nlohmann::json old = nlohmann::json::parse(train_result_json(result));
    CHECK(processes_differ(parse_train_result(old.dump(), "x.json")));
    REQUIRE(old["resumed"][0].erase("before") == 1);
    const mnist::TrainResult read = parse_train_result(old.dump(), "x.json");
    CHECK(read.resumed.at(0).epochs == 4);
    CHECK_FALSE(read.resumed.at(0).before);
    CHECK_FALSE(processes_differ(read));
}

TEST_CASE("result file: a result with nothing in it survives") {
    mnist::TrainResult empty;
    empty.config.optimizers.clear();
    empty.config.hidden.clear();
    const std::string text = train_result_json(empty);
    const mnist::TrainResult read = parse_train_result(text, "x.json");
    CHECK(read.config.hidden.empty());
    CHECK_FALSE(read.machine.sockets);
    CHECK_FALSE(read.fma_peak_gflops);
    CHECK(train_result_json(read) == text);
}

TEST_CASE("result file: files from before the CPU's numbers were kept are read, without them") {
    const mnist::TrainResult result = mnist_test::sample_result(1);
    json file = written(result);
    CHECK(parse_train_result(file.dump(), "x.json").machine.cpu_microcode == result.machine.cpu_microcode);
    for (const char* const key : {"instructions", "cpu_family", "cpu_model_number", "cpu_stepping",
                                  "cpu_microcode", "cpu_generation"}) {
        REQUIRE(file.at("machine").contains(key));
        file["machine"].erase(key);
    }
    const mnist::MachineFacts read = parse_train_result(file.dump(), "x.json").machine;
    CHECK(read.onednn_isa == result.machine.onednn_isa);
    CHECK_FALSE(read.instructions);
    CHECK_FALSE(read.cpu_family);
    CHECK_FALSE(read.cpu_model_number);
    CHECK_FALSE(read.cpu_stepping);
    CHECK_FALSE(read.cpu_microcode);
    CHECK_FALSE(read.cpu_generation);
}

TEST_CASE("result file: the precision survives, and files from before there was a choice are f32") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.config.precision = mnist::Precision::bf16;
    const std::string text = train_result_json(result);
    CHECK(parse_train_result(text, "x.json").config.precision == mnist::Precision::bf16);
    auto file = nlohmann::json::parse(text);
    file["config"].erase("precision");
    CHECK(parse_train_result(file.dump(), "x.json").config.precision == mnist::Precision::f32);
}

TEST_CASE("result file: that auto chose the threads survives, and older files do not say it") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.config.threads_auto = true;
    json file = written(result);
    CHECK(file["config"]["threads"] == 2);
    CHECK(file["config"]["threads_chosen"] == "auto");
    CHECK(parse_train_result(file.dump(), "x.json").config.threads_auto);
    file["config"].erase("threads_chosen");
    CHECK_FALSE(parse_train_result(file.dump(), "x.json").config.threads_auto);
}

TEST_CASE("result file: what disturbed a run survives, and older files know of nothing") {
    mnist::TrainResult result = mnist_test::sample_result();
    double value = 0.125;
    for (const mnist::DisturbanceFact& fact : mnist::kDisturbanceFacts) {
        result.runs[1].disturbance.*fact.value = value;
        value += 0.125;
    }
    const mnist::TrainResult read = parse_train_result(train_result_json(result), "x.json");
    for (const mnist::DisturbanceFact& fact : mnist::kDisturbanceFacts) {
        CHECK(read.runs[1].disturbance.*fact.value == result.runs[1].disturbance.*fact.value);
        CHECK(!(read.runs[0].disturbance.*fact.value));
    }
    json file = written(result);
    CHECK(file["runs"][1]["disturbance"]["throttled_share"] == 0.125);
    file["runs"][1].erase("disturbance");
    CHECK(!parse_train_result(file.dump(), "x.json").runs[1].disturbance.throttled_share);
}

TEST_CASE("result file: values arrive in their members") {
    const mnist::TrainResult read =
        parse_train_result(train_result_json(mnist_test::sample_result()), "x.json");
    CHECK(read.created == "2026-01-31T12:00:00Z");
    CHECK(read.machine.caches.at(1).instances == 8);
    CHECK(read.machine.turbo.value());
    CHECK(read.build.dirty);
    CHECK(read.build.standard_library == "libstdc++ 20220819");
    CHECK(read.dataset.test_samples == 10000);
    CHECK(read.config.optimizers.size() == 3);
    CHECK(read.config.sgd_lr == 0.011);
    CHECK(read.primitives.at(0).weights_layout == "OI16i64o");
    REQUIRE(read.runs.size() == 3);
    CHECK(read.runs[2].optimizer == mnist::OptimizerKind::adam);
    CHECK(read.runs[2].first_epoch_at_target.value() == 5);
    CHECK(read.runs[2].seconds_to_target.value() == 1.25);
    CHECK(read.runs[2].confusion_matrix == mnist_test::sample_result().runs[2].confusion_matrix);
    REQUIRE(read.runs[2].worst_mistakes.size() == 1);
    const mnist::Mistake& mistake = read.runs[2].worst_mistakes.front();
    CHECK(mistake.image.index == 321);
    CHECK(mistake.image.label == 2);
    CHECK(mistake.predicted == 7);
    CHECK(mistake.probability == 0.9375);
    CHECK(mistake.image.pixels == mnist_test::sample_result().runs[2].worst_mistakes.front().image.pixels);
    REQUIRE(read.sample_images.size() == 1);
    CHECK(read.sample_images.front().pixels.at(27) == 27);
    CHECK(read.runs[2].epochs.at(24).test_accuracy.value() == 97.51);
}

TEST_CASE("result file: doubles and 64-bit numbers keep every bit") {
    mnist::TrainResult result = mnist_test::sample_result(1);
    result.runs[0].epochs[0].train_loss = 0.1 + 0.2;
    result.runs[0].epochs[0].train_seconds = std::nextafter(1.0, 2.0);
    result.runs[0].seed = std::numeric_limits<std::uint64_t>::max();
    const mnist::TrainResult read = parse_train_result(train_result_json(result), "x.json");
    CHECK(read.runs[0].epochs[0].train_loss.value() == 0.1 + 0.2);
    CHECK(read.runs[0].epochs[0].train_seconds == std::nextafter(1.0, 2.0));
    CHECK(read.runs[0].seed == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("result file: NaN and infinities become null") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    mnist::TrainResult result = mnist_test::sample_result(1);
    result.runs[0].epochs[0] = {nan, infinity, -infinity, 1, 1};
    result.fma_peak_gflops = nan;
    const json file = written(result);
    CHECK(file["runs"][0]["epochs"][0]["train_loss"].is_null());
    CHECK(file["runs"][0]["epochs"][0]["test_loss"].is_null());
    CHECK(file["runs"][0]["epochs"][0]["test_accuracy"].is_null());
    CHECK(file["fma_peak_gflops"].is_null());
    CHECK(file["runs"][0]["peak_fraction"].is_null());
    CHECK_FALSE(parse_train_result(file.dump(), "x.json").runs[0].epochs[0].train_loss);
}

TEST_CASE("result file: the share of the peak follows from shapes, throughput and peak") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.runs[0].samples_per_second = 245300;
    // 245,300 samples/s * 454,400 FLOP / 217 GFLOP/s, by hand
    CHECK(written(result)["runs"][0]["peak_fraction"].get<double>() == Approx(0.51366).epsilon(1e-4));
    result.fma_peak_gflops = 0;
    CHECK(written(result)["runs"][0]["peak_fraction"].is_null());
}

TEST_CASE("result file: a share of more than the whole peak is null, not a figure") {
    mnist::TrainResult result = mnist_test::sample_result();
    result.runs[0].samples_per_second = 245300;
    result.runs[1].samples_per_second = 200000;
    result.fma_peak_gflops = 100;  // measured while something else had the cores: 111.5 and 90.9 GFLOP/s used
    CHECK(written(result)["runs"][0]["peak_fraction"].is_null());
    CHECK(written(result)["runs"][1]["peak_fraction"].get<double>() == Approx(0.9088).epsilon(1e-4));
}

TEST_CASE("result file: bytes that are not UTF-8 and control characters do not break it") {
    mnist::TrainResult result = mnist_test::sample_result(0);
    result.label = "caf\xe9 \x1b[31m";
    const mnist::TrainResult read = parse_train_result(train_result_json(result), "x.json");
    CHECK(read.label == "caf\xEF\xBF\xBD \x1b[31m");
}

TEST_CASE("result file: keys that nobody knows are left alone") {
    json file = written(mnist_test::sample_result(1));
    file["tomorrow"] = {{"a", 1}};
    file["runs"][0]["epochs"][0]["gradient_norm"] = 1.5;
    CHECK(parse_train_result(file.dump(), "x.json").runs.size() == 3);
}

TEST_CASE("result file: keys beyond the contract may be missing") {
    json file = written(mnist_test::sample_result(1));
    for (const char* key : {"interrupted", "resumed", "initial_weights_sha256", "primitives", "grid",
                            "fma_peak_gflops", "denormals_flushed", "sample_images"})
        file.erase(key);
    file["build"].erase("libraries");
    for (json& run : file["runs"]) {
        for (const char* key : {"status", "message", "peak_fraction", "worst_mistakes"}) run.erase(key);
    }
    for (const char* key : {"schedule", "peak_lr", "warmup"}) file["config"].erase(key);
    const mnist::TrainResult read = parse_train_result(file.dump(), "x.json");
    CHECK(read.runs[0].status == mnist::RunStatus::completed);
    CHECK(read.primitives.empty());
    CHECK_FALSE(read.interrupted);
    CHECK(read.build.libraries.empty());
    CHECK(read.config.schedule == mnist::ScheduleKind::constant);
    CHECK_FALSE(read.config.peak_lr);
}

TEST_CASE("result file: a schedule is written and read with its peak and warm-up") {
    mnist::TrainResult result = mnist_test::sample_result(1);
    result.config.schedule = mnist::ScheduleKind::one_cycle;
    result.config.peak_lr = 0.0625;
    result.config.warmup = 0.125;
    const json file = written(result);
    CHECK(file["config"]["schedule"] == "one-cycle");
    CHECK(file["config"]["peak_lr"] == 0.0625);
    CHECK(file["config"]["warmup"] == 0.125);
    const mnist::TrainResult read = parse_train_result(file.dump(), "x.json");
    CHECK(read.config.schedule == mnist::ScheduleKind::one_cycle);
    CHECK(read.config.peak_lr == 0.0625);
    CHECK(read.config.warmup == 0.125);
}

TEST_CASE("result file: the time is UTC in ISO 8601") {
    CHECK(
        std::regex_match(mnist::utc_now(), std::regex(R"(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\dZ)")));
}

TEST_CASE("result file: of several processes it has each one, and the shares of each run") {
    mnist::TrainResult result = mnist_test::sample_result();
    CHECK_FALSE(written(result).contains("cluster"));
    CHECK_FALSE(written(result).at("runs")[0].contains("ranks"));
    result.cluster = mnist::ClusterFacts{.library = "Open MPI 4.1.4",
                                         .ranks = {{.host = "a", .threads = 2}, {.host = "b", .isa = "avx2"}},
                                         .idle_ranks = 1,
                                         .mixed = true};
    result.runs.front().ranks =
        mnist::RankShares{.compute_share = 0.75, .exchange_share = 0.25, .imbalance = 0.125};
    const std::string text = train_result_json(result);
    const mnist::TrainResult read = parse_train_result(text, "r.json");
    CHECK(train_result_json(read) == text);
    CHECK(read.cluster->ranks.at(1).isa == "avx2");
    CHECK(read.cluster->idle_ranks == 1);
    CHECK(read.cluster->mixed);
    CHECK(read.runs.front().ranks->imbalance == 0.125);
    CHECK_FALSE(read.runs.back().ranks);
}
