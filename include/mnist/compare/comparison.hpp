// Sets of measurements beside a base: which rows match, what each allows to be said, whether the machines are
// the same, and what makes the comparison unfair. How it is shown is for `report`; who is first among several
// is in ranking.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "mnist/compare/groups.hpp"
#include "mnist/compare/measurements.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/compare/verdict.hpp"

namespace mnist {

enum class CompareMode {
    automatic,  ///< gate on the same machine, report otherwise
    gate,       ///< a regression is a failure
    report,     ///< ratios and shares of each side's own peak; nothing passes or fails
};

/// "gate" or "report".
[[nodiscard]] std::string_view word(CompareMode mode);

/// A fact that differs; empty where a side does not have it.
struct FactDifference {
    std::string key;  ///< "mnist.machine.cpu_model"
    std::optional<std::string> base, new_value;
};

/// What would decide an undecided row, on each side.
struct MoreNeeded {
    std::size_t count = 0;
    bool of_processes = false;  ///< else of repetitions
};

struct ComparedRow {
    std::string name;        ///< "Infer/batch:1", "Infer/batch:1 p99"
    std::string percentile;  ///< "p99" where the row is of latencies; empty for one of times
    SpeedComparison speed;
    std::optional<AccuracyComparison> accuracy;
    bool of_machine = false;  ///< measures the machine: its verdict is about that and not about the program
    std::optional<JointVerdict> joint = JointVerdict::inconclusive;  ///< empty for a row of the machine
    std::size_t disturbed_base = 0, disturbed_new = 0;               ///< repetitions
    std::optional<double> base_share, new_share;  ///< median share of the side's own multiply-add peak
    /// ratio = peak_ratio * efficiency_ratio: what the hardware and what its use contribute.
    std::optional<double> peak_ratio, efficiency_ratio;
    /// Of an undecided row; empty as well where no number up to 10,000 would decide it.
    std::optional<MoreNeeded> more;
};

/// Rows of latencies and disturbed rows are in none.
struct GeometricMean {
    std::string family;  ///< "Train", "Train in bf16"; "all", "all in bf16"
    double ratio = 1;
    std::optional<Interval> interval;  ///< as of a GroupComparison
    std::size_t rows = 0;              ///< that have a ratio
    std::optional<std::size_t> named;  ///< place in Comparison::named of the group of the same rows
};

/// What two sides have in common that are rows of one result: compare_between().
struct WithinOne {
    std::string part;      ///< of the names, in which they differ
    std::string of;        ///< the result's label
    std::size_t runs = 1;  ///< processes that each measured both
    bool random_order = false;
};

struct Comparison {
    CompareMode mode = CompareMode::report;  ///< gate or report
    std::string base_label, new_label;
    std::optional<WithinOne> within{};                    ///< where both are rows of one result
    std::vector<FactDifference> fingerprint_differences;  ///< what makes it another machine
    std::vector<FactDifference> other_differences;        ///< what else may make a speed: build, kernel, ...
    std::vector<std::string> warnings;    ///< what makes the comparison unfair or weak, with a remedy each
    std::vector<ComparedRow> rows;        ///< in the base's order, latencies behind their row
    std::vector<GroupComparison> named;   ///< what the summary speaks of: groups_to_name()
    std::vector<GeometricMean> geomeans;  ///< of ratios, a family each, then "all"; only of matched rows
    std::vector<std::string> unmatched_base, unmatched_new;
    std::vector<std::string> missing;  ///< those of unmatched_base that measure the program and did not fail
    std::vector<SkippedRow> skipped_base, skipped_new;
    std::vector<SkippedRow> failures_new;  ///< those of skipped_new that the base measured without a fault
    /// Whether any row that measures the program has repetitions enough to be called faster or slower.
    bool rows_can_be_claimed = false;
    /// "--benchmark_repetitions=10", "--processes=6": how to measure so that each row can be called faster or
    /// slower.
    std::string more_repetitions;
    double alpha = 0.05;            ///< that counted: the settings', divided by `looks`
    std::size_t looks = 1;          ///< that were planned while it was measured (mnist_bench --until-decided)
    std::vector<std::string> bits;  ///< sentences on whether final weights are the same bits
    std::optional<ScoreComparison> scores{};  ///< where either side is of `mnist_bench --score`
};

struct CompareSettings {
    CompareMode mode = CompareMode::automatic;
    VerdictSettings verdict;
};

/// Each of `others` beside `base`, as compare() of the two does: what is said of a pair does not hang on
/// which other files stand beside it.
[[nodiscard]] std::vector<Comparison> compare(const Measurements& base, std::span<const Measurements> others,
                                              const CompareSettings& settings);

/// Throws InputError where the two are of other data, or have no row in common: what compare() refuses. To be
/// asked before one is measured, `measured` need have names and facts only.
void require_comparable(const Measurements& base, const Measurements& measured);

/// Names of the rows that both have, of the base and of the other, in the order of the rows of compare() that
/// are no latencies.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> names_in_common(const Measurements& base,
                                                                               const Measurements& measured);

/// p values and intervals of accuracies are adjusted for all rows that the two have in common. Throws
/// InputError where they are of other data, or have no row in common. Cost: that of judge_speed.
[[nodiscard]] Comparison compare(const Measurements& base, const Measurements& measured,
                                 const CompareSettings& settings);

}  // namespace mnist
