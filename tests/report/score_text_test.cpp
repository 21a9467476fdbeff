// The score as people and programs read it, in the comparison's formats and on the page.
#include "mnist/report/score_text.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "compare/sample_score.hpp"
#include "golden_text.hpp"
#include "mnist/report/comparison_csv.hpp"
#include "mnist/report/comparison_json.hpp"
#include "mnist/report/comparison_markdown.hpp"
#include "mnist/report/comparison_text.hpp"
#include "report/lines.hpp"
#include "report/page_sources.hpp"
#include "report/sample_comparison.hpp"

using namespace mnist;
using mnist_test::kMadeUpReference;
using mnist_test::row_of;
using mnist_test::score_file;
using nlohmann::json;

namespace {

Score score(const Measurements& file) {
    return score_of(file, kMadeUpReference).value();
}

bool says(const std::string& text, const std::string& part) {
    CAPTURE(text, part);
    return text.find(part) != std::string::npos;
}

/// One row of a result file for each repetition of each row of the measurements.
ReportSource source_of(const Measurements& file) {
    BenchResult result;
    result.context = file.facts;
    for (const MeasuredRow& row : file.rows)
        for (std::size_t i = 0; i < row.seconds.size(); ++i)
            result.repetitions.push_back({.name = row.name,
                                          .seconds = row.seconds[i],
                                          .counters = {{"samples_per_second", 60000 / row.seconds[i]}},
                                          .label = {},
                                          .index = i});
    return {.name = file.label, .content = result};
}

}  // namespace

TEST_CASE("score text: one sentence to remember, the figures, the rows and how to read them") {
    mnist_test::check_golden("score.txt", score_text(score(score_file()), {}));
    CHECK(score_sentence(score(score_file())) ==
          "score 1: speed 100.5 (98.0 to 103.0), rate 201.0 (196.0 to 206.0), 0.355 s to 97 % (0.320 to "
          "0.390); in bf16 speed 315.0 (290.0 to 340.0), rate 400.0 (400.0 to 400.0), 0.355 s to 97 % (0.320 "
          "to 0.390)");
    CHECK(mnist_test::widest_line(score_text(score(score_file()), {})) <= 100);
    CHECK(mnist_test::widest_line(score_text(score(score_file()), {.width = 60})) <= 60);
}

TEST_CASE("score text: a refused score has its reasons and no figures, a refused column the other's") {
    Measurements file = score_file();
    row_of(file, "Train/SGD/batch:64").disturbed = 6;
    mnist_test::check_golden("score_refused_column.txt", score_text(score(file), {}));
    file.facts["mnist.build.build_type"] = "Debug";
    mnist_test::check_golden("score_refused.txt", score_text(score(file), {}));
    CHECK(score_sentence(score(file)).starts_with("score 1 is refused: this is a Debug build"));
}

TEST_CASE("score text: a set of another version has its own name and no figures") {
    Measurements file = score_file();
    file.facts[kScoreSetKey] = "7";
    const std::string text = score_text(score(file), {});
    CHECK(text.starts_with("score 7 is refused\n"));
    CHECK(!says(text, "100.5"));
}

TEST_CASE("score text: what stands in a file steers no terminal") {
    Measurements file = score_file();
    file.facts["mnist.machine.cpu_model"] = "\x1b[31mCPU\n\x07";
    file.facts[kScoreWithoutBf16Key] = "no\x1b[2J bf16";
    const std::string text = score_text(score(file), {});
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\x07') == std::string::npos);
    file.facts[kScoreSetKey] = "\x1b[1m2";
    CHECK(score_text(score(file), {}).find('\x1b') == std::string::npos);
    CHECK(score_sentence(score(file)).find('\x1b') == std::string::npos);
}

TEST_CASE("score text: figures keep their digits, and what no machine has an exponent") {
    CHECK(score_figure(98.74, false) == "98.7");
    CHECK(score_figure(9.874, false) == "9.87");
    CHECK(score_figure(1234.5, false) == "1234");
    CHECK(score_figure(3.2e9, false) == "3.2e+09");
    CHECK(score_figure(0.3518, true) == "0.352 s");
    CHECK(score_figure(1e-12, true) == "1e-12 s");
}

