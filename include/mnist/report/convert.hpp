// Results as other tools read them. One function a format; what each makes of a result, and what it leaves
// out, is in docs/convert.md. Pure functions from measurements to text.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "mnist/compare/measurements.hpp"

namespace mnist {

struct ConvertSource {
    Measurements measured;
    std::string
        created;  ///< "2026-01-31T12:00:00Z" or as parse_time() reads it; empty where the result does not say
};

/// Bencher Metric Format: {NAME: {"latency": {"value", "lower_value", "upper_value"}, ...}}: median, least
/// and greatest repetition. "latency" in nanoseconds, "accuracy" in percent, "latency-p99" and so on of
/// single calls in nanoseconds. Rows that measure the machine are left out, as in conbench and lnt: these
/// tools would take each for a benchmark of the program.
[[nodiscard]] std::string bencher_json(const ConvertSource& source);

/// An array of Conbench's benchmark results, one a row, a run each source. Conbench knows units of time and
/// of rates only, so accuracies stand in "optional_benchmark_info". `repository` is that of the commit, or
/// empty: then Conbench has no commit to set the results against.
[[nodiscard]] std::string conbench_json(std::span<const ConvertSource> sources,
                                        const std::string& repository);

/// LNT's report, format_version 2, of the test suite nts: "execution_time" in seconds and "score" (accuracy
/// in percent, greater is better), a list of all repetitions each.
[[nodiscard]] std::string lnt_json(const ConvertSource& source);

struct OtavaTable {
    std::string csv;
    std::vector<std::string> left_out;  ///< columns that not every source has: Otava takes no empty cell
};

/// A line a source, in the order of time: time, commit, file, machine, then a column a row and quantity,
/// "NAME time" (median, seconds), "NAME accuracy" (mean, percent), "NAME p99" (seconds).
[[nodiscard]] OtavaTable otava_csv(std::span<const ConvertSource> sources);

/// A line a repetition and quantity: file, commit, created, machine, name, measures (program or machine),
/// quantity, repetition, value, unit. RFC 4180 and safe in spreadsheets, as comparison_csv().
[[nodiscard]] std::string long_csv(std::span<const ConvertSource> sources);

}  // namespace mnist
