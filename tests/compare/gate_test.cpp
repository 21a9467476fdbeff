// When a gate opens, when it does not, and when it cannot know.
#include "mnist/compare/gate.hpp"

#include "catch.hpp"
#include "sample_measurements.hpp"

using namespace mnist_test;

namespace {

/// Rows "Train/0", "Train/1", ... of these seconds, `repetitions` each.
Measurements trainings(const std::string& label, const std::vector<double>& seconds,
                       std::size_t repetitions = 10) {
    Measurements made = measured(label, {});
    for (const double one : seconds) {
        made.rows.push_back(row("Train/" + std::to_string(made.rows.size()), one));
        made.rows.back().seconds.resize(repetitions);
    }
    return made;
}

Gate gate_between(const Measurements& base, const Measurements& measured) {
    return gate_of(compare(base, measured, {}));
}

}  // namespace

TEST_CASE("gate: a row that regressed fails it, faster rows and equal ones do not") {
    const Gate gate = gate_between(trainings("a.json", {1, 1, 1}), trainings("b.json", {1, 2, 0.5}));
    CHECK(gate.outcome == GateOutcome::failed);
    CHECK(gate.rows == 3);
    CHECK(gate.regressed == 1);
    CHECK(gate.traded == 0);
    const Gate open = gate_between(trainings("a.json", {1, 1}), trainings("b.json", {1, 0.5}));
    CHECK(open.outcome == GateOutcome::passed);
    CHECK(open.missing.empty());
}

TEST_CASE("gate: speed bought with accuracy fails it") {
    Measurements base = trainings("a.json", {1});
    Measurements other = trainings("b.json", {0.5});
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        for (Measurements* const side : {&base, &other}) {
            side->rows[0].accuracy.percent.push_back(side == &base ? 97 : 96);
            side->rows[0].accuracy.percent.back() += 0.01 * static_cast<double>(seed % 3);
            side->rows[0].accuracy.seeds.push_back(seed);
        }
    }
    const Gate gate = gate_between(base, other);
    CHECK(gate.outcome == GateOutcome::failed);
    CHECK(gate.traded == 1);
}

TEST_CASE("gate: many rows that are a little slower fail it together, where none does alone") {
    // 20 * 2 / 252, the least adjusted p of a row, is above 0.05.
    const Gate gate = gate_between(trainings("a.json", std::vector<double>(20, 1), 5),
                                   trainings("b.json", std::vector<double>(20, 1.2), 5));
    CHECK(gate.outcome == GateOutcome::failed);
    CHECK(gate.regressed == 0);
    CHECK(gate.groups == std::vector<std::string>{"Train"});
}

TEST_CASE("gate: a benchmark that failed in the new file only fails it, one that failed in both does not") {
    const Measurements base = trainings("a.json", {1, 1});
    Measurements other = trainings("b.json", {1});
    other.skipped = {{"Train/1", "the target was not reached"}, {"Never/measured", "no such thing"}};
    const Gate gate = gate_between(base, other);
    CHECK(gate.outcome == GateOutcome::failed);
    REQUIRE(gate.failures.size() == 1);
    CHECK(gate.failures[0].name == "Train/1");
    CHECK(gate.missing.empty());

    Measurements failed_before = trainings("a.json", {1});
    failed_before.skipped = {{"Train/1", "the target was not reached"}};
    CHECK(gate_between(failed_before, other).outcome == GateOutcome::passed);
}

TEST_CASE("gate: a run of mnist train that the base completed and the new file did not fails it") {
    const Measurements base = trainings("a.json", {1});
    Measurements other = trainings("b.json", {1});
    other.skipped = {{"Adam, seed 0", "the run was not completed"}};
    CHECK(gate_between(base, other).outcome == GateOutcome::failed);
}

TEST_CASE("gate: rows of the base that the new file lacks leave it undecided, and are named") {
    const Gate gate = gate_between(trainings("a.json", {1, 1, 1}), trainings("b.json", {1}));
    CHECK(gate.outcome == GateOutcome::undecided);
    CHECK(gate.rows == 1);
    CHECK(gate.missing == std::vector<std::string>{"Train/1", "Train/2"});
    // More than the base has is no gap, and a regression is one whatever is missing beside it.
    CHECK(gate_between(trainings("a.json", {1}), trainings("b.json", {1, 1})).outcome == GateOutcome::passed);
    CHECK(gate_between(trainings("a.json", {1, 1}), trainings("b.json", {2})).outcome == GateOutcome::failed);
}

