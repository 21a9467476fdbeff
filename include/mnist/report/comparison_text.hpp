// A comparison for people: one sentence that answers, a table that fits a terminal, and what a reader must
// know beside it. Pure functions from the comparison to text.
#pragma once

#include <string>

#include "mnist/compare/ranking.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// The answer in one sentence: "b.json trains at 1.14 times a.json's speed (1.11 to 1.17), accuracy unchanged
/// (+0.02, -0.05 to +0.09); 2 of 31 rows slower". What is claimed of a group follows the rule of
/// judge_groups; without a claim the sentence says that. Names are made printable and short.
[[nodiscard]] std::string comparison_summary(const Comparison& comparison);

/// A row's verdict in words. In a gate "improved", "regressed", "traded", "unchanged", or "faster, accuracy
/// undecided" where only one half is known; in a report, where nothing passes or fails, "faster", "slower,
/// less accurate", "equally fast". "slower machine" of a row that measures the machine, "disturbed",
/// "inconclusive".
[[nodiscard]] std::string verdict_words(const ComparedRow& row, CompareMode mode);

/// Whether the gate opens, and why: "FAILED: 1 of 5 rows regressed". For comparisons in that mode.
[[nodiscard]] std::string gate_summary(const Comparison& comparison);

/// Who is first in each family, of three or more files: "Train: c.json is first, 1.30x faster (1.26 to 1.34)
/// than a.json; Infer: b.json and c.json share the first place".
[[nodiscard]] std::string ranking_summary(const ComparedFiles& files);

/// Everything: of three or more files the rankings first; then for each comparison summary, geometric means,
/// rows sorted by name and number, facts that differ, warnings, what did not match, bits. In a report every
/// row also has the ratio split into peak and efficiency. Verdicts are coloured where the style allows it;
/// all that comes from files is made printable and short.
[[nodiscard]] std::string comparison_text(const ComparedFiles& files, const TextStyle& style);

}  // namespace mnist
