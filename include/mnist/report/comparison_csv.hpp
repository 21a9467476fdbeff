// A comparison for spreadsheets and data frames: one table, full precision.
#pragma once

#include <string>

#include "mnist/compare/ranking.hpp"

namespace mnist {

/// RFC 4180, UTF-8, a heading, lines end in CR LF. Columns: kind, base, new, name, verdict, joint_verdict,
/// ratio, ratio_low, ratio_high, p_value, p_adjusted, samples_base, samples_new, threshold, accuracy_verdict,
/// accuracy_difference, accuracy_low, accuracy_high, peak_fraction_base, peak_fraction_new, peak_ratio,
/// efficiency_ratio, rows, rank, verdict_words, percentile, disturbed_base, disturbed_new, processes_base,
/// processes_new, more_repetitions, more_processes; units as in comparison_json. Lines of kind
///   gate     of comparisons in that mode, before their rows: passed, failed or undecided (verdict), and why
///            (name),
///   row      a benchmark of the comparison of `base` and `new`,
///   group    what the summary speaks of: all training, that of an optimizer (name), over `rows` rows,
///   geomean  a family's geometric mean (name: the family or "all") over `rows` rows,
///   ranking  with three or more files: the place of the file `new` in the family `name`.
/// What does not apply is empty; so is joint_verdict of rows that measure the machine, and
/// of all in a report. Numbers have as many
/// digits as bring the same double back. Text that a spreadsheet would run as a formula (it starts with = + -
/// @, a tab or a line end) gets an apostrophe before it; line ends and bytes that are not UTF-8 are made
/// printable.
[[nodiscard]] std::string comparison_csv(const ComparedFiles& files);

}  // namespace mnist
