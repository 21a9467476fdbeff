// The history on a page: from how many files there is one, what is drawn and said, and that text stays text.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "mnist/report/page.hpp"
#include "page_sources.hpp"

namespace {

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using nlohmann::json;

/// Every repetition of the files from `first` on, but for those from `last` on.
template <class Change>
void change_repetitions(std::vector<ReportSource>& files, std::size_t first, std::size_t last,
                        Change change) {
    for (std::size_t i = first; i < last; ++i)
        for (mnist::BenchRepetition& one : std::get<mnist::BenchResult>(files[i].content).repetitions)
            change(one);
}

json first_group(const std::vector<ReportSource>& files) {
    return data_of(files)["history"]["groups"][0];
}

/// A section of a page, from its heading to its end.
std::string section(const std::string& page, const std::string& id) {
    const std::size_t begin = page.find("<section id=\"" + id + "\"");
    REQUIRE(begin != std::string::npos);
    return page.substr(begin, page.find("</section>", begin) - begin);
}

/// One day each: the host is a tenth slower from the tenth file on, the program from the twentieth.
std::vector<ReportSource> days(int count, const std::string& name = "Train/Adam/batch:64") {
    std::vector<ReportSource> files;
    for (int day = 0; day < count; ++day) {
        const double host = day >= 10 ? 1.1 : 1;
        const double program = day >= 20 ? 1.1 : 1;
        std::vector<json> rows;
        for (int r = 0; r < 3; ++r) {
            json row = mnist_test::bench_row();
            row["name"] = row["run_name"] = name;
            row["repetition_index"] = r;
            row["time_unit"] = "ms";
            row["real_time"] = 100 * host * program * (1 + 0.002 * (day * 7 % 5) + 0.0001 * r);
            row["peak_gflops"] = 200 / host * (1 + 0.001 * (day % 3));
            rows.push_back(row);
        }
        files.push_back(bench(fmt::format("{}.json", day), rows));
        auto& context = std::get<mnist::BenchResult>(files.back().content).context;
        context["mnist.created"] = fmt::format("2026-01-{:02}T12:00:00Z", day + 1);
        context["mnist.build.commit"] = fmt::format("{:040x}", 0x1000 + day);
    }
    return files;
}

}  // namespace

TEST_CASE("page: a history needs three results of one machine and configuration") {
    CHECK(data_of(days(2))["history"].is_null());
    const json history = data_of(days(3))["history"];
    REQUIRE(history["groups"].size() == 1);
    CHECK(history["groups"][0]["places"].size() == 3);
    CHECK(history["groups"][0]["changes"].empty());
}

TEST_CASE("page: a history's changes are told apart, and stand where they are drawn") {
    const std::vector<ReportSource> files = days(30);
    const json group = data_of(files)["history"]["groups"][0];
    const json& series = group["series"][0];
    CHECK(series["drawn"]["speed"].size() == 30);
    REQUIRE(series["changes"].size() == 2);
    const json& machine = series["changes"][0];
    CHECK(machine["place"] == 10);
    CHECK(machine["cause"] == "machine");
    const json& program = series["changes"][1];
    CHECK(program["place"] == 20);
    CHECK(program["cause"] == "program");
    CHECK(program["change"] == "slower");
    CHECK(program["unexplained_regression"] == true);
    const std::string html = section(mnist::report_page(files), "history");
    CHECK(html.find(": the program's (the machine: peak ") != std::string::npos);
    CHECK(html.find("Train/Adam/batch:64: slower, 0.9") != std::string::npos);
    CHECK(html.find(": the machine's (the machine: peak 0.9") != std::string::npos);
}

TEST_CASE("page: a history too short for any change says how many points it takes") {
    const std::string none = "No change in 1 series: too few points for any to be found (11; 12 are needed).";
    CHECK(first_group(days(11))["sentences"] == json{none});
    CHECK(section(mnist::report_page(days(11)), "history").find(none) != std::string::npos);
    std::vector<ReportSource> quiet = days(10);
    for (const ReportSource& one : days(10)) quiet.push_back(one);
    for (std::size_t i = 0; i < quiet.size(); ++i)
        std::get<mnist::BenchResult>(quiet[i].content).context["mnist.created"] =
            fmt::format("2026-02-{:02}T12:00:00Z", i + 1);
    CHECK(first_group(quiet)["sentences"] == json{"No change in 1 series."});
}

TEST_CASE("page: an accuracy that fell is a change of its own, and the program's") {
    std::vector<ReportSource> files = days(10);
    for (ReportSource& one : days(30)) files.push_back(one);
    files.erase(files.begin() + 10, files.begin() + 20);
    change_repetitions(files, 0, files.size(), [](mnist::BenchRepetition& one) { one.seconds = 0.1; });
    change_repetitions(files, 0, 15,
                       [](mnist::BenchRepetition& one) { one.counters["test_accuracy"] = 97.5; });
    change_repetitions(files, 15, 30,
                       [](mnist::BenchRepetition& one) { one.counters["test_accuracy"] = 96.5; });
    for (std::size_t i = 0; i < files.size(); ++i)
        std::get<mnist::BenchResult>(files[i].content).context["mnist.created"] =
            fmt::format("2026-01-{:02}T12:00:00Z", i + 1);
    const json group = first_group(files);
    REQUIRE(group["changes"].size() == 1);
    CHECK(group["changes"][0]["change"] == "less accurate");
    CHECK(group["changes"][0]["size"] == "-1.00 points");
    CHECK(group["changes"][0]["cause"] == "program");
    CHECK(group["changes"][0]["place"] == 15);
}

