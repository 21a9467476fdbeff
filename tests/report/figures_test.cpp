// The scripts for gnuplot: which figures there are, and that text from files stays text. That gnuplot takes
// them is tests/cli's.
#include "mnist/report/figures.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "results/sample_bench.hpp"
#include "results/sample_result.hpp"

namespace {

std::vector<std::string> names_of(const std::vector<mnist::Figure>& figures) {
    std::vector<std::string> names;
    names.reserve(figures.size());
    for (const mnist::Figure& figure : figures) names.push_back(figure.name);
    return names;
}

}  // namespace

TEST_CASE("figures: an experiment has curves and a matrix for each optimizer, and the accuracies of all") {
    const auto figures = mnist::report_figures({{.name = "a.json", .content = mnist_test::sample_result(3)}});
    CHECK(names_of(figures) == std::vector<std::string>{"accuracy", "curves-sgd", "confusion-sgd",
                                                        "curves-momentum", "confusion-momentum",
                                                        "curves-adam", "confusion-adam", "throughput",
                                                        "share-of-peak"});
    CHECK(figures[1].script.find("'Train loss'") != std::string::npos);
    CHECK(figures[1].script.find("\n3 0.3193 0.3193 0.3193\n") !=
          std::string::npos);  // epoch 3 of SGD's train loss
    // A browser smooths an image of ten by ten pixels; rectangles stay sharp.
    CHECK(figures[2].script.find("with image pixels") != std::string::npos);
}

TEST_CASE("figures: a second experiment has names of its own, and what has no data has no figure") {
    const auto figures = mnist::report_figures({{.name = "a.json", .content = mnist_test::sample_result(0)},
                                                {.name = "b.json", .content = mnist_test::sample_result(2)}});
    const std::vector<std::string> names = names_of(figures);
    CHECK(std::find(names.begin(), names.end(), "accuracy") == names.end());
    CHECK(std::find(names.begin(), names.end(), "accuracy-2") != names.end());
    CHECK(std::find(names.begin(), names.end(), "confusion-adam-2") != names.end());
    CHECK(std::find(names.begin(), names.end(), "latency") == names.end());
}

TEST_CASE("figures: latencies, times to the target and other libraries have figures too") {
    std::vector<nlohmann::json> rows;
    for (const char* const name :
         {"Infer/batch:64", "TimeToAccuracy/Adam/target:97/batch:64", "Train/Adam/batch:64",
          "Train/Adam/batch:64/threads:2/library:jax", "Infer/batch:64/library:openvino"}) {
        nlohmann::json row = mnist_test::bench_row();
        row["name"] = row["run_name"] = name;
        row["samples_per_second"] = 5000.0;
        row["p50_us"] = 12.0;
        row["seconds_to_target"] = 1.5;
        rows.push_back(row);
    }
    const auto figures = mnist::report_figures({{.name = "a.json", .content = mnist_test::bench_of(rows)}});
    CHECK(names_of(figures) == std::vector<std::string>{"throughput", "time-to-accuracy", "latency",
                                                        "libraries-inference", "libraries-adam"});
    CHECK(figures.back().script.find("'jax, batch 64'") != std::string::npos);
}

TEST_CASE("figures: names of files cannot end their string or begin a command, and threads are a word") {
    nlohmann::json row = mnist_test::bench_row();
    row["name"] = row["run_name"] = "Train/Adam/batch:64/threads:2'\n!reboot\nE\n`reboot`";
    row["samples_per_second"] = 5.0;
    const auto figures = mnist::report_figures({{.name = "x'; system('reboot')\n!reboot\nE\n`reboot`.json",
                                                 .content = mnist_test::bench_of({row})}});
    REQUIRE(figures.size() == 1);
    const std::string script = mnist::figure_script(figures[0]);
    CHECK(script.find("title 'Adam, x''; system(''reboot'') !reboot E `reboot`.json'\n") !=
          std::string::npos);
    CHECK(script.find("\n!") == std::string::npos);
}
