// Other libraries on a page: which rows stand beside each other, and what is claimed of them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "page_sources.hpp"

namespace {

using mnist::ReportSource;
using mnist_test::bench;
using mnist_test::data_of;
using nlohmann::json;

/// Eight rounds of `milliseconds` each, with a thousandth between them, of batches of 64.
void add_rows(std::vector<json>& rows, const std::string& name, double milliseconds) {
    for (int r = 0; r < 8; ++r) {
        json row = mnist_test::bench_row();
        row["name"] = row["run_name"] = name;
        row["repetition_index"] = r;
        row["time_unit"] = "ms";
        row["real_time"] = milliseconds * (1 + 0.001 * r);
        row["samples_per_second"] = 64e3 / milliseconds;
        row["test_accuracy"] = 97.5;
        rows.push_back(row);
    }
}

json libraries_of(const std::vector<json>& rows) {
    ReportSource source = bench("peers.json", rows);
    auto& context = std::get<mnist::BenchResult>(source.content).context;
    context["mnist.build.version"] = "0.3.0";
    context["mnist.peers.jax.title"] = "JAX";
    context["mnist.peers.jax.version"] = "0.10.2";
    return data_of({source});
}

}  // namespace

TEST_CASE(
    "page: libraries stand beside ours with the threads they were fastest with, and no chart of ours shows "
    "them") {
    std::vector<json> rows;
    add_rows(rows, "Train/Adam/batch:64/threads:1", 3);
    add_rows(rows, "Train/Adam/batch:64/threads:2", 2);
    add_rows(rows, "Train/Adam/batch:64/threads:1/library:jax", 4);
    add_rows(rows, "Train/Adam/batch:64/threads:2/library:jax", 5);
    add_rows(rows, "Train/SGD/batch:64/threads:2", 2);
    const json data = libraries_of(rows);
    REQUIRE(data["libraries"].size() == 1);  // of SGD there is nobody beside ours
    const json& table = data["libraries"][0];
    CHECK(table["optimizer"] == "adam");
    REQUIRE(table["rows"].size() == 2);
    const json& ours = table["rows"][0];
    CHECK(ours["title"] == "mnist_bench");
    CHECK(ours["version"] == "0.3.0");
    CHECK(ours["threads"] == "2");
    CHECK(ours["lead"].is_null());
    const json& jax = table["rows"][1];
    CHECK(jax["title"] == "JAX");
    CHECK(jax["version"] == "0.10.2");
    CHECK(jax["threads"] == "1");
    CHECK(jax["accuracy"] == 97.5);
    CHECK(jax["lead"]["ratio"].get<double>() == Approx(2.0).epsilon(1e-3));
    CHECK(jax["lead"]["verdict"] == "faster");
    for (const json& series : data["throughput"])
        for (const json& point : series["points"]) CHECK(point["samples_per_second"]["n"] == 8);
    CHECK(mnist::report_page({bench("peers.json", rows)}).find("Beside other libraries") !=
          std::string::npos);
}

TEST_CASE("page: a library that is ahead is said to be ahead, and what is close is not decided") {
    std::vector<json> rows;
    add_rows(rows, "Train/Adam/batch:64", 3);
    add_rows(rows, "Train/Adam/batch:64/library:jax", 2);
    add_rows(rows, "Train/Adam/batch:256", 3);
    add_rows(rows, "Train/Adam/batch:256/library:jax", 3.01);
    ReportSource source = bench("peers.json", rows);
    const json data = data_of({source});
    CHECK(data["libraries"][0]["rows"][0]["lead"]["verdict"] == "slower");
    const std::string page = mnist::report_page({source});
    CHECK(page.find("0.67 at batch 64 (jax, ahead), 1.00 at batch 256 (jax, not decided).") !=
          std::string::npos);
}

TEST_CASE("page: the call of an empty model is taken off a library's inference before anything is claimed") {
    std::vector<json> rows;
    add_rows(rows, "Infer/batch:64", 1);
    add_rows(rows, "Infer/batch:64/precision:int8", 1);
    add_rows(rows, "Infer/batch:64/threads:1/library:onnxruntime", 3);
    add_rows(rows, "Infer/batch:64/precision:int8/threads:1/library:onnxruntime", 2);
    for (json& row : rows) {
        if (row["name"].get<std::string>().ends_with("onnxruntime")) row["empty_us"] = 2007;
    }
    add_rows(rows, "Infer/batch:64/threads:1/library:onnxruntime_empty", 2);
    const json data = libraries_of(rows);
    REQUIRE(data["libraries"].size() == 2);
    const json& f32 = data["libraries"][0]["rows"];
    REQUIRE(f32.size() == 2);  // the empty call is no library
    CHECK(f32[1]["call_us"] == 2007);
    CHECK(f32[1]["lead"]["ratio"].get<double>() == Approx(1.0).epsilon(0.02));
    // Where the call alone takes as long, nothing remains that could be compared.
    CHECK(data["libraries"][1]["precision"] == "int8");
    CHECK(data["libraries"][1]["rows"][1]["lead"].is_null());
}

TEST_CASE("page: ours leads only where it leads each library, whichever is nearest") {
    std::vector<json> rows;
    add_rows(rows, "Train/Adam/batch:64", 2);
    add_rows(rows, "Train/Adam/batch:64/library:jax", 3);
    add_rows(rows, "Train/Adam/batch:64/library:torch", 9);
    CHECK(libraries_of(rows)["libraries"][0]["rows"][1]["lead"]["verdict"] == "faster");
    CHECK(libraries_of(rows)["libraries"][0]["rows"][2]["lead"]["verdict"].is_null());
    // One whose every other round was as fast as ours.
    for (json& row : rows) {
        const bool wild =
            row["name"].get<std::string>().ends_with("torch") && row["repetition_index"].get<int>() % 2 == 0;
        if (wild) row["real_time"] = 1.5;
    }
    for (const json& row : libraries_of(rows)["libraries"][0]["rows"])
        if (!row["lead"].is_null() && !row["lead"]["verdict"].is_null())
            CHECK(row["lead"]["verdict"] == "inconclusive");
}

TEST_CASE("page: of very many libraries the first are shown") {
    std::vector<json> rows;
    for (int i = 0; i < 1200; ++i) {
        json row = mnist_test::bench_row();
        row["name"] = row["run_name"] = "Train/Adam/batch:64/library:l" + std::to_string(i);
        row["samples_per_second"] = 5;
        rows.push_back(row);
    }
    CHECK(data_of({bench("peers.json", rows)})["libraries"][0]["rows"].size() == 1000);
}
