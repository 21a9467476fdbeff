// The page's data of benchmarks: throughput, roofline, times to the target and the record, rankings, and
// tables of whatever has no chart.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/presets.hpp"
#include "report/page_sources.hpp"
#include "results/sample_result.hpp"

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using mnist_test::repetitions;
using nlohmann::json;

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

TEST_CASE("page: speeds of ranks are a series of their own, and how they scale is a table") {
    std::vector<json> rows;
    for (const char* const name : {"Train/Adam/batch:1024", "Train/Adam/batch:1024/ranks:2"}) {
        for (const json& row : repetitions(name, 1, 50)) rows.push_back(row);
    }
    const ReportSource alone = bench("1.json", {rows[0]});
    const ReportSource both = bench("2.json", {rows[1]});
    const json data = data_of({alone, both});
    REQUIRE(data["throughput"].size() == 2);
    CHECK(data_of({bench("b.json", rows)})["throughput"].size() == 2);
    CHECK(data["throughput"][1]["ranks"] == "2");
    REQUIRE(data["scaling"].size() == 1);
    CHECK(data["scaling"][0]["points"][1]["ranks"] == 2);
    const std::string page = mnist::report_page({alone, both});
    CHECK(page.find("Scaling over ranks") != std::string::npos);
    CHECK(page.find("strong scaling, one batch for all ranks") != std::string::npos);
    CHECK(mnist::report_page({alone}).find("Scaling over ranks") == std::string::npos);
}

TEST_CASE("page: inference has the threads that its name says, or that calls of its size had") {
    std::vector<json> rows;
    for (const char* const name : {"Infer/batch:64", "Infer/batch:64/threads:2", "Infer/batch:1024"}) {
        for (const json& row : repetitions(name, 1, 50)) rows.push_back(row);
    }
    ReportSource source = bench("b.json", rows);
    std::get<mnist::BenchResult>(source.content).context["mnist.config.threads"] = "2";
    const json data = data_of({source});
    REQUIRE(data["throughput"].size() == 2);
    CHECK(data["throughput"][0]["threads"] == "1");
    CHECK(data["throughput"][1]["threads"] == "2");
    CHECK(data["throughput"][1]["points"].size() == 2);
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

TEST_CASE("page: time to the target counts whoever missed it, and has no worst time then") {
    std::vector<json> rows = repetitions("TimeToAccuracy/Adam/batch:64/target:97", 2, 1000);
    rows[0]["seconds_to_target"] = 0.5;
    rows[1]["seconds_to_target"] = 0.75;
    const json both = data_of({bench("b.json", rows)})["times"][0];
    CHECK(both["optimizer"] == "adam");
    CHECK(both["batch"] == 64);
    CHECK(both["target"] == 97);
    CHECK(both["worst"] == 0.75);
    CHECK(both["record"].is_null());
    json failed = rows[1];
    failed["repetition_index"] = 2;
    failed["error_occurred"] = true;
    failed["error_message"] = "97 % not reached within 50 epochs";
    rows.push_back(failed);
    const json missed = data_of({bench("b.json", rows)})["times"][0];
    CHECK(missed["reached"] == 2);
    CHECK(missed["runs"] == 3);
    CHECK(missed["worst"].is_null());
}

TEST_CASE(
    "page: the record of a benchmark file has its recipe, its worst time and what the rules object to") {
    std::vector<json> rows = repetitions("TimeToAccuracy/Record", 10, 1000);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i]["seed"] = i;
        rows[i]["seconds_to_target"] = 0.3 + 0.01 * static_cast<double>(i);
        rows[i]["test_accuracy"] = 97.0 + 0.02 * static_cast<double>(i);
        rows[i]["label"] = "Adam, 3 epochs of batch 128; brgemm:avx512_core";
    }
    ReportSource file = bench("b.json", rows);
    std::get<mnist::BenchResult>(file.content).context["mnist.dataset.name"] = "mnist";
    const json row = data_of({file})["times"][0];
    CHECK(row["batch"].is_null());
    CHECK(row["worst"].get<double>() == Approx(0.39));
    CHECK(row["record"]["recipe"] == "Adam, 3 epochs of batch 128");
    CHECK(row["record"]["lowest_accuracy"] == 97.0);
    CHECK(row["record"]["objections"].empty());
    rows.pop_back();
    CHECK(data_of({bench("b.json", rows)})["times"][0]["record"]["objections"] ==
          json{"not of MNIST as published", "9 runs, not one of each seed 0 to 9"});
}

