// Processes as clusters, from the counter in a file to the words of a verdict.
#include <algorithm>

#include "catch.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/core/error.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

// `processes` of five repetitions within 1 % each, the processes themselves apart by `apart`.
MeasuredRow in_processes(const std::string& name, double seconds, std::uint32_t processes, double apart) {
    MeasuredRow made;
    made.name = name;
    for (std::uint32_t process = 0; process < processes; ++process) {
        const double centre = seconds * (1 + apart * ((process * 7) % 5 - 2.0) / 2);
        for (const double offset : {-0.9, 0.3, -0.4, 0.8, 0.1}) {
            made.seconds.push_back(centre * (1 + (offset + process * 0.01) / 100));
            made.processes.push_back(process);
        }
    }
    return made;
}

Measurements of_processes(const std::string& label, double seconds, std::uint32_t processes,
                          double apart = 0) {
    Measurements made = measured(label, {in_processes("Train/Adam", seconds, processes, apart)});
    made.processes = processes;
    return made;
}

BenchRepetition repetition(std::uint64_t index, double seconds, double process) {
    return {.name = "Train/Adam/batch:64",
            .seconds = seconds,
            .iterations = 5,
            .counters = {{"process", process}, {"p99_us", 5}},
            .label = {},
            .index = index};
}

BenchResult result_of(std::vector<BenchRepetition> repetitions) {
    return {.context = {{"mnist.schema", "mnist-bench/1"}, {"mnist.processes", "2"}},
            .repetitions = std::move(repetitions),
            .skipped = {}};
}

}  // namespace

TEST_CASE("processes: repetitions keep the number of the process that measured them, in order of time") {
    const Measurements made = measurements_of(
        result_of({repetition(2, 3, 1), repetition(0, 1, 0), repetition(3, 4, 1), repetition(1, 2, 0)}), "x");
    REQUIRE(made.rows.size() == 1);
    CHECK(made.rows[0].seconds == std::vector<double>{1, 2, 3, 4});
    CHECK(made.rows[0].processes == std::vector<std::uint32_t>{0, 0, 1, 1});
    CHECK(made.rows[0].latency_processes.at("p99") == std::vector<std::uint32_t>{0, 0, 1, 1});
    CHECK(made.processes == 2);
}

TEST_CASE("processes: a number that is none, one process alone and other programs' counters are left out") {
    for (const double bad : {-1.0, 0.5, 1e9}) {
        const Measurements made =
            measurements_of(result_of({repetition(0, 1, 0), repetition(1, 2, bad)}), "x");
        CHECK(made.rows[0].processes.empty());
        CHECK(made.rows[0].seconds.size() == 2);
    }
    CHECK(measurements_of(result_of({repetition(0, 1, 1), repetition(1, 2, 1)}), "x")
              .rows[0]
              .processes.empty());
    BenchResult foreign = result_of({repetition(0, 1, 0), repetition(1, 2, 1)});
    foreign.context.erase("mnist.processes");
    CHECK(measurements_of(foreign, "x").rows[0].processes.empty());
}

TEST_CASE("processes: each pooled file is a process of its own, and those of a file stay apart") {
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    pool_into(pool, measured("b.json", {row("Train/Adam", 2.1), row("Train/SGD", 1)}));
    pool_into(pool, of_processes("c.json", 2, 3));
    CHECK(pool.processes == 5);
    const std::vector<std::uint32_t>& processes = pool.rows[0].processes;
    REQUIRE(processes.size() == 35);
    CHECK(std::count(processes.begin(), processes.end(), 0U) == 10);
    CHECK(std::count(processes.begin(), processes.end(), 1U) == 10);
    for (const std::uint32_t own : {2U, 3U, 4U})
        CHECK(std::count(processes.begin(), processes.end(), own) == 5);
    CHECK(pool.rows[1].processes == std::vector<std::uint32_t>(10, 1));
}

TEST_CASE("processes: files of one process each are judged by their repetitions, as ever") {
    const Comparison comparison =
        compare(measured("a.json", {row("Train/Adam", 2)}), measured("b.json", {row("Train/Adam", 1)}), {});
    CHECK_FALSE(comparison.rows[0].speed.clustered);
    CHECK(comparison.rows[0].speed.p.value() == Approx(1.0825e-5).epsilon(1e-3));
    CHECK(comparison.rows[0].speed.processes_base == 1);
    CHECK(warnings_of(comparison, "process").empty());
}

TEST_CASE("processes: six on each side are judged by their means, and what differs between them counts") {
    const Comparison far = compare(of_processes("a.json", 2, 6), of_processes("b.json", 1, 6), {});
    const SpeedComparison& faster = far.rows[0].speed;
    CHECK(faster.clustered);
    CHECK(faster.verdict == SpeedVerdict::faster);
    CHECK(faster.p.value() == Approx(2.0 / 924));
    CHECK(faster.processes_base == 6);
    CHECK(faster.samples_base == 30);
    CHECK(far.named[0].speed.p.value() == Approx(2.0 / 924));
    CHECK(warnings_of(far, "process").empty());
    // 6 % faster, and processes differ by up to 20 %: repetitions alone would have no doubt.
    Measurements base = of_processes("a.json", 1.06, 6, 0.1);
    Measurements other = of_processes("b.json", 1, 6, 0.1);
    const Comparison near = compare(base, other, {});
    CHECK(near.rows[0].speed.verdict == SpeedVerdict::inconclusive);
    CHECK(near.rows[0].speed.interval->contains(1));
    CHECK(near.named[0].speed.verdict == SpeedVerdict::inconclusive);
}

