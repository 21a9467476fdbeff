// A comparison for programs: schema "mnist-comparison/1".
#pragma once

#include <string>

#include "mnist/compare/ranking.hpp"

namespace mnist {

/// {"schema", "mode", "summary", "gate": null in a report, else {"outcome" ("passed", "failed", "undecided"),
/// "reason"}, "base", "new", "fingerprint_differences": [{"key", "base", "new"}], "other_differences": as
/// those, "warnings", "groups": what the summary speaks of, [{"title", "headline" (in the first sentence),
/// "rows", "verdict", "ratio", "ratio_low", "ratio_high", "p_value", "p_adjusted", "threshold", and the four
/// of accuracy}], "geomeans": [{"family", "ratio", "ratio_low", "ratio_high", "rows"}], "unmatched": {"base",
/// "new"}, "missing": rows of the program that a gate misses, "skipped": {"base", "new"}, "bits", "rows":
/// [{"name", "verdict", "joint_verdict", "ratio", "ratio_low", "ratio_high", "p_value", "p_adjusted",
/// "samples_base", "samples_new", "threshold", "threshold_from" ("setting" or "noise_floor"), "measures"
/// ("program" or "machine", which has no joint verdict, nor has any row of a report), "accuracy_verdict",
/// "accuracy_difference", "accuracy_low", "accuracy_high", "peak_fraction_base", "peak_fraction_new",
/// "peak_ratio", "efficiency_ratio", "verdict_words" (for people), "percentile" ("p99" of a row of
/// latencies), "disturbed_base", "disturbed_new" (repetitions), "processes_base", "processes_new" (that
/// measured them), "more_repetitions" or "more_processes" (on each side, that would decide an undecided row;
/// one of the two at most)}], "alpha" (that counted), "planned_looks" (that divided it)}: the base and the
/// second file; where both are rows of one result, "within": {"part" of their names, "file", "runs"
/// (processes that measured both), "random_order"}. Three or more files add "further", a list of the same
/// without "schema" for the third file and on, and "ranking":
/// {"summary", "families":
/// [{"family", "rows", "members": [{"file", "rank", "tied", "ratio", "ratio_low", "ratio_high", and the four
/// of accuracy}]}]}. Ratios are base time over new time, above 1 is faster; accuracies in points of percent;
/// absent values are null. Strict JSON, indented by one space, with a final newline.
[[nodiscard]] std::string comparison_json(const ComparedFiles& files);

}  // namespace mnist
