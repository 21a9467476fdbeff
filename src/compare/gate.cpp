// Counting. Named groups count beside rows, because small regressions of many rows show in the group only,
// and a gate must not open below a sentence that says "slower".
#include "mnist/compare/gate.hpp"

#include <algorithm>
#include <array>

namespace mnist {
namespace {

bool is_loss(const std::optional<JointVerdict>& verdict) {
    return verdict == JointVerdict::regressed || verdict == JointVerdict::traded;
}

JointVerdict joint(const GroupComparison& group) {
    return judge_jointly(group.speed.verdict,
                         group.accuracy ? std::optional(group.accuracy->verdict) : std::nullopt);
}

bool says_something(const std::optional<JointVerdict>& verdict) {
    return verdict && verdict != JointVerdict::inconclusive && verdict != JointVerdict::disturbed;
}

/// Whether a row or a group was judged, or a row could have been called slower.
bool can_judge(const Comparison& comparison) {
    return comparison.rows_can_be_claimed ||
           std::ranges::any_of(comparison.rows,
                               [](const ComparedRow& row) { return says_something(row.joint); }) ||
           std::ranges::any_of(comparison.named,
                               [](const GroupComparison& group) { return says_something(joint(group)); });
}

GateOutcome outcome_of(const Gate& gate) {
    if (gate.regressed + gate.traded + gate.groups.size() + gate.failures.size() > 0)
        return GateOutcome::failed;
    const bool is_whole = gate.can_judge && gate.missing.empty() && gate.disturbed.empty();
    return is_whole && gate.rows > 0 ? GateOutcome::passed : GateOutcome::undecided;
}

}  // namespace

std::string_view word(GateOutcome outcome) {
    constexpr std::array kWords{"passed", "failed", "undecided"};
    return kWords.at(static_cast<std::size_t>(outcome));
}

Gate gate_of(const Comparison& comparison) {
    Gate gate;
    for (const ComparedRow& row : comparison.rows) {
        if (row.of_machine) continue;
        ++gate.rows;
        if (row.joint == JointVerdict::regressed) ++gate.regressed;
        if (row.joint == JointVerdict::traded) ++gate.traded;
        if (row.speed.verdict == SpeedVerdict::disturbed) {
            if (row.percentile.empty()) gate.disturbed.push_back(row.name);
        } else if (!row.speed.p) {
            ++gate.unjudged;
        }
    }
    for (const GroupComparison& group : comparison.named)
        if (gate.rows > 0 && is_loss(joint(group))) gate.groups.push_back(group.title);
    gate.failures = comparison.failures_new;
    gate.missing = comparison.missing;
    gate.can_judge = can_judge(comparison);
    gate.outcome = outcome_of(gate);
    return gate;
}

}  // namespace mnist