TEST_CASE("page: the record of a training counts whole trainings that end at the target") {
    mnist::TrainResult result = mnist_test::sample_result(0);
    mnist::apply_record_recipe(result.config);
    result.config.seeds = 10;
    result.runs.clear();
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        mnist::RunRecord run = mnist_test::run(mnist_test::kAdam, seed, 3);
        run.epochs.back().test_accuracy = run.last_accuracy = 97.1;
        run.first_epoch_at_target = 2;
        run.seconds_to_target = 0.5;
        result.runs.push_back(run);
    }
    const json row = data_of({{.name = "a.json", .content = result}})["times"][0];
    // The third epoch counts, although the target was reached in the second.
    CHECK(row["seconds"]["median"] == 0.75);
    CHECK(row["reached"] == 10);
    CHECK(row["record"]["objections"].empty());
    CHECK(row["record"]["recipe"] ==
          "Adam, 3 epochs of batch 128, one-cycle to 0.006, warm-up 0.2, beta2 0.98");
    result.runs[4].last_accuracy = 96.9;
    result.dataset.synthetic = true;
    const json missed = data_of({{.name = "a.json", .content = result}})["times"][0];
    CHECK(missed["reached"] == 9);
    CHECK(missed["record"]["objections"] == json{"not of MNIST as published", "1 of 10 missed 97 %"});
    // Any other cycle is a training, however close.
    result.config.warmup = 0.3;
    const json ordinary = data_of({{.name = "a.json", .content = result}})["times"][0];
    CHECK(ordinary["record"].is_null());
    CHECK(ordinary["schedule"] == "one-cycle");
    CHECK(ordinary["seconds"]["median"] == 0.5);
}

TEST_CASE("page: throughput says whether it is of one alone, of one of several, or the sum of several") {
    std::vector<json> rows = repetitions("Train/Adam/batch:64", 2, 1000);
    for (const json& row : repetitions("Train/Adam/batch:64/copies:2", 2, 2000)) rows.push_back(row);
    mnist::TrainResult side_by_side = mnist_test::several_seeds();
    side_by_side.config.jobs = 3;
    const json data = data_of({bench("b.json", rows), {.name = "jobs.json", .content = side_by_side}});
    REQUIRE(data["throughput"].size() >= 3);
    CHECK(data["throughput"][0]["copies"] == "");
    CHECK(data["throughput"][0]["jobs"] == "");
    CHECK(data["throughput"][1]["copies"] == "2");
    CHECK(data["throughput"][2]["jobs"] == "3");
    CHECK(data["summary"].dump().find("one of 3 side by side") != std::string::npos);
}

TEST_CASE("page: a share above all of the peak is none") {
    std::vector<json> rows = repetitions("Train/Adam/batch:64", 2, 1000);
    rows[0]["peak_fraction"] = 1.02;
    CHECK(data_of({bench("b.json", rows)})["throughput"][0]["points"][0]["peak_fraction"].is_null());
    rows[1]["peak_fraction"] = 0.5;
    CHECK(data_of({bench("b.json", rows)})["throughput"][0]["points"][0]["peak_fraction"]["n"] == 1);
}

TEST_CASE("page: three files are ranked as mnist compare ranks them, and two are not") {
    std::vector<ReportSource> sources;
    for (const double factor : {1.0, 1.0, 0.5}) {
        std::vector<json> rows = repetitions("Sort/8", 10, 1000);
        for (std::size_t i = 0; i < rows.size(); ++i)
            rows[i]["real_time"] = factor * (250.0 + static_cast<double>(i % 5));
        sources.push_back(bench(std::string(1, static_cast<char>('a' + sources.size())) + ".json", rows));
        std::get<mnist::BenchResult>(sources.back().content).context["mnist.machine.cpu_model"] =
            sources.back().name;
    }
    const json data = data_of(sources);
    REQUIRE(data["rankings"].size() == 1);
    CHECK(data["comparisons"].size() == 2);
    const json& members = data["rankings"][0]["families"][0]["members"];
    CHECK(members[0]["file"] == "c.json");
    CHECK(members[0]["rank"] == 1);
    CHECK(members[0]["tied"] == false);
    CHECK(members[1]["rank"] == 2);
    CHECK(members[1]["tied"] == true);
    CHECK(members[2]["tied"] == true);
    sources.pop_back();
    CHECK(data_of(sources)["rankings"].empty());
}

TEST_CASE(
    "page: benchmarks of another program are listed with time and counters, of ours what has no chart") {
    std::vector<json> rows = repetitions("Train/8", 2, 1000);
    for (const json& row : repetitions("Sort/8", 2, 1000)) rows.push_back(row);
    ReportSource file = bench("b.json", rows);
    const json foreign = data_of({file})["bench_rows"][0];
    CHECK(foreign["foreign"] == true);
    REQUIRE(foreign["rows"].size() == 2);
    CHECK(foreign["rows"][0]["name"] == "Train/8");
    CHECK(foreign["rows"][0]["seconds"]["median"].get<double>() == Approx(250e-9));
    CHECK(foreign["rows"][0]["counters"][0][0] == "items_per_second");
    std::get<mnist::BenchResult>(file.content).context["mnist.build.version"] = "1";
    const json ours = data_of({file})["bench_rows"][0];
    CHECK(ours["foreign"] == false);
    REQUIRE(ours["rows"].size() == 1);
    CHECK(ours["rows"][0]["name"] == "Sort/8");
    // The rate of ours stands there once, under its own name.
    CHECK(ours["rows"][0]["counters"].dump().find("items_per_second") == std::string::npos);
}

TEST_CASE("page: of very many benchmarks the first are listed, with the number of all") {
    std::vector<json> rows;
    for (int i = 0; i < 1001; ++i) {
        json row = mnist_test::bench_row();
        row["name"] = row["run_name"] = "Sort/" + std::to_string(i);
        rows.push_back(row);
    }
    const json file = data_of({bench("b.json", rows)})["bench_rows"][0];
    CHECK(file["all"] == 1001);
    CHECK(file["rows"].size() == 1000);
}
