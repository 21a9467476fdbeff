// Where a page's figures come from: the command that measures again, what disturbed the measurement, what a
// reader is told about the sides of a comparison.
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "report/page_sources.hpp"
#include "results/sample_result.hpp"

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using mnist_test::repetitions;
using nlohmann::json;

namespace {

using Facts = std::map<std::string, std::string>;

const json kNoText = "";  // empty() of such a json is false

ReportSource bench_with(const std::vector<json>& rows, const Facts& facts) {
    ReportSource file = bench("b.json", rows);
    auto& context = std::get<mnist::BenchResult>(file.content).context;
    context["mnist.build.version"] = "1";
    for (const auto& [key, value] : facts) context[key] = value;
    return file;
}

json source_with(const Facts& facts) {
    return data_of({bench_with(repetitions("Train/Adam/batch:64", 2, 1000), facts)})["sources"][0];
}

}  // namespace

TEST_CASE("page: a score is measured again by its one word") {
    CHECK(source_with({{"mnist.score.set", "1"}, {"mnist.config.epochs", "2"}})["command"] ==
          "mnist_bench --score --benchmark_out=FILE");
}

TEST_CASE("page: the command of a benchmark file has what the file says about its run") {
    const json source = source_with({{"mnist.dataset.name", "mnist"},
                                     {"mnist.config.threads", "1,2"},
                                     {"mnist.config.epochs", "5"},
                                     {"mnist.config.seed", "0"},
                                     {"mnist.config.repetitions", "10"},
                                     {"mnist.run.filter", "^Train/Adam/batch:(64|256)$"},
                                     {"mnist.run.interleaved", "true"},
                                     {"mnist.run.precision", "f32,bf16"},
                                     {"mnist.run.loader_threads", "1"},
                                     {"mnist.run.min_time_s", "0.25"}});
    CHECK(source["command"] ==
          "mnist_bench --dataset mnist --threads 1,2 --precision f32,bf16 --loader-threads 1 --epochs 5 "
          "--seed 0 --benchmark_repetitions=10 --benchmark_min_time=0.25 "
          "--benchmark_enable_random_interleaving=true "
          "--benchmark_filter='^Train/Adam/batch:(64|256)$' --benchmark_out=FILE");
    CHECK(source["command_note"] == kNoText);
}

TEST_CASE("page: processes and rounds until it is decided are in the command again") {
    CHECK(source_with({{"mnist.run.filter", ""},
                       {"mnist.config.repetitions", "4"},
                       {"mnist.processes", "9"},
                       {"mnist.run.processes", "6"},
                       {"mnist.until_decided.percent", "2"},
                       {"mnist.until_decided.base", "before.json"},
                       {"mnist.until_decided.max_repetitions", "100"}})["command"] ==
          "mnist_bench --benchmark_repetitions=4 --processes=6 --until-decided=2 --base=before.json "
          "--max-repetitions=100 --benchmark_out=FILE");
}

TEST_CASE("page: a number of threads that auto chose is left to auto again") {
    CHECK(source_with({{"mnist.run.filter", ""},
                       {"mnist.config.threads", "2"},
                       {"mnist.config.threads_chosen", "auto"}})["command"] ==
          "mnist_bench --benchmark_out=FILE");
}

TEST_CASE("page: a run without a filter has none in its command, and needs no remark") {
    const json source = source_with({{"mnist.run.filter", ""}, {"mnist.run.noise_floor", "true"}});
    CHECK(source["command"] == "mnist_bench --noise-floor --benchmark_out=FILE");
    CHECK(source["command_note"] == kNoText);
    CHECK(source_with({{"mnist.run.filter", ""}, {"mnist.run.iterations", "10"}})["command"] ==
          "mnist_bench --benchmark_min_time=10x --benchmark_out=FILE");
}

TEST_CASE("page: a filter that a shell could act on is left out, and that is said") {
    for (const std::string& filter :
         {std::string("Adam'; reboot; '"), std::string("Adam\\"), std::string("Adam\nreboot"),
          std::string("Ad\xC3\xA4m"), std::string("Adam\x1b"), std::string(1001, 'a')}) {
        CAPTURE(filter);
        const json source = source_with({{"mnist.run.filter", filter}});
        CHECK(source["command"] == "mnist_bench --benchmark_out=FILE");
        CHECK(source["command_note"].get<std::string>().starts_with("The filter is not in the command"));
    }
    // In single quotes these are letters like any other.
    const json source = source_with({{"mnist.run.filter", "$(reboot) `reboot` \"x\" | & ; > < !"}});
    CHECK(source["command"] ==
          "mnist_bench --benchmark_filter='$(reboot) `reboot` \"x\" | & ; > < !' --benchmark_out=FILE");
}

TEST_CASE("page: hostile facts of a run are left out of the command") {
    for (const char* const key : {"mnist.run.precision", "mnist.run.loader_threads", "mnist.run.min_time_s",
                                  "mnist.run.iterations", "mnist.config.threads", "mnist.dataset.name"}) {
        CAPTURE(key);
        for (const char* const value : {"1; reboot", "$(reboot)", "--out=x", "a b", "'"}) {
            CAPTURE(value);
            CHECK(source_with({{"mnist.run.filter", ""}, {key, value}})["command"] ==
                  "mnist_bench --benchmark_out=FILE");
        }
    }
}