TEST_CASE("score json: all figures with their repetitions, null where a column has none") {
    Measurements file = score_file();
    file.facts[kScoreWithoutBf16Key] = "no bf16";
    const json root = json::parse(score_json(score(file)));
    CHECK(root["schema"] == "mnist-score/1");
    CHECK(root["set"] == "1");
    CHECK(root["refused"] == false);
    CHECK(root["columns"][0]["speed"]["value"].get<double>() == Approx(100.5));
    CHECK(root["columns"][0]["seconds"]["low"].get<double>() == Approx(0.32));
    CHECK(root["columns"][0]["rate"]["repetitions"].size() == 6);
    CHECK(root["columns"][0]["copies"] == 4);
    CHECK(root["columns"][0]["rows"].size() == 9);
    CHECK(root["columns"][1]["speed"].is_null());
    CHECK(root["columns"][1]["copies"].is_null());
    CHECK(root["columns"][1]["impossible"] == "no bf16");
}

TEST_CASE("scores: a comparison shows both sides' figures with their ratio in every format") {
    mnist_test::SampleFactors faster;
    for (double& factor : faster.speed_f32) factor *= 1.5;
    const ComparedFiles files =
        compare_files(std::vector{score_file("a.json"), score_file("b.json", faster)}, CompareSettings{});
    const Comparison& pair = files.comparisons.front();
    REQUIRE(pair.scores);
    const std::string text = comparison_text(files, {});
    CHECK(says(text, "Score 1"));
    CHECK(says(text, "speed, f32"));
    CHECK(says(text, "1.500x"));
    CHECK(says(text, "seconds to 97 %, bf16"));
    CHECK(says(comparison_markdown(files), "| speed, f32 |"));
    CHECK(says(comparison_csv(files), "score 1: speed, f32"));
    const json scores = json::parse(comparison_json(files))["scores"];
    CHECK(scores["set"] == "1");
    CHECK(scores["figures"].size() == 6);
    CHECK(scores["figures"][0]["ratio"].get<double>() == Approx(1.5));
    CHECK(scores["figures"][0]["ratio_low"].get<double>() == Approx(1.5 / 1.03));
    CHECK(scores["figures"][2]["figure"] == "seconds");
    CHECK(json::parse(
              comparison_json(mnist_test::compared({mnist_test::before(), mnist_test::after()})))["scores"]
              .is_null());
}

TEST_CASE("scores: two sets are in no table of any format, and the text says that they cannot be compared") {
    Measurements other = score_file("b.json");
    other.facts[kScoreSetKey] = "2";
    const ComparedFiles files = compare_files(std::vector{score_file("a.json"), other}, CompareSettings{});
    CHECK(says(comparison_text(files, {.width = 400}), "which cannot be compared"));
    CHECK(says(comparison_markdown(files), "which cannot be compared"));
    CHECK(!says(comparison_text(files, {}), "Score 1"));
    CHECK(!says(comparison_csv(files), "score 1:"));
    const json scores = json::parse(comparison_json(files))["scores"];
    CHECK(scores["set"].is_null());
    CHECK(scores["figures"].empty());
}

TEST_CASE("page: files with a score have a section of it, a table a set, refused ones with the reason") {
    Measurements refused = score_file("b.json");
    row_of(refused, "Train/SGD/batch:64").seconds.pop_back();
    Measurements other = score_file("c.json");
    other.facts[kScoreSetKey] = "2";
    const std::vector<ReportSource> sources{source_of(score_file("a.json")), source_of(refused),
                                            source_of(other)};
    const json scores = mnist_test::data_of(sources)["scores"];
    REQUIRE(scores.size() == 3);
    CHECK(scores[0]["columns"].size() == 2);
    CHECK(scores[0]["columns"][0]["copies"] == 4);
    CHECK(scores[1]["columns"].size() == 1);
    CHECK(scores[2]["set"] == "2");
    CHECK(scores[2]["columns"].empty());
    const std::string page = report_page(sources);
    CHECK(says(page, ">Score 1</h3>"));
    CHECK(says(page, ">Score 2</h3>"));
    CHECK(says(page, "b.json: f32 is refused"));
    const std::string without =
        report_page({mnist_test::bench("b.json", mnist_test::repetitions("Sort/8", 3, 1))});
    CHECK(without.find("id=\"score\"") == std::string::npos);
}
