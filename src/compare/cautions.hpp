// What the figures of a comparison themselves warn of: a machine that is not what it was, times that drifted
// while they were measured, too few repetitions for so many rows. What recorded facts warn of is in
// fairness.hpp. Private to this room.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "mnist/compare/comparison.hpp"

namespace mnist {

/// Where all repetitions that both have are the same to the last digit: they are of one measurement. `same`
/// says it of all rows that match.
void warn_of_copy(Comparison& comparison, bool same);

/// In a gate: the rows of the machine that are faster or slower than before.
void warn_of_machine(Comparison& comparison);

/// How much longer the later half of a row's repetitions took than the earlier half, as a ratio of medians;
/// empty where the times do not depend on their order.
struct Drift {
    std::optional<double> base, new_values;
};

/// Of every row. Times depend on their order where Mann and Kendall's p, adjusted by Holm over both sides of
/// all rows that have kLeastRepetitions, is below alpha, and the halves differ by more than 2 %.
[[nodiscard]] std::vector<Drift> drifting_samples(std::span<const TimeSamples> rows, double alpha);

/// Names the row that drifted most on each side. `drifts` are those of the comparison's rows.
void warn_of_drift(Comparison& comparison, std::span<const Drift> drifts);

/// Whether any of `rows` that measures the program could be called faster or slower however far apart its
/// samples were, beside all of `table`, of which they are a part.
[[nodiscard]] bool can_be_claimed(std::span<const ComparedRow> rows, std::span<const SpeedComparison> table,
                                  double alpha);

/// Where a row differs by more than its threshold, and no row of `table`, of which the comparison is a part,
/// could be called faster or slower however far apart its samples were.
void warn_of_few_repetitions(Comparison& comparison, std::span<const SpeedComparison> table, double alpha);

}  // namespace mnist
