// How ranks scale: what is one series, and what its figures are of.
#include "mnist/compare/scaling.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "catch.hpp"
#include "mnist/compare/ranking.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

MeasuredRow timed(const std::string& name, double seconds) {
    MeasuredRow row;
    row.name = name;
    row.seconds = {seconds, seconds, seconds};
    return row;
}

Measurements file_of(const std::string& label, std::vector<MeasuredRow> rows, const std::string& threads) {
    Measurements measured;
    measured.label = label;
    measured.facts = {{"mnist.schema", "mnist-bench/1"}, {"mnist.config.threads", threads}};
    measured.rows = std::move(rows);
    return measured;
}

// With so many threads on each rank.
Measurements of_ranks(const std::string& label, std::vector<MeasuredRow> rows, std::vector<int> threads) {
    Measurements measured = file_of(label, std::move(rows), std::to_string(threads.front()));
    for (std::size_t r = 0; r < threads.size(); ++r)
        measured.facts["mnist.cluster.ranks." + std::to_string(r) + ".threads"] = std::to_string(threads[r]);
    return measured;
}

}  // namespace

TEST_CASE("scaling: an epoch of one batch is related to the fewest ranks, and to their threads") {
    MeasuredRow two = timed("Train/Adam/batch:1024/ranks:2", 4);
    two.exchange_shares = {0.1, 0.2, 0.3};
    const std::vector<Measurements> sides{
        of_ranks("2.json", {two, timed("Train/SGD/batch:64/ranks:2", 1)}, {2, 4}),
        file_of("1.json", {timed("Train/Adam/batch:1024", 9), timed("Calibrate/Barrier/threads:2", 1)}, "2")};
    const std::vector<ScalingSeries> all = scaling_of(sides);
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "Train/Adam/batch:1024");
    CHECK_FALSE(all[0].weak);
    REQUIRE(all[0].points.size() == 2);
    const ScalingPoint& first = all[0].points[0];
    const ScalingPoint& second = all[0].points[1];
    CHECK(first.label == "1.json");
    CHECK(first.speed == 1);
    CHECK_FALSE(first.exchange_share);
    CHECK(second.ranks == 2);
    CHECK(second.threads == 6U);
    CHECK(second.speed == Approx(2.25));
    CHECK(second.efficiency.value() == Approx(0.75));
    CHECK(second.exchange_share.value() == Approx(0.2));
}

TEST_CASE("scaling: with as many rows for each rank a step does more, an epoch the same") {
    const std::vector<Measurements> sides{file_of("1.json",
                                                  {timed("Step/Adam/rows_per_rank:256/ranks:1", 1),
                                                   timed("Train/Adam/rows_per_rank:256/ranks:1", 8)},
                                                  "1"),
                                          of_ranks("4.json",
                                                   {timed("Step/Adam/rows_per_rank:256/ranks:4", 1.25),
                                                    timed("Train/Adam/rows_per_rank:256/ranks:4", 2.5)},
                                                   {1, 1, 1, 1})};
    const std::vector<ScalingSeries> all = scaling_of(sides);
    REQUIRE(all.size() == 2);
    for (const ScalingSeries& series : all) {
        CHECK(series.weak);
        CHECK(series.points[1].speed == Approx(3.2));
        CHECK(series.points[1].efficiency.value() == Approx(0.8));
    }
}

TEST_CASE("scaling: threads in a name are those of each rank, and who does not say them has no efficiency") {
    Measurements unknown = file_of("2.json", {timed("Step/SGD/batch:64/ranks:2", 1)}, "1");
    const std::vector<Measurements> sides{
        file_of("1.json", {timed("Step/SGD/batch:64", 2), timed("Step/SGD/batch:256/threads:2", 4)}, "1"),
        unknown, of_ranks("3.json", {timed("Step/SGD/batch:256/threads:2/ranks:3", 2)}, {1, 1, 1})};
    const std::vector<ScalingSeries> all = scaling_of(sides);
    REQUIRE(all.size() == 2);
    CHECK(all[0].points[1].speed == Approx(2));
    CHECK_FALSE(all[0].points[1].efficiency);
    CHECK(all[1].points[1].threads == 6U);
    CHECK(all[1].points[1].efficiency.value() == Approx(2.0 / 3));
}

