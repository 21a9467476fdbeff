// The page's data and its text: what is computed, what is refused, and that nothing from a file gets out of
// its place. How the page behaves in a browser is tests/web's.
#include "mnist/report/page.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "results/sample_bench.hpp"
#include "results/sample_result.hpp"

using mnist::ReportSource;
using nlohmann::json;

namespace {

json data_of(const std::vector<ReportSource>& sources) {
    return json::parse(mnist::report_json(sources));
}

mnist::TrainResult several_seeds() {
    mnist::TrainResult result = mnist_test::sample_result(4);
    result.config.seeds = 2;
    for (const mnist_test::Course& course : {mnist_test::kSgd, mnist_test::kMomentum, mnist_test::kAdam})
        result.runs.push_back(mnist_test::run(course, 1, 4));
    return result;
}

/// `count` repetitions of a benchmark of ours, one unit of throughput apart.
std::vector<json> repetitions(const std::string& name, int count, double first) {
    std::vector<json> rows;
    for (int r = 0; r < count; ++r) {
        json row = mnist_test::bench_row();
        row["name"] = row["run_name"] = name;
        row["repetition_index"] = r;
        row["samples_per_second"] = first + r;
        rows.push_back(row);
    }
    return rows;
}

ReportSource bench(const std::string& name, const std::vector<json>& rows) {
    return {.name = name, .content = mnist_test::bench_of(rows)};
}

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
    return count;
}

}  // namespace

TEST_CASE("page: without files there is none") {
    CHECK_THROWS_AS(mnist::report_page({}), mnist::InputError);
}

TEST_CASE("page: the experiment has the table's values, curves with their spread, matrices and mistakes") {
    mnist::TrainResult result = several_seeds();
    result.runs[0].epochs[3].test_accuracy = 90;
    result.runs[3].epochs[3].test_accuracy = 94;
    const json experiment = data_of({{.name = "a.json", .content = result}})["experiments"][0];
    CHECK(experiment["dataset"] == "mnist");
    REQUIRE(experiment["optimizers"].size() == 3);
    const json& sgd = experiment["optimizers"][0];
    CHECK(sgd["title"] == "SGD");
    CHECK(sgd["curves"]["test_accuracy"][3] == json{{"mean", 92.0}, {"low", 90.0}, {"high", 94.0}});
    CHECK(sgd["curves"]["seconds"] == json{0.25, 0.5, 0.75, 1.0});
    CHECK(sgd["samples_per_second"]["mean"] == 240500);
    CHECK(sgd["confusion_runs"] == 2);
    // Both runs have the same picture among their mistakes: it is shown once.
    REQUIRE(sgd["mistakes"].size() == 1);
    CHECK(sgd["mistakes"][0]["runs"] == 2);
    CHECK(sgd["mistakes"][0]["index"] == 321);
    CHECK_FALSE(experiment["insights"].empty());
}

TEST_CASE(
    "page: what does not exist is null, and results without epochs or pictures are shown all the same") {
    mnist::TrainResult result = mnist_test::sample_result(0);
    result.fma_peak_gflops.reset();
    result.sample_images.clear();
    const json data = data_of({{.name = "a.json", .content = result}});
    const json& sgd = data["experiments"][0]["optimizers"][0];
    CHECK(sgd["last_accuracy"].is_null());
    CHECK(sgd["peak_fraction"].is_null());
    CHECK(sgd["curves"]["seconds"].empty());
    CHECK(sgd["mistakes"].empty());
    CHECK(data["data_samples"].empty());
    CHECK(data["throughput"].empty());
}

TEST_CASE("page: pictures of one data set are stored once") {
    const json data = data_of({{.name = "a.json", .content = mnist_test::sample_result(1)},
                               {.name = "b.json", .content = mnist_test::sample_result(2)}});
    CHECK(data["data_samples"].size() == 1);
    CHECK(data["experiments"].size() == 2);
}

TEST_CASE("page: throughput has the median, its interval from six repetitions on, and the range below") {
    std::vector<json> rows = repetitions("Train/Adam/batch:64", 10, 1000);
    for (const json& row : repetitions("Train/Adam/batch:256/precision:bf16/threads:4", 3, 2000))
        rows.push_back(row);
    for (const json& row : repetitions("Infer/batch:1", 1, 50)) rows.push_back(row);
    const json series = data_of({bench("b.json", rows)})["throughput"];
    REQUIRE(series.size() == 3);
    CHECK(series[0]["optimizer"] == "adam");
    CHECK(series[0]["precision"] == "f32");
    CHECK(series[0]["points"][0]["samples_per_second"] ==
          json{{"n", 10}, {"median", 1004.5}, {"low", 1001.0}, {"high", 1008.0}, {"spread", "interval"}});
    CHECK(series[1]["precision"] == "bf16");
    CHECK(series[1]["threads"] == "4");
    CHECK(series[1]["points"][0]["samples_per_second"]["spread"] == "range");
    CHECK(series[1]["points"][0]["samples_per_second"]["low"] == 2000);
    CHECK(series[2]["optimizer"].is_null());
    CHECK(series[2]["points"][0]["samples_per_second"]["spread"] == "none");
    CHECK(series[2]["points"][0]["peak_fraction"].is_null());
}

TEST_CASE("page: the roofline counts FLOP a byte from the shapes and takes the roof from the same file") {
    json product = mnist_test::bench_row();
    product["name"] = product["run_name"] = "InnerProduct/Forward/in:784/out:128/batch:64";
    product["gflops"] = 200.0;
    json peak = mnist_test::bench_row();
    peak["name"] = peak["run_name"] = "Calibrate/FmaPeak/threads:1";
    peak["gflops"] = 250.0;
    const json roofline = data_of({bench("b.json", {product, peak})})["rooflines"][0];
    CHECK(roofline["peak_gflops"] == 250);
    CHECK(roofline["memory_gb_per_second"].is_null());
    // 2 * 64 * 784 * 128 FLOP over 4 * (64 * 784 + 64 * 128 + 784 * 128) bytes
    CHECK(roofline["points"][0]["intensity"].get<double>() == Approx(12845056.0 / 634880));
    CHECK(roofline["points"][0]["direction"] == "Forward");
}