TEST_CASE("page: an older file's filter is made from its rows, or from their families where these are many") {
    const json few = source_with({});
    CHECK(few["command"] == "mnist_bench --benchmark_filter='^(Train/Adam/batch:64)$' --benchmark_out=FILE");
    CHECK(few["command_note"].get<std::string>().ends_with("the filter above is made from its rows."));

    std::vector<json> rows;
    for (int i = 0; i < 13; ++i) {
        for (const json& row : repetitions("Step/batch:" + std::to_string(i), 1, 1000)) rows.push_back(row);
    }
    CHECK(data_of({bench_with(rows, {})})["sources"][0]["command"] ==
          "mnist_bench --benchmark_filter='^(Step)/' --benchmark_out=FILE");

    const json strange = data_of({bench_with(repetitions("Train/$(reboot)'", 1, 1000), {})})["sources"][0];
    CHECK(strange["command"] == "mnist_bench --benchmark_filter='^(Train)/' --benchmark_out=FILE");
    const json stranger = data_of({bench_with(repetitions("$(reboot)'/x", 1, 1000), {})})["sources"][0];
    CHECK(stranger["command"] == "mnist_bench --benchmark_out=FILE");
    CHECK(stranger["command_note"].get<std::string>().ends_with(
        "without a filter the command measures everything."));
}

TEST_CASE("page: a file of another program has no command") {
    const json source = data_of({bench("b.json", repetitions("Sort/8", 2, 1000))})["sources"][0];
    CHECK(source["command"] == kNoText);
    CHECK(source["command_note"] == kNoText);
}

TEST_CASE("page: repetitions that others disturbed are counted, named, and told in the summary") {
    std::vector<json> rows = repetitions("Train/Adam/batch:64", 3, 1000);
    for (const json& row : repetitions("Train/SGD/batch:64", 2, 1000)) rows.push_back(row);
    rows[1]["steal_share"] = 0.03;
    rows[2]["steal_share"] = 0.02;  // as much is usual
    const json data = data_of({bench_with(rows, {})});
    const json& source = data["sources"][0];
    CHECK(source["repetitions"] == 5);
    CHECK(source["disturbed"] == 1);
    CHECK(source["disturbed_rows"] == json{"Train/Adam/batch:64"});
    CHECK(source["disturbed_by"] == json{"the host took 3 % of the CPUs away"});
    CHECK(data["throughput"][0]["points"][0]["disturbed"] ==
          json{{"repetitions", 1},
               {"of", 3},
               {"reason", "the host took 3 % of the CPUs away"},
               {"spoilt", true}});
    CHECK(data["throughput"][1]["points"][0]["disturbed"].is_null());
    CHECK(data["summary"].back() ==
          "b.json: 1 of 5 repetitions were disturbed (the host took 3 % of the CPUs away); rows that are "
          "marked "
          "so decide nothing.");
    rows[1].erase("steal_share");
    CHECK(data_of({bench_with(rows, {})})["sources"][0]["disturbed"] == 0);
}

TEST_CASE("page: when a file was measured is said whichever kind it is, and is empty where nothing says it") {
    CHECK(source_with({{"mnist.created", "2026-01-31T12:00:00Z"}, {"date", "x"}})["created"] ==
          "2026-01-31T12:00:00Z");
    CHECK(source_with({{"date", "2026-01-31T12:00:00+00:00"}})["created"] == "2026-01-31T12:00:00+00:00");
    CHECK(source_with({})["created"] == kNoText);
    CHECK(data_of({{.name = "a.json", .content = mnist_test::sample_result(1)}})["sources"][0]["created"] ==
          mnist_test::sample_result(1).created);
}

TEST_CASE("page: files of one machine are one row of the table, with every fact under a readable name") {
    const auto rows = repetitions("Train/Adam/batch:64", 2, 1000);
    const Facts facts{{"mnist.machine.cpu_model", "Some CPU"},     {"mnist.config.threads", "2"},
                      {"mnist.machine.cpu_family", "25"},          {"mnist.machine.tiles.0", "int8"},
                      {"mnist.machine.tiles.1", "bf16"},           {"mnist.machine.swap_bytes", "2000000000"},
                      {"mnist.machine.caches.0.level", "2"},       {"mnist.machine.caches.0.type", "unified"},
                      {"mnist.machine.caches.0.bytes", "1048576"}, {"mnist.machine.caches.0.instances", "4"}};
    ReportSource again = bench_with(rows, facts);
    again.name = "again.json";
    ReportSource other = bench_with(rows, facts);
    other.name = "other.json";
    std::get<mnist::BenchResult>(other.content).context["mnist.machine.cpu_family"] = "26";
    const std::string page = mnist::report_page({bench_with(rows, facts), again, other});
    const std::string machines = page.substr(page.find("<div class=\"blocks\">"));
    for (const char* const part : {"\"Files\">b.json, again.json</td>", "\"CPU family\">25</td>",
                                   "\"CPU family\">26</td>", "\"Tiles\">int8, bf16</td>",
                                   "\"Swap, GB\">2.00</td>", "\"Caches\">L2 unified 1\u00a0MiB × 4</td>"}) {
        CAPTURE(part);
        CHECK(machines.find(part) != std::string::npos);
    }
}