TEST_CASE("scaling: rows of another precision, of copies or of one number of ranks scale with nothing") {
    const std::vector<Measurements> sides{
        file_of("1.json", {timed("Step/SGD/batch:64", 2), timed("Train/SGD/batch:64/copies:2", 2)}, "1"),
        of_ranks("2.json",
                 {timed("Step/SGD/batch:64/precision:bf16/ranks:2", 1),
                  timed("Step/Adam/batch:64/ranks:2", 1), timed("Step/Momentum/batch:64/ranks:0", 1)},
                 {1, 1})};
    CHECK(scaling_of(sides).empty());
}

TEST_CASE(
    "scaling: files of other ranks are not compared but scale, those that nothing scales with are refused") {
    const Measurements one = file_of("1.json", {timed("Step/SGD/batch:64", 2)}, "1");
    const Measurements two = of_ranks("2.json", {timed("Step/SGD/batch:64/ranks:2", 1)}, {1, 1});
    const ComparedFiles files = compare_files(std::vector{one, two}, {});
    CHECK(files.comparisons.empty());
    CHECK(files.scaling.size() == 1);
    const ComparedFiles three = compare_files(std::vector{one, two, file_of("3.json", one.rows, "1")}, {});
    CHECK(three.comparisons.size() == 1);
    CHECK(three.scaling.front().points.size() == 3);
    const Measurements other = of_ranks("2.json", {timed("Step/Adam/batch:64/ranks:2", 1)}, {1, 1});
    CHECK_THROWS_AS(compare_files(std::vector{one, other}, {}), InputError);
}

TEST_CASE("scaling: other data is another series, other machines and other trainings are told") {
    Measurements one = file_of("1.json", {timed("Step/SGD/batch:64", 2)}, "1");
    Measurements two = of_ranks("2.json", {timed("Step/SGD/batch:64/ranks:2", 1)}, {1, 1});
    // A launcher may give a rank fewer CPUs of the same machine.
    one.facts.insert({{"mnist.machine.cpu_model", "A"}, {"mnist.machine.usable_cores", "2"}});
    two.facts.insert({{"mnist.machine.cpu_model", "A"}, {"mnist.machine.usable_cores", "1"}});
    REQUIRE(scaling_of(std::vector{one, two}).size() == 1);
    CHECK(scaling_of(std::vector{one, two}).front().cautions.empty());
    two.facts["mnist.machine.cpu_model"] = "B";
    one.facts["mnist.config.epochs"] = "5";
    two.facts["mnist.config.epochs"] = "2";
    const std::vector<std::string> cautions = scaling_of(std::vector{one, two}).front().cautions;
    REQUIRE(cautions.size() == 2);
    CHECK(cautions[0].starts_with("1.json and 2.json: the machines differ (cpu_model A and B)"));
    CHECK(cautions[1].starts_with("1.json and 2.json: the epochs differ (5 and 2)"));
    one.facts["mnist.dataset.sha256"] = "0123";
    two.facts["mnist.dataset.sha256"] = "4567";
    CHECK(scaling_of(std::vector{one, two}).empty());
}

TEST_CASE("scaling: a gate does not hold for a file that could only be scaled with") {
    const Measurements one = file_of("1.json", {timed("Step/SGD/batch:64", 2)}, "1");
    const Measurements two = of_ranks("2.json", {timed("Step/SGD/batch:64/ranks:2", 1)}, {1, 1});
    const CompareSettings gate{.mode = CompareMode::gate, .verdict = {}};
    CHECK_THROWS_AS(compare_files(std::vector{one, two}, gate), InputError);
    CHECK_THROWS_AS(compare_files(std::vector{one, file_of("3.json", one.rows, "1"), two}, gate), InputError);
}

TEST_CASE("scaling: a table of a hundred thousand rows takes no longer for each row") {
    const auto seconds = [](int rows) {
        std::vector<MeasuredRow> all;
        for (int i = 0; i < rows; ++i) all.push_back(timed("Step/SGD/batch:" + std::to_string(i), 1));
        all.push_back(timed("Step/SGD/batch:0/ranks:2", 1));
        const std::vector<Measurements> sides{file_of("1.json", std::move(all), "1")};
        const auto begin = std::chrono::steady_clock::now();
        CHECK(scaling_of(sides).size() == 1);
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    };
    CHECK(seconds(100'000) < 100 * std::max(seconds(5000), 0.01));
}

}  // namespace mnist