TEST_CASE("page: the summary names the winner and its margin, and says what chance could explain") {
    mnist::TrainResult result = mnist_test::sample_result();
    const json data = data_of({{.name = "a.json", .content = result}});
    CHECK(data["summary"][0] ==
          "mnist on AMD EPYC 7763 64-Core Processor, 2 threads: SGD + Momentum wins with 97.61 % (one run), "
          "0.10 points "
          "above Adam and 0.43 points above SGD; with one run each, chance alone could explain that lead.");
    CHECK(data["summary"][1] ==
          "Adam reaches 97 % soonest, after 1.25 s of training (one run), 1.60 times as fast as SGD + "
          "Momentum.");
    result.runs[1].epochs.back().test_accuracy = result.runs[1].last_accuracy = 99.5;
    CHECK(data_of({{.name = "a.json", .content = result}})["summary"][0].get<std::string>().ends_with(
        "the lead is larger than the choice of test images explains."));
}

TEST_CASE("page: files of other machines are compared, repetitions of one are not, and refusals are said") {
    const mnist::TrainResult base = several_seeds();
    mnist::TrainResult other = base;
    other.machine.cpu_model = "Another CPU";
    mnist::TrainResult strange = other;
    strange.dataset.sha256 = std::string(64, 'c');
    const json data = data_of({{.name = "a.json", .content = base},
                               {.name = "again.json", .content = base},
                               {.name = "b.json", .content = other},
                               {.name = "c.json", .content = strange}});
    REQUIRE(data["comparisons"].size() == 1);
    CHECK(data["comparisons"][0]["base_source"] == 0);
    CHECK(data["comparisons"][0]["new_source"] == 2);
    CHECK(data["comparisons"][0]["rows"].size() == 3);
    REQUIRE(data["not_compared"].size() == 1);
    CHECK(data["not_compared"][0].get<std::string>().starts_with("a.json and c.json are not compared: "));
}

TEST_CASE("page: the command that measures again has the settings that are not the defaults") {
    mnist::TrainResult result = mnist_test::sample_result(3);
    result.config.hidden = {32, 16};
    result.config.adam_lr = 0.01;
    CHECK(data_of({{.name = "a.json", .content = result}})["sources"][0]["command"] ==
          "mnist train --dataset mnist --epochs 3 --hidden 32,16 --adam-lr 0.01 --threads 2");
    result.config.schedule = mnist::ScheduleKind::one_cycle;
    result.config.peak_lr = 0.006;
    result.config.warmup = 0.2;
    result.config.adam_beta2 = 0.98;
    CHECK(data_of({{.name = "a.json", .content = result}})["sources"][0]["command"] ==
          "mnist train --dataset mnist --epochs 3 --hidden 32,16 --adam-lr 0.01 --adam-beta2 0.98 "
          "--schedule one-cycle --peak-lr 0.006 --warmup 0.2 --threads 2");
}

TEST_CASE("page: nothing from a file becomes markup, script, a command or another direction of the text") {
    const std::string reversal{'\xE2', '\x80', '\xAE'};  // U+202E
    const std::string attack =
        "</script><script>alert(1)</script><!-- " + reversal + "\x1b[31m & {{script}} ' \" $(reboot)";
    mnist::TrainResult train = mnist_test::sample_result(2);
    train.label = train.machine.cpu_model = train.dataset.name = train.build.commit = attack;
    train.runs[0].message = attack;
    mnist::BenchResult rows = mnist_test::bench_of(repetitions("Train/Adam/batch:64/" + attack, 2, 1000));
    rows.context["mnist.build.version"] = attack;
    rows.context["mnist.config.epochs"] = attack;
    rows.context[attack] = attack;
    const std::vector<ReportSource> sources{{.name = attack, .content = train},
                                            {.name = "b.json", .content = rows}};
    const std::string page = mnist::report_page(sources);
    const std::string clean =
        mnist::report_page({{.name = "a.json", .content = mnist_test::sample_result(2)}});
    CHECK(count_of(page, "</script>") == count_of(clean, "</script>"));
    CHECK(count_of(page, "<script") == count_of(clean, "<script"));
    CHECK(count_of(page, "<!--") == count_of(clean, "<!--"));
    CHECK(page.find("alert(1)<") == std::string::npos);
    const std::string text = mnist::report_json(sources);
    for (const char c : text) REQUIRE((c >= ' ' && c <= '~' && c != '<' && c != '>' && c != '&'));
    CHECK(text.find("u202e") == std::string::npos);
    CHECK(text.find("u001b") == std::string::npos);
    for (const json& source : json::parse(text)["sources"]) {
        const std::string command = source["command"];
        CAPTURE(command);
        CHECK(command.find_first_of("<>$;&\"`") == std::string::npos);
        CHECK(command.find("reboot") == std::string::npos);
    }
}

TEST_CASE("page: the same files give the same bytes, with a policy of hashes only") {
    const std::vector<ReportSource> sources{{.name = "a.json", .content = mnist_test::sample_result(2)}};
    const std::string page = mnist::report_page(sources);
    CHECK(page == mnist::report_page(sources));
    CHECK(page.find("default-src 'none'; script-src 'sha256-") != std::string::npos);
    CHECK(page.find("'unsafe-") == std::string::npos);
    CHECK(page.find("{{") == std::string::npos);
}
