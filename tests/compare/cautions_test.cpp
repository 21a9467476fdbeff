// What the figures of a comparison warn of: another machine, drift, too few repetitions.
#include "catch.hpp"
#include "mnist/compare/gate.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

TEST_CASE("compare: another machine is a warning in a gate, and no regression of the program") {
    const auto calibrated = [](const std::string& label, double machine, double program) {
        Measurements made =
            measured(label, {row("Calibrate/FmaPeak/threads:1", machine), row("Train/Adam", program)});
        made.rows[0].of_machine = true;
        return made;
    };
    const Measurements base = calibrated("a.json", 1, 2);
    const Comparison slower = compare(base, calibrated("b.json", 1.25, 2), {});
    CHECK(slower.mode == CompareMode::gate);
    CHECK(slower.rows[0].speed.verdict == SpeedVerdict::slower);
    CHECK_FALSE(slower.rows[0].joint.has_value());
    CHECK(gate_of(slower).outcome == GateOutcome::passed);
    REQUIRE(warnings_of(slower, "the machine itself changed").size() == 1);
    CHECK(warnings_of(slower, "(Calibrate/FmaPeak/threads:1 0.80x)").size() == 1);
    REQUIRE(slower.named.size() == 1);
    CHECK(slower.named[0].title == "Adam training");
    CHECK(gate_of(compare(base, calibrated("b.json", 1.25, 2.5), {})).outcome == GateOutcome::failed);
    CHECK(warnings_of(compare(base, calibrated("b.json", 1, 2), {}), "the machine itself").empty());
    const CompareSettings report{.mode = CompareMode::report, .verdict = {}};
    CHECK(warnings_of(compare(base, calibrated("b.json", 1.25, 2), report), "the machine itself").empty());
}

TEST_CASE(
    "compare: a file set against a copy of itself is called one, for that gate would always be passed") {
    const Measurements base = measured("a.json", {row("Train/Adam", 2), row("Train/SGD", 1)});
    Measurements other = base;
    other.label = "b.json";
    const auto found = warnings_of(compare(base, other, {}), "copy");
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("b.json has the same repetitions as a.json, to the last digit"));
    other.rows[1].seconds.back() *= 1.0001;
    CHECK(warnings_of(compare(base, other, {}), "copy").empty());
}

TEST_CASE("compare: times that drift with their order are warned of, unless by next to nothing") {
    const auto drifting = [](double by) {
        Measurements made = measured("b.json", {row("Train/Adam", 1), row("Train/SGD", 1)});
        for (std::size_t i = 0; i < 10; ++i) made.rows[0].seconds[i] = 1 + by * static_cast<double>(i);
        return made;
    };
    const Measurements base = measured("a.json", {row("Train/Adam", 1), row("Train/SGD", 1)});
    const auto found = warnings_of(compare(base, drifting(0.02), {}), "drifted");
    REQUIRE(found.size() == 1);
    // Medians 1.14 and 1.04.
    CHECK(
        found[0].starts_with("b.json drifted while it was measured: the later repetitions of Train/Adam took "
                             "9.62 % longer than the earlier ones; measure again"));
    CHECK(warnings_of(compare(drifting(-0.02), base, {}), "% less").size() == 1);
    CHECK(warnings_of(compare(base, drifting(0.001), {}), "drifted").empty());
    CHECK(warnings_of(compare(base, base, {}), "drifted").empty());
}

TEST_CASE("compare: too few repetitions for so many rows are named, with the one number that would do") {
    const auto of_five = [](const std::string& label, double seconds) {
        Measurements made = measured(label, {});
        for (int i = 0; i < 10; ++i) {
            made.rows.push_back(row("Train/" + std::to_string(i), seconds));
            made.rows.back().seconds.resize(5);
        }
        return made;
    };
    // 10 * 2 / 252 is above 0.05; 10 * 2 / 924 below.
    const Comparison comparison = compare(of_five("a.json", 2), of_five("b.json", 1), {});
    CHECK(comparison.rows[0].speed.verdict == SpeedVerdict::inconclusive);
    REQUIRE(warnings_of(comparison, "none of 10 rows").size() == 1);
    CHECK(comparison.more_repetitions == "--benchmark_repetitions=10");
    CHECK(warnings_of(comparison, "measure with --benchmark_repetitions=10, or fewer rows").size() == 1);
    CHECK(warnings_of(compare(of_five("a.json", 2), of_five("b.json", 2), {}), "none of").empty());
    const Comparison enough =
        compare(measured("a.json", {row("Train/Adam", 2)}), measured("b.json", {row("Train/Adam", 1)}), {});
    CHECK(enough.warnings.empty());
}

TEST_CASE("compare: how many repetitions are asked for grows with the rows, and the flag is the program's") {
    const auto of_rows = [](std::size_t rows, const char* key) {
        Measurements made = measured("a.json", {});
        for (std::size_t i = 0; i < rows; ++i) made.rows.push_back(row("Train/" + std::to_string(i), 1));
        if (key != nullptr) made.facts[key] = "1";
        return made;
    };
    const auto advice = [&](std::size_t rows, const char* base, const char* other, double alpha) {
        return compare(of_rows(rows, base), of_rows(rows, other),
                       {.mode = CompareMode::automatic, .verdict = {.alpha = alpha, .resamples = 100}})
            .more_repetitions;
    };
    constexpr const char* kTrain = "mnist.config.seeds";
    CHECK(advice(1, nullptr, nullptr, 0.05) == "--benchmark_repetitions=10");
    CHECK(advice(1, kTrain, kTrain, 0.05) == "--seeds 5");
    CHECK(advice(1, nullptr, kTrain, 0.05) == "--benchmark_repetitions=10 and --seeds 5");
    // 2 / C(20, 10) is 1.08e-5, 2 / C(22, 11) 2.8e-6: 100 rows at 0.001 need 11.
    CHECK(advice(100, nullptr, nullptr, 0.001) == "--benchmark_repetitions=11");
}
