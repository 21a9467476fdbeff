// One HTML page of any result files: self-contained, opens offline, allows no script but its own. All that
// can be read (sentences, tables, matrices) stands in it as HTML; the page's scripts (src/report/page) add
// charts, pictures and switches, from the same data, which the page holds as one block of JSON. Charts are by
// Chart.js, where the build had it.
#pragma once

#include <string>
#include <vector>

#include "mnist/results/result_file.hpp"

namespace mnist {

/// A result file and what the page calls it; names should differ.
struct ReportSource {
    std::string name;
    ResultFile content;
};

/// Everything that the page shows, schema "mnist-report/1": {"schema", "files", "left_out", "summary":
/// [sentences], "sources", "experiments", "data_samples", "throughput", "times", "rooflines",
/// "more_rooflines", "latencies", "libraries", "history", "bench_rows", "more_bench_rows", "scores",
/// "rankings", "all_comparisons", "comparisons", "pooled", "not_compared"}. "files" is how many were given;
/// of many only the newest are "sources", which "left_out" says, and all are in "history". "more_" and "all_"
/// count what is cut. Sources are referred to by their place in "sources". Absent values are null; an
/// estimate is
/// {"n", "median", "low", "high", "spread"}, where "spread" says what low and high are: "interval" (95 % of
/// the median, six values or more), "range" (lowest and highest) or "none". All text is printable() and the
/// JSON is ASCII without '<', '>' and '&', so that it may stand in a page as it is. Throws InputError without
/// any source. Cost: that of the history of all files, of comparing each source with the base of its kind
/// (files of one machine, build and configuration count as one), and of ranking all that are compared with
/// the same one.
[[nodiscard]] std::string report_json(const std::vector<ReportSource>& sources);

/// The page. The same sources give the same bytes.
[[nodiscard]] std::string report_page(const std::vector<ReportSource>& sources);

/// Whether this build has Chart.js; without it pages have tables only, and say so.
[[nodiscard]] bool page_has_charts();

}  // namespace mnist
