// A comparison for people: one sentence that answers, a table that fits a terminal, and what a reader must
// know beside it. Pure functions from the comparison to text.
#pragma once

#include <string>

#include "mnist/compare/comparison.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// The answer in one sentence: "Train: 1.14x faster over 3 rows, accuracy unchanged (+0.02, -0.05 to +0.09);
/// 2 of 31 rows slower". Without a claim it says that, and why where repetitions are missing.
[[nodiscard]] std::string comparison_summary(const Comparison& comparison);

/// Everything: summary, table, geometric means, what did not match, differing fingerprints, warnings, bits.
/// Verdicts are coloured where the style allows it; all that comes from files is made printable.
[[nodiscard]] std::string comparison_text(const Comparison& comparison, const TextStyle& style);

}  // namespace mnist
