// The page's data and its text: what is computed, what is refused, and that nothing from a file gets out of
// its place. How the page behaves in a browser is tests/web's.
#include "mnist/report/page.hpp"

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "report/page_sources.hpp"
#include "results/sample_result.hpp"

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using mnist_test::repetitions;
using mnist_test::several_seeds;
using nlohmann::json;

namespace {

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

TEST_CASE("page: the summary names the winner and its margin, and says what chance could explain") {
    mnist::TrainResult result = mnist_test::sample_result();
    const json data = data_of({{.name = "a.json", .content = result}});
    CHECK(data["summary"][0] ==
          "mnist on AMD EPYC 7763 64-Core Processor, 2 threads: SGD + Momentum is highest with 97.61 % (one "
          "run), "
          "0.10 points "
          "above Adam and 0.43 points above SGD; with one run each, chance alone could explain that lead.");
    CHECK(data["summary"][1] ==
          "Adam reaches 97 % after 1.25 s of training (one run); that it is sooner than SGD + Momentum (2.00 "
          "s) "
          "and SGD (5.50 s) is not known.");
    result.runs[1].epochs.back().test_accuracy = result.runs[1].last_accuracy = 99.5;
    const std::string sure = data_of({{.name = "a.json", .content = result}})["summary"][0];
    CHECK(sure.find("SGD + Momentum wins with 99.50 %") != std::string::npos);
    CHECK(sure.ends_with("the lead is larger than the choice of test images explains."));
}

TEST_CASE("page: who is at the target first is said of runs enough, and of none that were disturbed") {
    mnist::TrainResult result = mnist_test::sample_result(4);
    result.runs.clear();
    result.config.seeds = 5;
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        for (const mnist_test::Course& course :
             {mnist_test::kSgd, mnist_test::kMomentum, mnist_test::kAdam}) {
            mnist::RunRecord run = mnist_test::run(course, seed, 4);
            run.seconds_to_target = (course.optimizer == mnist::OptimizerKind::adam ? 1.0 : 2.0) +
                                    0.01 * static_cast<double>(seed);
            result.runs.push_back(run);
        }
    }
    const auto sentence = [&] {
        return data_of({{.name = "a.json", .content = result}})["summary"][1].get<std::string>();
    };
    const std::string start = "Adam reaches 97 % after 1.02 s of training (mean of 5 seeds)";
    CHECK(sentence().starts_with(start + ", 1.9"));
    CHECK(sentence().find(") as fast as SGD and 1.9") != std::string::npos);
    for (std::size_t i = 0; i < 6; ++i) result.runs[i].disturbance.other_cpu_share = 0.48;
    CHECK(sentence() == start +
                            "; that it is sooner than SGD (2.02 s) and SGD + Momentum (2.02 s) is not known; "
                            "disturbed: other processes took 48 % of the CPUs.");
    for (mnist::RunRecord& run : result.runs) {
        run.disturbance = {};
        if (run.optimizer == mnist::OptimizerKind::momentum)
            run.seconds_to_target = 1.03 + 0.01 * static_cast<double>(run.seed);
    }
    CHECK(sentence().ends_with(
        ") as fast as SGD; that it is sooner than SGD + Momentum (1.05 s) is not known."));
}

