// --score: the fixed set, what may stand beside it, and how a run ends.
#include "score.hpp"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "compare/sample_score.hpp"
#include "families.hpp"
#include "fixtures.hpp"
#include "mnist/core/error.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/step/precision.hpp"
#include "options.hpp"

using namespace mnist;
using namespace mnist::bench;
using mnist::testing::contains;
using mnist::testing::Finished;
using mnist::testing::Workshop;

namespace {

Options options(std::vector<const char*> words) {
    words.insert(words.begin(), "mnist_bench");
    return parse_options(static_cast<int>(words.size()), words.data()).options.value();
}

std::string refusal(const std::vector<const char*>& words) {
    try {
        static_cast<void>(options(words));
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

/// A result as it stands in a file.
std::string result_of(const Measurements& measured) {
    nlohmann::json rows = nlohmann::json::array();
    for (const MeasuredRow& row : measured.rows)
        for (std::size_t i = 0; i < row.seconds.size(); ++i)
            rows.push_back({{"name", row.name},
                            {"run_type", "iteration"},
                            {"repetition_index", i},
                            {"real_time", row.seconds[i]},
                            {"time_unit", "s"},
                            {"iterations", 1}});
    return nlohmann::json{{"context", measured.facts}, {"benchmarks", rows}}.dump();
}

}  // namespace

TEST_CASE("score set: the flags that --score stands for") {
    const Options given = options({"--score"});
    CHECK(given.score);
    CHECK(given.dataset == "mnist");
    CHECK(given.epochs == kScoreEpochs);
    CHECK(given.repetitions == kScoreRepetitions);
    CHECK(given.interleaved);
    CHECK(given.seed == 0);
    CHECK(given.threads.empty());
    CHECK(given.precisions == std::vector<Precision>{Precision::f32, Precision::bf16});
    CHECK_FALSE(options({"--score=false"}).score);
    CHECK(options({"--score=false"}).repetitions == 1);
    CHECK_FALSE(options({}).score);
}

TEST_CASE("score set: nine trainings alone and the record, in each precision that the machine has") {
    const std::atomic<bool> stop{false};
    const Options given = options({"--score"});
    Bench bench(given, {{0, 1}, 2}, stop);
    const Registry rows = score_rows(matching(all_benchmarks(bench), given.filter), bench);
    std::vector<std::string> names;
    for (const Entry& entry : rows) names.push_back(entry.name);
    const bool bf16 = !precision_obstacle(Precision::bf16);
    for (const char* const optimizer : {"SGD", "Momentum", "Adam"}) {
        for (const char* const batch : {"64", "256", "1024"}) {
            const std::string name = std::string("Train/") + optimizer + "/batch:" + batch;
            CAPTURE(name);
            CHECK(std::count(names.begin(), names.end(), name) == 1);
            CHECK(std::count(names.begin(), names.end(), name + "/copies:2") == 1);
            for (const char* const copies : {"", "/copies:2"})
                CHECK(std::count(names.begin(), names.end(), name + "/precision:bf16" + copies) ==
                      (bf16 ? 1 : 0));
        }
    }
    for (const Entry& entry : rows) {
        CAPTURE(entry.name);
        CHECK(entry.obstacle.empty());
        const bool is_record = entry.name.starts_with("TimeToAccuracy/Record");
        CHECK((is_record || entry.name.starts_with("Train/")));
        CHECK(entry.repetitions == (is_record ? kScoreRecords : 0));
        CHECK_FALSE(contains(entry.name, "batch:16/"));
        CHECK_FALSE(contains(entry.name, "batch:4096"));
    }
    CHECK(std::count(names.begin(), names.end(), "TimeToAccuracy/Record") == 1);
    CHECK(rows.size() == (bf16 ? 38 : 19));
    CHECK(contains(score_announcement(rows, given), "score 1: "));
}

TEST_CASE("score set: flags that would make it another set are refused by their names") {
    for (const auto& [flag, value] : {std::pair{"--threads", "2"},
                                      {"--epochs", "5"},
                                      {"--benchmark_filter", "Adam"},
                                      {"--seed", "1"},
                                      {"--dataset", "fashion-mnist"},
                                      {"--precision", "f32"},
                                      {"--max-epochs", "9"},
                                      {"--loader-threads", "1"},
                                      {"--copies", "2"},
                                      {"--noise-floor", "true"},
                                      {"--preset", "compare"},
                                      {"--benchmark_repetitions", "3"},
                                      {"--benchmark_enable_random_interleaving", "false"},
                                      {"--benchmark_report_aggregates_only", "true"},
                                      {"--benchmark_min_time", "1"},
                                      {"--benchmark_min_warmup_time", "1"}}) {
        CAPTURE(flag);
        const std::string word = std::string(flag) + "=" + value;
        CHECK(contains(refusal({"--score", word.c_str()}), std::string(flag) + ": expected nothing"));
    }
    CHECK(refusal({"--score", "--threads=auto", "--epochs=2", "--dataset=mnist"}).empty());
    CHECK(refusal({"--score", "--data-dir=x", "--benchmark_out=y.json", "--benchmark_format=json",
                   "--benchmark_context=a=b", "--benchmark_list_tests"})
              .empty());
    CHECK(refusal({"--score=false", "--epochs=5"}).empty());
}

TEST_CASE("score set: a flag refused from the environment is named with the way it came") {
    const Workshop workshop;
    auto launch = workshop.launch({"--score", "--benchmark_list_tests"});
    launch.environment["BENCHMARK_FILTER"] = "Adam";
    const Finished finished = run(launch);
    CHECK(finished.exit_code == 2);
    CHECK(contains(finished.error, "--benchmark_filter: expected nothing"));
    CHECK(contains(finished.error, "variable of the environment"));
}

TEST_CASE("score end: what is said comes from the result, and a refused score ends with exit code 1") {
    Measurements file = mnist_test::score_file("a.json", {}, score_reference());
    const ScoreEnd fine = score_at_end(result_of(file), {});
    CHECK_FALSE(fine.refused);
    CHECK(contains(fine.text, "\nscore 1: speed 100.5 (98.0 to 103.0), rate 201.0 "));
    file.facts["mnist.dataset.name"] = "custom";
    const ScoreEnd refused = score_at_end(result_of(file), {});
    CHECK(refused.refused);
    CHECK(contains(refused.text, "score 1 is refused"));
    CHECK(contains(refused.text, "get it by `mnist fetch mnist`"));
}

TEST_CASE("mnist_bench: --score without MNIST says how to get it and measures nothing") {
    const Workshop workshop;
    const Finished finished = workshop.mnist({"--score", "--data-dir", "tiny", "--benchmark_out=r.json"});
    CAPTURE(finished.error);
    if (build_refusal(build_facts().build_type)) {
        CHECK(finished.exit_code == 1);
        CHECK(contains(finished.error, "score 1 is refused: this is a "));
    } else {
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, "There is no score without MNIST: get it by `mnist fetch mnist`"));
    }
    CHECK_FALSE(std::filesystem::exists(workshop.folder() / "r.json"));
    CHECK(finished.output.empty());
}

TEST_CASE("mnist_bench: --score lists its rows") {
    const Finished finished = Workshop().mnist({"--score", "--benchmark_list_tests"});
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.output, "Train/SGD/batch:64\n"));
    CHECK(contains(finished.output, "TimeToAccuracy/Record\n"));
    CHECK(!contains(finished.output, "Calibrate"));
}
