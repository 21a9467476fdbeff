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
    const std::string page = mnist::report_page(files);
    CHECK(page.find("the program&#39;s") + page.find("the program's") != 2 * std::string::npos);
}

TEST_CASE("page: names in a history that look like markup are text") {
    const std::string page = mnist::report_page(days(3, "X<script>alert(1)</script>"));
    CHECK(page.find("<script>alert(1)") == std::string::npos);
    CHECK(page.find("X&lt;script&gt;") != std::string::npos);
}
