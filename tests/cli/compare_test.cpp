// `mnist compare` as a process: what it prints, what it refuses, and its exit codes.
#include "catch.hpp"
#include "fixtures.hpp"

using namespace mnist::testing;

namespace {

// A result of another Google Benchmark program: ten repetitions around `milliseconds`.
std::string bench_json(double milliseconds) {
    nlohmann::json benchmarks = nlohmann::json::array();
    for (int r = 0; r < 10; ++r) {
        benchmarks.push_back({{"name", "BM_Sort/64"},
                              {"run_name", "BM_Sort/64"},
                              {"run_type", "iteration"},
                              {"repetition_index", r},
                              {"real_time", milliseconds * (1 + 0.001 * r)},
                              {"time_unit", "ms"}});
    }
    return nlohmann::json{{"context", {{"host_name", "h"}, {"num_cpus", 2}}}, {"benchmarks", benchmarks}}
        .dump();
}

}  // namespace

TEST_CASE("compare: a regression on the same machine exits 1, an improvement 0") {
    const Workshop workshop;
    workshop.write("slow.json", bench_json(2));
    workshop.write("fast.json", bench_json(1));
    const Finished better = workshop.mnist({"compare", "slow.json", "fast.json"});
    CAPTURE(better.output, better.error);
    CHECK(better.exit_code == 0);
    CHECK(better.output.starts_with("BM_Sort/64: 2.00x faster (1.99 to 2.01)\n"));
    CHECK(contains(better.output, "improved"));
    const Finished worse = workshop.mnist({"compare", "fast.json", "slow.json"});
    CHECK(worse.exit_code == 1);
    CHECK(contains(worse.output, "regressed"));
    CHECK(workshop.mnist({"compare", "fast.json", "slow.json", "--mode", "report"}).exit_code == 0);
}

TEST_CASE("compare: a gate says whether it passed, in text and JSON, and a failed benchmark closes it") {
    const Workshop workshop;
    workshop.write("slow.json", bench_json(2));
    workshop.write("fast.json", bench_json(1));
    CHECK(contains(workshop.mnist({"compare", "slow.json", "fast.json"}).output,
                   "\nPASSED: no regression shown in 1 row\n"));
    CHECK(contains(workshop.mnist({"compare", "fast.json", "slow.json"}).output,
                   "\nFAILED: 1 of 1 row regressed\n"));
    const Finished json = workshop.mnist({"compare", "fast.json", "slow.json", "--format", "json"});
    const nlohmann::json gate = nlohmann::json::parse(json.output).at("gate");
    CHECK(gate.at("outcome") == "failed");
    CHECK(gate.at("reason") == "FAILED: 1 of 1 row regressed");
    const Finished report =
        workshop.mnist({"compare", "fast.json", "slow.json", "--mode", "report", "--format", "json"});
    CHECK(nlohmann::json::parse(report.output).at("gate").is_null());

    nlohmann::json two = nlohmann::json::parse(bench_json(2));
    nlohmann::json more = two["benchmarks"].at(0);
    more["name"] = more["run_name"] = "BM_Other";
    two["benchmarks"].push_back(more);
    workshop.write("two.json", two.dump());
    two["benchmarks"].back()["error_occurred"] = true;
    two["benchmarks"].back()["error_message"] = "no more room";
    workshop.write("erred.json", two.dump());
    const Finished erred = workshop.mnist({"compare", "two.json", "erred.json"});
    CAPTURE(erred.output);
    CHECK(erred.exit_code == 1);
    CHECK(contains(erred.output, "FAILED: BM_Other is measured in the base and failed in the new file"));
    const Finished missing = workshop.mnist({"compare", "two.json", "slow.json"});
    CHECK(missing.exit_code == 0);
    CHECK(contains(missing.output, "\nUNDECIDED: 1 row of the base is missing in the new file (BM_Other)\n"));
    CHECK(workshop.mnist({"compare", "two.json", "slow.json", "--mode", "gate"}).exit_code == 1);
    CHECK(workshop.mnist({"compare", "two.json", "slow.json", "--mode", "report"}).exit_code == 0);
}

