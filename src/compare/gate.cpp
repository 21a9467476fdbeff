// Counting. Named groups count beside rows, because small regressions of many rows show in the group only,
// and a gate must not open below a sentence that says "slower".
#include "mnist/compare/gate.hpp"

#include <algorithm>

namespace mnist {
namespace {

bool is_loss(const std::optional<JointVerdict>& verdict) {
    return verdict == JointVerdict::regressed || verdict == JointVerdict::traded;
}

JointVerdict joint(const GroupComparison& group) {
    return judge_jointly(group.speed.verdict,
                         group.accuracy ? std::optional(group.accuracy->verdict) : std::nullopt);
}

GateOutcome outcome_of(const Gate& gate, const Comparison& comparison) {
    if (gate.regressed + gate.traded + gate.groups.size() + gate.failures.size() > 0)
        return GateOutcome::failed;
    const bool something_said =
        std::any_of(
            comparison.rows.begin(), comparison.rows.end(),
            [](const ComparedRow& row) { return row.joint && row.joint != JointVerdict::inconclusive; }) ||
        std::any_of(comparison.named.begin(), comparison.named.end(),
                    [](const GroupComparison& group) { return joint(group) != JointVerdict::inconclusive; });
    // With rows of the machine only there is no program that could have got worse.
    const bool undecided = gate.rows > 0 && !something_said && !comparison.rows_can_be_claimed;
    return undecided ? GateOutcome::undecided : GateOutcome::passed;
}

}  // namespace

std::string_view word(GateOutcome outcome) {
    switch (outcome) {
        case GateOutcome::passed:
            return "passed";
        case GateOutcome::failed:
            return "failed";
        case GateOutcome::undecided:
            break;
    }
    return "undecided";
}

Gate gate_of(const Comparison& comparison) {
    Gate gate;
    for (const ComparedRow& row : comparison.rows) {
        if (row.of_machine) continue;
        ++gate.rows;
        if (row.joint == JointVerdict::regressed) ++gate.regressed;
        if (row.joint == JointVerdict::traded) ++gate.traded;
        if (!row.speed.p) ++gate.unjudged;
    }
    for (const GroupComparison& group : comparison.named)
        if (gate.rows > 0 && is_loss(joint(group))) gate.groups.push_back(group.title);
    gate.failures = comparison.failures_new;
    gate.missing = comparison.unmatched_base.size();
    for (const SkippedRow& failure : gate.failures)
        gate.missing -= static_cast<std::size_t>(
            std::count(comparison.unmatched_base.begin(), comparison.unmatched_base.end(), failure.name));
    gate.outcome = outcome_of(gate, comparison);
    return gate;
}

}  // namespace mnist