TEST_CASE("gate: a missing row that measures the machine is no gap, but alone such rows pass nothing") {
    Measurements base = trainings("a.json", {1});
    base.rows.push_back(row("Calibrate/FmaPeak/threads:1", 1));
    base.rows.back().of_machine = true;
    CHECK(gate_between(base, trainings("b.json", {1})).outcome == GateOutcome::passed);
    Measurements machine = measured("b.json", {base.rows.back()});
    const Gate gate = gate_between(base, machine);
    CHECK(gate.outcome == GateOutcome::undecided);
    CHECK(gate.rows == 0);
    CHECK(gate.missing == std::vector<std::string>{"Train/0"});
}

TEST_CASE("gate: a disturbed row decides nothing, neither that it failed nor that it passed") {
    const Measurements base = trainings("a.json", {1, 1});
    Measurements slow = trainings("b.json", {4, 1});
    CHECK(gate_between(base, slow).outcome == GateOutcome::failed);
    slow.rows[0].disturbed = 3;
    const Gate gate = gate_between(base, slow);
    CHECK(gate.outcome == GateOutcome::undecided);
    CHECK(gate.regressed == 0);
    CHECK(gate.groups.empty());
    CHECK(gate.disturbed == std::vector<std::string>{"Train/0"});
    slow.rows[1] = row("Train/1", 2);  // an undisturbed regression stays one
    CHECK(gate_between(base, slow).outcome == GateOutcome::failed);
    Measurements fast = trainings("b.json", {0.5, 0.5});
    fast.rows[0].disturbed = fast.rows[1].disturbed = 10;
    CHECK(gate_between(base, fast).outcome == GateOutcome::undecided);
}

TEST_CASE("gate: a lower accuracy fails it in a disturbed row too, for what disturbs changes no bit") {
    Measurements base = trainings("a.json", {1, 1});
    Measurements other = trainings("b.json", {4, 1});
    other.rows[0].disturbed = 10;
    base.rows[0].accuracy = {.percent = {97, 97.1, 97.2}, .seeds = {0, 1, 2}, .test_samples = 10'000};
    other.rows[0].accuracy = {.percent = {92, 92.1, 92.2}, .seeds = {0, 1, 2}, .test_samples = 10'000};
    const Gate gate = gate_between(base, other);
    CHECK(gate.outcome == GateOutcome::failed);
    CHECK(gate.regressed == 1);
    CHECK(gate.disturbed == std::vector<std::string>{"Train/0"});
}

TEST_CASE("gate: slower calls at the end of the distribution fail it where the times are as before") {
    Measurements base = measured("a.json", {row("Infer/batch:1", 1e-5)});
    base.rows[0].latencies["p99"] = row("", 3e-5).seconds;
    Measurements other = base;
    other.rows[0].latencies["p99"] = row("", 9e-5).seconds;
    const Gate gate = gate_between(base, other);
    CHECK(gate.outcome == GateOutcome::failed);
    CHECK(gate.rows == 2);
    CHECK(gate.regressed == 1);
    // What the base measured and the new file does not is missing, as a row would be.
    other.rows[0].latencies.clear();
    CHECK(gate_between(base, other).outcome == GateOutcome::undecided);
    CHECK(gate_between(base, other).missing == std::vector<std::string>{"Infer/batch:1 p99"});
}

TEST_CASE(
    "gate: where no row can be called slower and nothing else is said it is undecided, and not passed") {
    const Gate three = gate_between(trainings("a.json", {1, 1}, 3), trainings("b.json", {10, 1}, 3));
    CHECK(three.outcome == GateOutcome::undecided);
    CHECK(three.unjudged == 2);
    // Enough repetitions in one of the rows.
    Measurements base = trainings("a.json", {1, 1}, 3);
    Measurements other = trainings("b.json", {1, 1}, 3);
    for (Measurements* const side : {&base, &other}) side->rows[0] = row("Train/0", 1);
    const Gate mixed = gate_between(base, other);
    CHECK(mixed.outcome == GateOutcome::passed);
    CHECK(mixed.unjudged == 1);
}

TEST_CASE("gate: with rows of the machine alone there is no program that could pass or fail") {
    Measurements base = measured("a.json", {row("Calibrate/FmaPeak", 1)});
    Measurements other = measured("b.json", {row("Calibrate/FmaPeak", 2)});
    base.rows[0].of_machine = other.rows[0].of_machine = true;
    const Gate gate = gate_between(base, other);
    CHECK(gate.outcome == GateOutcome::undecided);
    CHECK(gate.rows == 0);
}