TEST_CASE(
    "compare: with too few repetitions a gate is undecided, which exits 1 only where a gate was asked for") {
    const Workshop workshop;
    const auto three = [](double milliseconds) {
        nlohmann::json file = nlohmann::json::parse(bench_json(milliseconds));
        file["benchmarks"].erase(file["benchmarks"].begin() + 3, file["benchmarks"].end());
        return file.dump();
    };
    workshop.write("a.json", three(1));
    workshop.write("b.json", three(10));
    const Finished quick = workshop.mnist({"compare", "a.json", "b.json"});
    CHECK(quick.exit_code == 0);
    CHECK(contains(quick.output, "\nUNDECIDED: too few repetitions to judge any row"));
    CHECK(workshop.mnist({"compare", "a.json", "b.json", "--mode", "gate"}).exit_code == 1);
}

TEST_CASE("compare: the JSON has the keys of its contract and nothing else but nulls for what is absent") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(1));
    const Finished finished = workshop.mnist({"compare", "a.json", "a.json", "--format", "json"});
    REQUIRE(finished.exit_code == 0);
    const nlohmann::json root = nlohmann::json::parse(finished.output);
    CHECK(root.at("schema") == "mnist-comparison/1");
    CHECK(root.at("mode") == "gate");
    CHECK(root.at("fingerprint_differences").empty());
    CHECK(root.at("unmatched").at("base").empty());
    const nlohmann::json& row = root.at("rows").at(0);
    CHECK(row.at("name") == "BM_Sort/64");
    CHECK(row.at("verdict") == "equivalent");
    CHECK(row.at("joint_verdict") == "unchanged");
    CHECK(row.at("ratio") == Approx(1));
    CHECK(row.at("samples_base") == 10);
    CHECK(row.at("threshold_from") == "setting");
    CHECK(row.at("measures") == "program");
    for (const char* const key : {"ratio_low", "ratio_high", "p_value", "p_adjusted"})
        CHECK(row.at(key).is_number());
    for (const char* const key : {"accuracy_verdict", "accuracy_difference", "accuracy_low", "accuracy_high"})
        CHECK(row.at(key).is_null());
}

TEST_CASE("compare: a disturbed measurement passes no gate and fails none") {
    const Workshop workshop;
    nlohmann::json busy = nlohmann::json::parse(bench_json(4));
    for (nlohmann::json& row : busy["benchmarks"]) row["steal_share"] = 0.5;
    workshop.write("quiet.json", bench_json(1));
    workshop.write("busy.json", busy.dump());
    const Finished finished = workshop.mnist({"compare", "quiet.json", "busy.json", "--mode", "gate"});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 1);
    CHECK(contains(finished.output, "\nUNDECIDED: 1 row was disturbed and decided nothing (BM_Sort/64)"));
    CHECK(contains(finished.output, "BM_Sort/64  disturbed"));
    CHECK(workshop.mnist({"compare", "quiet.json", "busy.json"}).exit_code == 0);
}

TEST_CASE(
    "compare: a tail that grew fails the gate, and people read the ends of paths that tell files apart") {
    const Workshop workshop;
    const auto with_tail = [](double microseconds) {
        nlohmann::json file = nlohmann::json::parse(bench_json(1));
        for (nlohmann::json& row : file["benchmarks"])
            row["p99_us"] = microseconds * (1 + 0.001 * row["repetition_index"].get<double>());
        return file.dump();
    };
    workshop.write("old-run.json", with_tail(10));
    workshop.write("new-run.json", with_tail(30));
    const Finished text = workshop.mnist({"compare", "./old-run.json", "new-run.json"});
    CAPTURE(text.output, text.error);
    CHECK(text.exit_code == 1);
    CHECK(contains(text.output, "1 of 1 latency slower (BM_Sort/64 p99)"));
    CHECK(contains(text.output, "\nold-run.json to new-run.json, as a gate\n"));
    const Finished json = workshop.mnist({"compare", "./old-run.json", "new-run.json", "--format", "json"});
    const nlohmann::json root = nlohmann::json::parse(json.output);
    CHECK(root.at("base") == "./old-run.json");
    CHECK(root.at("rows").at(1).at("percentile") == "p99");
}

TEST_CASE("compare: a slower machine is a warning that decides nothing, and its row has no joint verdict") {
    const auto calibrated = [](double milliseconds) {
        nlohmann::json file = nlohmann::json::parse(bench_json(milliseconds));
        for (nlohmann::json& row : file["benchmarks"])
            row["name"] = row["run_name"] = "Calibrate/Barrier/threads:2";
        file["context"]["mnist.schema"] = "mnist-bench/1";
        return file.dump();
    };
    const Workshop workshop;
    workshop.write("a.json", calibrated(1));
    workshop.write("b.json", calibrated(2));
    const Finished text = workshop.mnist({"compare", "a.json", "b.json"});
    CAPTURE(text.output, text.error);
    CHECK(text.exit_code == 0);
    CHECK(contains(text.output, "slower machine"));
    CHECK(contains(text.output, "- warning: the machine itself changed between the files"));
    const Finished json = workshop.mnist({"compare", "a.json", "b.json", "--format", "json"});
    const nlohmann::json row = nlohmann::json::parse(json.output).at("rows").at(0);
    CHECK(row.at("verdict") == "slower");
    CHECK(row.at("joint_verdict").is_null());
    CHECK(row.at("measures") == "machine");
}