TEST_CASE("page: every optimizer has its own colour and mark, on light ground, on dark and on paper") {
    const ReportSource source{.name = "a.json", .content = mnist_test::sample_result(3)};
    const std::string page = mnist::report_page({source});
    const json data = data_of({source});
    REQUIRE(data["optimizers"].size() == mnist::kOptimizers.size());
    for (std::size_t i = 0; i < mnist::kOptimizers.size(); ++i) {
        const mnist::Optimizer& one = mnist::kOptimizers.at(i);
        const std::string word(one.word);
        CAPTURE(word);
        CHECK(count_of(page, "--" + word + ": " + std::string(one.look.colour) + ";") == 2);
        CHECK(count_of(page, "--" + word + ": " + std::string(one.look.dark_colour) + ";") == 1);
        CHECK(count_of(page, ".swatch." + word + " { background: var(--" + word + "); }") == 1);
        CHECK(data["optimizers"][i] ==
              json({{"optimizer", one.word}, {"title", one.title}, {"mark", one.look.mark}}));
    }
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

TEST_CASE("page: a team that auto chose is left to auto again, one with loaders is given in numbers") {
    mnist::TrainResult result = mnist_test::sample_result(3);
    result.config.threads_auto = true;
    const auto command = [&] {
        return data_of({{.name = "a.json", .content = result}})["sources"][0]["command"].get<std::string>();
    };
    CHECK(command() == "mnist train --dataset mnist --epochs 3");
    result.config.loader_threads = 1;
    CHECK(command() == "mnist train --dataset mnist --epochs 3 --threads 2 --loader-threads 1");
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
    rows.repetitions.push_back({.name = "TimeToAccuracy/Record",
                                .seconds = 1,
                                .counters = {{"seconds_to_target", 0.5}, {"seed", -1e300}},
                                .label = attack,
                                .index = {}});
    rows.repetitions.push_back(
        {.name = attack, .seconds = 1, .counters = {{attack, 1.0}}, .label = attack, .index = {}});
    rows.skipped.push_back({.name = "TimeToAccuracy/" + attack, .reason = "failed: " + attack});
    const std::vector<ReportSource> sources{{.name = attack, .content = train},
                                            {.name = "b.json", .content = rows}};
    const std::string page = mnist::report_page(sources);
    const std::string clean =
        mnist::report_page({{.name = "a.json", .content = mnist_test::sample_result(2)}});
    CHECK(count_of(page, "</script>") == count_of(clean, "</script>"));
    CHECK(count_of(page, "<script") == count_of(clean, "<script"));
    CHECK(count_of(page, "<!--") == count_of(clean, "<!--"));
    CHECK(page.find("alert(1)<") == std::string::npos);
    const std::string escaped =
        "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- [31m &amp; {{script}} '";
    CHECK(count_of(page, escaped) > 10);
    CHECK(page.find(reversal) == std::string::npos);
    CHECK(count_of(page, "<main") == 1);
    const std::string text = mnist::report_json(sources);
    for (const char c : text) REQUIRE((c >= ' ' && c <= '~' && c != '<' && c != '>' && c != '&'));
    CHECK(text.find("u202e") == std::string::npos);
    CHECK(text.find("u001b") == std::string::npos);
    const json parsed = json::parse(text);
    for (const json& source : parsed.at("sources")) {
        const std::string command = source["command"];
        CAPTURE(command);
        CHECK(command.find_first_of("<>$;&\"`") == std::string::npos);
        CHECK(command.find("reboot") == std::string::npos);
    }
}

TEST_CASE("page: sentences, tables and matrices stand in the page as HTML, whatever its script does") {
    const std::string page =
        mnist::report_page({{.name = "a.json", .content = mnist_test::sample_result()},
                            bench("b.json", repetitions("Train/Adam/batch:64", 10, 1234))});
    const std::string html = page.substr(0, page.find("<script"));
    for (
        const char* const part :
        {"SGD + Momentum is highest with 97.61 % (one run)", "<h2 id=\"results-title\">Optimizers</h2>",
         R"(<td class="number" data-name="Last accuracy, %"><span><span class="best">97.61</span></span></td>)",
         "title=\"true 9, predicted 4: ",
         "<td class=\"number\" data-name=\"Median\">1,239 (1,235 to 1,242)</td>",
         "data-chart=\"samples_per_second Train\"", "AMD EPYC 7763 64-Core Processor</th>"}) {
        CAPTURE(part);
        CHECK(html.find(part) != std::string::npos);
    }
}

TEST_CASE("page: bold is the best figure, but of speed none that was disturbed") {
    mnist::TrainResult result = mnist_test::sample_result();
    for (std::size_t i = 0; i < result.runs.size(); ++i)
        result.runs[i].samples_per_second = 30000.0 - 10000.0 * static_cast<double>(i);
    const auto best = [&](const std::string& column) {
        const std::string page = mnist::report_page({{.name = "a.json", .content = result}});
        std::vector<std::string> found;
        const std::string start = "data-name=\"" + column + "\">";
        for (std::size_t at = page.find(start); at != std::string::npos; at = page.find(start, at + 1)) {
            const std::string cell = page.substr(at, page.find("</td>", at) - at);
            const std::size_t bold = cell.find("class=\"best\">");
            if (bold != std::string::npos)
                found.push_back(cell.substr(bold + 13, cell.find('<', bold) - bold - 13));
        }
        return found;
    };
    using Figures = std::vector<std::string>;
    CHECK(best("Samples/s") == Figures{"30,000"});
    CHECK(best("Last accuracy, %") == Figures{"97.61"});
    for (mnist::RunRecord& run : result.runs)
        if (run.optimizer == mnist::OptimizerKind::sgd) run.disturbance.other_cpu_share = 0.48;
    CHECK(best("Samples/s") == Figures{"20,000"});
    for (mnist::RunRecord& run : result.runs) run.disturbance.other_cpu_share = 0.48;
    CHECK(best("Samples/s").empty());
    CHECK(best("Last accuracy, %") == Figures{"97.61"});
}

TEST_CASE("page: the same files give the same bytes, with a policy of hashes only") {
    const std::vector<ReportSource> sources{{.name = "a.json", .content = mnist_test::sample_result(2)}};
    const std::string page = mnist::report_page(sources);
    CHECK(page == mnist::report_page(sources));
    CHECK(page.find("default-src 'none'; script-src 'sha256-") != std::string::npos);
    CHECK(page.find("'unsafe-") == std::string::npos);
    CHECK(page.find("{{") == std::string::npos);
}