TEST_CASE("processes: where each has one repetition these are independent, however few they are") {
    MeasuredRow base = row("Train/Adam", 2);
    MeasuredRow other = row("Train/Adam", 1);
    base.seconds.resize(5);
    other.seconds.resize(5);
    base.processes = other.processes = {0, 1, 2, 3, 4};
    const SpeedComparison speed =
        compare(measured("a.json", {base}), measured("b.json", {other}), {}).rows[0].speed;
    CHECK_FALSE(speed.clustered);
    CHECK(speed.p.value() == Approx(2.0 / 252));
    CHECK(speed.processes_base == 5);
}

TEST_CASE("processes: fewer than six bring a caution that names the side and how many do") {
    const Comparison comparison = compare(of_processes("a.json", 2, 2), of_processes("b.json", 1, 6), {});
    CHECK(comparison.rows[0].speed.verdict == SpeedVerdict::faster);
    CHECK(comparison.rows[0].speed.p.value() >= 2.0 / 924);
    const auto warned = warnings_of(comparison, "a.json is of 2 processes: with fewer than 6 on a side");
    REQUIRE(warned.size() == 1);
    CHECK(warned[0].find("measure both with --processes=6") != std::string::npos);
    CHECK(warned[0].find("b.json") == std::string::npos);
    const Comparison one =
        compare(measured("a.json", {row("Train/Adam", 2)}), of_processes("b.json", 1, 3), {});
    CHECK(warnings_of(one, "a.json is of 1 process, and b.json is of 3 processes").size() == 1);
}

TEST_CASE("processes: too few for so many rows are named as such, with how many would do") {
    std::vector<MeasuredRow> base;
    std::vector<MeasuredRow> other;
    for (int i = 0; i < 40; ++i) {
        base.push_back(in_processes("Train/Adam/batch:" + std::to_string(i), 2, 6, 0));
        other.push_back(in_processes("Train/Adam/batch:" + std::to_string(i), 1, 6, 0));
    }
    const Comparison comparison = compare(measured("a.json", base), measured("b.json", other), {});
    CHECK_FALSE(comparison.rows_can_be_claimed);
    CHECK(comparison.more_repetitions == "--processes=7");
    CHECK(warnings_of(comparison, "with so few processes none of 40 rows").size() == 1);
    // The group as a whole can: it is one number a process.
    CHECK(comparison.named[0].speed.verdict == SpeedVerdict::faster);
    CHECK(gate_of(comparison).can_judge);
}

TEST_CASE("processes: a difference from process to process is no drift, one that goes on is") {
    const auto drifts = [](const std::vector<double>& centres) {
        MeasuredRow made;
        made.name = "Train/Adam";
        for (std::uint32_t process = 0; process < centres.size(); ++process)
            for (const double offset : {-0.2, 0.3, -0.4, 0.2, 0.1}) {
                made.seconds.push_back(centres[process] * (1 + offset / 100));
                made.processes.push_back(process);
            }
        const Measurements side = measured("a.json", {made});
        Measurements other = of_processes("b.json", 1, 6);
        return !warnings_of(compare(side, other, {}), "drifted").empty();
    };
    CHECK_FALSE(drifts({1, 1.04, 1.05, 1.06}));  // four have p >= 0.083
    CHECK(drifts({1, 1.02, 1.04, 1.06, 1.08, 1.1, 1.12}));
}

TEST_CASE("looks: a side that was looked at while it was measured is judged at its share of the level") {
    Measurements base = measured("a.json", {row("Train/Adam", 2)});
    Measurements other = measured("b.json", {row("Train/Adam", 1)});
    CHECK(compare(base, other, {}).alpha == 0.05);
    other.facts["mnist.until_decided.planned_looks"] = "7";
    const Comparison looked = compare(base, other, {});
    CHECK(looked.looks == 7);
    CHECK(looked.alpha == Approx(0.05 / 7));
    CHECK(looked.rows[0].speed.verdict == SpeedVerdict::faster);
    base.facts["mnist.until_decided.planned_looks"] = "3";
    CHECK(compare(base, other, {}).looks == 21);
    for (const char* const none : {"0", "-1", "x", "7x", ""}) {
        CAPTURE(none);
        other.facts["mnist.until_decided.planned_looks"] = none;
        CHECK(compare(base, other, {}).looks == 3);
    }
    other.facts["mnist.until_decided.planned_looks"] = "1000000";
    CHECK(compare(base, other, {}).looks == 300);
}

TEST_CASE("looks: pooled files that were both looked at multiply their looks") {
    Measurements pool = measured("a.json", {row("Train/Adam", 2)});
    Measurements more = measured("b.json", {row("Train/Adam", 2.1)});
    more.facts["mnist.until_decided.planned_looks"] = "7";
    pool_into(pool, more);
    CHECK(pool.facts.at("mnist.until_decided.planned_looks") == "7");
    more.label = "c.json";
    pool_into(pool, more);
    CHECK(pool.facts.at("mnist.until_decided.planned_looks") == "49");
}