TEST_CASE("compare: three results are ranked, and one regression among them exits 1") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(2));
    workshop.write("b.json", bench_json(1));
    workshop.write("c.json", bench_json(4));
    const Finished text = workshop.mnist({"compare", "a.json", "b.json", "c.json"});
    CAPTURE(text.output, text.error);
    CHECK(text.exit_code == 1);
    CHECK(text.output.starts_with("BM_Sort: b.json is first, 2.00x faster (1.99 to 2.01) than a.json\n"));
    CHECK(workshop.mnist({"compare", "c.json", "a.json", "b.json"}).exit_code == 0);
    const Finished json = workshop.mnist({"compare", "a.json", "b.json", "c.json", "--format", "json"});
    const nlohmann::json root = nlohmann::json::parse(json.output);
    CHECK(root.at("new") == "b.json");
    CHECK(root.at("rows").at(0).at("verdict") == "faster");
    CHECK(root.at("further").at(0).at("rows").at(0).at("verdict") == "slower");
    const nlohmann::json& members = root.at("ranking").at("families").at(0).at("members");
    CHECK(members.at(0).at("file") == "b.json");
    CHECK(members.at(2).at("rank") == 3);
}

TEST_CASE("compare: Markdown and CSV go where the text goes, and to a file that is new") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(2));
    workshop.write("b.json", bench_json(1));
    const Finished markdown = workshop.mnist({"compare", "a.json", "b.json", "--format", "markdown"});
    CHECK(markdown.exit_code == 0);
    CHECK(markdown.output.starts_with("**`BM_Sort/64`: 2.00x faster (1.99 to 2.01)**\n"));
    CHECK(contains(markdown.output, "| `BM_Sort/64` | improved |"));
    const std::vector<std::string> to_file{"compare", "a.json", "b.json", "--format",
                                           "csv",     "--out",  "x.csv"};
    CHECK(workshop.mnist(to_file).exit_code == 0);
    const std::string csv = workshop.text_of("x.csv");
    CHECK(csv.starts_with("kind,base,new,name,verdict,"));
    CHECK(contains(csv, "\r\nrow,a.json,b.json,BM_Sort/64,faster,improved,"));
    CHECK(workshop.mnist(to_file).exit_code == 2);
    CHECK(workshop.text_of("x.csv") == csv);
}

TEST_CASE("compare: files divided by commas are pooled, and those of another machine refused") {
    const Workshop workshop;
    workshop.write("a1.json", bench_json(2));
    workshop.write("a2.json", bench_json(2));
    workshop.write("b.json", bench_json(1));
    const Finished pooled = workshop.mnist({"compare", "a1.json,a2.json", "b.json", "--format", "json"});
    REQUIRE(pooled.exit_code == 0);
    const nlohmann::json root = nlohmann::json::parse(pooled.output);
    CHECK(root.at("base") == "a1.json,a2.json");
    CHECK(root.at("rows").at(0).at("samples_base") == 20);
    nlohmann::json other = nlohmann::json::parse(bench_json(2));
    other["context"]["host_name"] = "elsewhere";
    workshop.write("other.json", other.dump());
    const Finished refused = workshop.mnist({"compare", "a1.json,other.json", "b.json"});
    CHECK(refused.exit_code == 2);
    CHECK(contains(refused.error, "expected host_name as in a1.json: h, found elsewhere"));
    const Finished twice = workshop.mnist({"compare", "a1.json,./a1.json", "b.json"});
    CHECK(twice.exit_code == 2);
    CHECK(contains(twice.error, "./a1.json twice"));
}

TEST_CASE("compare: two trainings of the same seeds have the same bits and the same accuracy") {
    const Workshop workshop;
    for (const char* const file : {"a.json", "b.json"})
        REQUIRE(workshop.train({"--optimizer", "adam", "--epochs", "2", "--seeds", "4", "--out", file})
                    .exit_code == 0);
    const Finished finished = workshop.mnist({"compare", "a.json", "b.json", "--mode", "report"});
    CAPTURE(finished.output, finished.error);
    CHECK(finished.exit_code == 0);
    CHECK(contains(finished.output, "The final weights of 4 runs are the same bits"));
    CHECK(contains(finished.output, "+0.00 (+0.00,+0.00)"));
}

