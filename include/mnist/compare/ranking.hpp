// Which of several results is the fastest, family by family. Every two of them are compared with each other,
// for "b is faster than c" does not follow from how far either is from the base.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"
#include "mnist/compare/scaling.hpp"

namespace mnist {

struct RankedMember {
    std::string label;
    std::size_t rank = 1;  ///< 1 + the number of members that are faster than it
    bool tied = false;     ///< another judged member has the same rank
    bool judged = true;    ///< too few repetitions to be compared with any other, or disturbed, have no rank
    double ratio = 1;      ///< to the base: geometric mean over the rows, above 1 is faster
    std::optional<Interval> interval;            ///< of the ratio; empty for the base itself
    std::optional<AccuracyComparison> accuracy;  ///< against the base; empty for the base itself
};

struct FamilyRanking {
    std::string family;    ///< "Train", "Train in bf16"
    std::size_t rows = 0;  ///< that all members have, undisturbed where they have any such; no others count
    std::vector<RankedMember> members;  ///< by rank, then by ratio; those without a rank last
};

/// A ranking a family that all of `sides` have rows of; the first side is the base. One member is faster than
/// another by the rule of judge_groups for their rows of the family: significant by Holm over all pairs of
/// members in all families, by more than the threshold (the base's noise floor included), with an interval
/// that agrees. Members that nothing is known to be between share a rank: tied is not equal. Fewer than three
/// sides have no ranking. Cost: that of judge_speed for every pair of sides.
[[nodiscard]] std::vector<FamilyRanking> ranked(std::span<const Measurements> sides,
                                                const VerdictSettings& settings);

/// What any number of results says: each beside the base, and, of three or more, their ranking.
struct ComparedFiles {
    std::vector<Comparison> comparisons;   ///< base to second, base to third, ...
    std::vector<FamilyRanking> rankings;   ///< empty for two
    std::vector<ScalingSeries> scaling{};  ///< of files whose rows differ in their ranks
};

/// compare() and ranked() of `sides`, two or more, the base first, and how they scale. A side that has
/// nothing in common with the base but what scales is compared with nothing: then there may be no comparison.
/// Throws InputError where compare() does.
[[nodiscard]] ComparedFiles compare_files(std::span<const Measurements> sides,
                                          const CompareSettings& settings);

/// The place in `sides` of the one that the others are best set against: that which most of the others
/// train_alike() with, and of these most on its machine, counting only who has a row in common that it has
/// kLeastRepetitions of and that were not disturbed; then the one with most such rows, with most rows in
/// common at all, with most repetitions of these, the first. So a quick or disturbed file, or one of other
/// settings, is the base only where there is no other. Sides of other data have nothing in common. `sides` is
/// not empty. Cost: the rows of every pair of sides.
[[nodiscard]] std::size_t choose_base(std::span<const Measurements> sides);

}  // namespace mnist
