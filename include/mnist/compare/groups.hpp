// Rows that are spoken of together: a family's geometric mean, "Adam training" in the summary, a family's
// place in a ranking. Pure functions over a table that is already judged row by row.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/verdict.hpp"

namespace mnist {

struct RowGroup {
    std::string title;
    std::vector<std::size_t> rows;  ///< places in the table, at least one
    bool is_headline = false;       ///< what the first sentence speaks of
    bool is_training = false;       ///< of an optimizer or of all
};

/// "Train" of "Train/Adam/batch:64": what means are taken over.
[[nodiscard]] std::string family_of(const std::string& name);

/// Threads of a row of mnist_bench whose name says none: those of the configuration where a team computes,
/// else one, as for calls of inference that are one tile of rows. `chosen`: by auto, which gives a copy
/// beside others one.
[[nodiscard]] std::string unnamed_threads(const std::string& name, const std::string& configured,
                                          bool chosen);

// Names of rows say the precision where it is not f32 ("/precision:bf16"), how many trainings were side by
// side where that was measured ("/copies:2"), and which library trained where it was not ours
// ("/library:jax"): rows that differ in one of them are in different groups, "Train", "Train in bf16",
// "Train, 2 copies", "Train, jax", for a mean of both would speak of neither.

/// A group a family and precision, in the order of their first rows.
[[nodiscard]] std::vector<RowGroup> groups_by_family(std::span<const std::string> names);

/// What geometric means are taken over: the families, then all rows of a precision ("all", "all in bf16").
[[nodiscard]] std::vector<RowGroup> groups_to_mean(std::span<const std::string> names);

/// What a sentence can speak of: the training where there is any, for that is what all other rows are
/// measured for, as a whole ("training", the headline) and by optimizer ("Adam training", the headline where
/// there is no other optimizer); else each family (a family of one row by the row's name), and where these
/// are more than three, all rows of a precision as one ("all 12 rows"), headlines all.
[[nodiscard]] std::vector<RowGroup> groups_to_name(std::span<const std::string> names);

struct GroupComparison {
    std::string title;
    bool is_headline = false, is_training = false;  ///< as of a RowGroup
    std::size_t rows = 0;
    std::size_t faster = 0, slower = 0;  ///< of the rows, judged alone
    /// As of a row: `ratio` is the geometric mean of the rows' ratios, `interval` the geometric means of
    /// their lower and of their upper ends, empty unless every row has one. That is as wide as the rows' own
    /// intervals and wider than independent rows would need; it holds as well where a whole run was slow, so
    /// that all rows err to the same side. `p` is van Elteren's over the rows, or, where processes count,
    /// cluster_test's of each process's mean over the rows; adjusted by Holm over the groups. `threshold` and
    /// the samples are the greatest and the least of the rows.
    SpeedComparison speed;
    /// The mean of the rows' differences with the means of the ends of their intervals, which hold all at
    /// once and so need no independence. Empty unless every row has accuracies.
    std::optional<AccuracyComparison> accuracy;
};

/// Of the group's rows: ratio, interval, threshold and samples as in GroupComparison; no p and no verdict.
[[nodiscard]] SpeedComparison mean_of_ratios(const RowGroup& group, std::span<const SpeedComparison> speed);

/// `times`, `speed` and `accuracy` are of the same rows in the same order. A group is called faster by the
/// rule for rows: p, ratio and interval must agree.
[[nodiscard]] std::vector<GroupComparison> judge_groups(
    std::span<const RowGroup> groups, std::span<const TimeSamples> times,
    std::span<const SpeedComparison> speed, std::span<const std::optional<AccuracyComparison>> accuracy,
    const VerdictSettings& settings);

}  // namespace mnist