TEST_CASE(
    "compare --between: rows of one file are compared as two files are, and all outputs say of which run") {
    const Workshop workshop;
    nlohmann::json file = nlohmann::json::parse(bench_json(2));
    const nlohmann::json faster = nlohmann::json::parse(bench_json(1));
    for (const nlohmann::json& row : faster["benchmarks"]) file["benchmarks"].push_back(row);
    for (std::size_t i = 0; i < 20; ++i)
        file["benchmarks"][i]["name"] = file["benchmarks"][i]["run_name"] =
            i < 10 ? "BM_Sort/kind:merge/64" : "BM_Sort/kind:quick/64";
    workshop.write("one.json", file.dump());
    const auto between = [&](const std::string& values, std::vector<std::string> more) {
        std::vector<std::string> words{"compare", "one.json", "--between", values};
        words.insert(words.end(), more.begin(), more.end());
        return workshop.mnist(words);
    };
    const Finished text = between("kind=merge,quick", {});
    CAPTURE(text.output, text.error);
    CHECK(text.exit_code == 0);
    CHECK(text.output.starts_with("BM_Sort/64: 2.00x faster (1.99 to 2.01)\n"));
    CHECK(contains(text.output,
                   "\nmerge to quick: kind within one.json, both measured in one run, as a report"));
    CHECK_FALSE(contains(text.output, "warning"));
    const Finished markdown = between("kind=merge,quick", {"--format", "markdown"});
    CHECK(contains(markdown.output,
                   "`merge` to `quick`: `kind` within `one.json`, both measured in one run, as a"));
    const Finished csv = between("kind=merge,quick", {"--format", "csv"});
    CHECK(contains(csv.output, "\r\nrow,merge,quick,BM_Sort/64,faster,"));
    const nlohmann::json root =
        nlohmann::json::parse(between("kind=merge,quick", {"--format", "json"}).output);
    CHECK(root.at("within").at("part") == "kind");
    CHECK(root.at("within").at("file") == "one.json");
    CHECK(root.at("rows").at(0).at("verdict") == "faster");
    CHECK(between("kind=quick,merge", {}).exit_code == 0);
    CHECK(between("kind=quick,merge", {"--mode", "gate"}).exit_code == 1);
    for (const auto& [values, words] :
         {std::pair{"kind", "expected PART=BASE,NEW"}, std::pair{"kind=quick", "expected two values or more"},
          std::pair{"kind=quick,", "--between"}, std::pair{"threads=1,2", "found threads"}}) {
        const Finished refused = between(values, {});
        CAPTURE(refused.error);
        CHECK(refused.exit_code == 2);
        CHECK(contains(refused.error, words));
    }
    CHECK(contains(workshop.mnist({"compare", "one.json", "one.json", "--between", "kind=quick,merge"}).error,
                   "expected one result, which holds both sides, found 2"));
    CHECK(workshop.mnist({"compare", "one.json", "--between", ""}).exit_code == 2);
}

TEST_CASE("compare: what cannot be compared exits 2, names the file and leaves existing files alone") {
    const Workshop workshop;
    workshop.write("a.json", bench_json(1));
    workshop.write("broken.json", bench_json(1).substr(0, 200));
    workshop.write("other.json", "{}");
    const auto refused = [&](std::vector<std::string> arguments, const std::string& what) {
        arguments.insert(arguments.begin(), "compare");
        const Finished finished = workshop.mnist(arguments);
        CAPTURE(finished.error);
        CHECK(finished.exit_code == 2);
        CHECK(contains(finished.error, what));
    };
    refused({"a.json"}, "expected two results or more");
    refused({"a.json", "broken.json"}, "broken.json");
    refused({"a.json", "other.json"}, "other.json");
    refused({"a.json", "missing.json"}, "missing.json");
    refused({"a.json", "a.json", "--mode", "gat"}, "--mode");
    refused({"a.json", "a.json", "--threshold", "0"}, "--threshold");
    refused({"a.json", "a.json", "--alpha", "2"}, "--alpha");
    refused({"a.json", "a.json", "--format", "xml"}, "--format");
    refused({"a.json", "a.json", "--out", "other.json"}, "other.json");
    CHECK(workshop.text_of("other.json") == "{}");
}