TEST_CASE("page: without measurements of the machine a change of a history is undecided") {
    std::vector<ReportSource> files = days(30);
    change_repetitions(files, 0, files.size(),
                       [](mnist::BenchRepetition& one) { one.counters.erase("peak_gflops"); });
    const json group = first_group(files);
    REQUIRE(group["changes"].size() == 2);
    for (const json& change : group["changes"]) CHECK(change["cause"] == "undecided");
    CHECK(group["series"][0]["drawn"]["peak"][0].is_null());
    CHECK(section(mnist::report_page(files), "history").find("whose it is cannot be said") !=
          std::string::npos);
}

TEST_CASE("page: disturbed points of a history are named by their place and make no change") {
    std::vector<ReportSource> files = days(9);
    for (const ReportSource& one : days(9)) files.push_back(one);
    for (std::size_t i = 0; i < files.size(); ++i)
        std::get<mnist::BenchResult>(files[i].content).context["mnist.created"] =
            fmt::format("2026-01-{:02}T12:00:00Z", i + 1);
    change_repetitions(files, 9, 12, [](mnist::BenchRepetition& one) {
        one.seconds *= 3;
        one.counters["other_cpu_share"] = 0.5;
    });
    const json group = first_group(files);
    CHECK(group["changes"].empty());
    CHECK(group["series"][0]["drawn"]["disturbed"] == json{9, 10, 11});
}

TEST_CASE("page: of many series of a history those that changed come first, and what is left out is said") {
    std::vector<ReportSource> files = days(30);
    for (std::size_t day = 0; day < files.size(); ++day) {
        auto& rows = std::get<mnist::BenchResult>(files[day].content).repetitions;
        const mnist::BenchRepetition first = rows.front();
        for (int i = 0; i < 59; ++i) {
            mnist::BenchRepetition other = first;
            other.name = fmt::format("Aaa/size:{}", i);
            other.seconds = 0.1;
            other.counters.clear();
            rows.push_back(other);
        }
    }
    const json group = first_group(files);
    CHECK(group["all_series"] == 60);
    CHECK(group["series"].size() == 48);
    CHECK(group["series"][0]["benchmark"] == "Train/Adam/batch:64");
    const std::string html = section(mnist::report_page(files), "history");
    CHECK(html.find("48 of 60 series are here; `mnist history` has all.") != std::string::npos);
    CHECK(html.find("36 more series</summary>") != std::string::npos);
}

TEST_CASE("page: long histories are drawn in bins, and whole files need not be on the page for them") {
    std::vector<ReportSource> files;
    const std::vector<ReportSource> month = days(10);
    for (int i = 0; i < 600; ++i) {
        ReportSource one = month[static_cast<std::size_t>(i % 10)];
        one.name = fmt::format("{}.json", i);
        std::get<mnist::BenchResult>(one.content).context["mnist.created"] =
            fmt::format("20{:02}-{:02}-{:02}T12:00:00Z", 20 + i / 300, 1 + i / 25 % 12, 1 + i % 25);
        files.push_back(std::move(one));
    }
    const json data = data_of(files);
    CHECK(data["files"] == 600);
    REQUIRE(data["sources"].size() == 40);
    CHECK(data["sources"][0]["name"] == "599.json");
    CHECK(data["sources"][39]["name"] == "560.json");
    const std::string note =
        "One by one: the newest 40 of 600 files, the machines taking turns; all are in the history.";
    CHECK(data["left_out"] == note);
    CHECK(mnist::report_page(files).find(note) != std::string::npos);
    const json series = data["history"]["groups"][0]["series"][0];
    CHECK(series["points"] == 600);
    CHECK(series["drawn"]["places"].size() <= 180);
    std::size_t drawn = 0;
    for (const json& count : series["drawn"]["counts"]) drawn += count.get<std::size_t>();
    CHECK(drawn == 600);
}

TEST_CASE("page: names in a history that look like markup are text") {
    const std::string page = mnist::report_page(days(3, "X<script>alert(1)</script>"));
    CHECK(page.find("<script>alert(1)") == std::string::npos);
    CHECK(page.find("X&lt;script&gt;") != std::string::npos);
    std::vector<ReportSource> files = days(30);
    for (ReportSource& one : files) {
        auto& context = std::get<mnist::BenchResult>(one.content).context;
        context["mnist.label"] = context["mnist.build.commit"] = "<b>x</b><script>alert(2)</script>";
    }
    const std::string hostile = mnist::report_page(files);
    CHECK(hostile.find("<script>alert(2)") == std::string::npos);
    CHECK(hostile.find("<b>x") == std::string::npos);
    CHECK(section(hostile, "history").find("commit &lt;b&gt;x&lt;/b&gt;") != std::string::npos);
}
