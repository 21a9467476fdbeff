// Words and figures that all outputs of a comparison for people share. Private to this room.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "mnist/compare/ranking.hpp"

namespace mnist {

/// Makes a name from a file fit to stand in a sentence of the output: printable() or a code span.
using Quote = std::function<std::string(std::string_view)>;

/// printable(), at most 400 columns: a file may hold a name, a label or a fact of megabytes.
[[nodiscard]] std::string short_printable(std::string_view text);

/// The same for a table's first column: at most 84 columns, which leaves room for the verdict in 100.
[[nodiscard]] std::string name_cell(std::string_view text);

/// "+0.02"; never "-0.00".
[[nodiscard]] std::string points(double value);

/// The first sentence of comparison_summary(), what it counts, and both, with names made fit by `quote`.
[[nodiscard]] std::string headline(const Comparison& comparison, const Quote& quote);
[[nodiscard]] std::string row_counts(const Comparison& comparison, const Quote& quote);
[[nodiscard]] std::string gate_sentence(const Comparison& comparison, const Quote& quote);
[[nodiscard]] std::string ranking_sentence(const ComparedFiles& files, const Quote& quote);

/// ": precision within bench.json, both measured in one run in random order"; empty where sides are files.
[[nodiscard]] std::string within_words(const Comparison& comparison, const Quote& quote);

/// What comparison_json() says of a comparison, and of all of them together.
[[nodiscard]] nlohmann::ordered_json pair_json(const Comparison& comparison);
[[nodiscard]] nlohmann::ordered_json ranking_json(const ComparedFiles& files);

/// The rows of times and latencies by name, numbers in it by value.
[[nodiscard]] std::vector<const ComparedRow*> sorted_rows(const Comparison& comparison);

/// A line of the table of means: a family, all rows, or the training of an optimizer.
struct MeanLine {
    std::string title;
    std::string verdict;  ///< empty where nothing is claimed of these rows together
    double ratio = 1;
    std::optional<Interval> interval;
    std::size_t rows = 0;
    std::optional<AccuracyComparison> accuracy;
};

/// All rows first, then trainings as a whole and by optimizer, then families; none of a single row.
[[nodiscard]] std::vector<MeanLine> mean_lines(const Comparison& comparison);

/// "1.580"; figures far from 1 with three digits, "3.4e+09".
[[nodiscard]] std::string ratio_figure(double ratio);

/// "1 row", "5 rows".
[[nodiscard]] std::string row_count(std::size_t rows);

/// Cells of a table, empty where there is nothing.
[[nodiscard]] std::string ratio_cell(const std::optional<double>& ratio);          ///< "1.580x"
[[nodiscard]] std::string interval_cell(const std::optional<Interval>& interval);  ///< "1.545-1.615"
[[nodiscard]] std::string p_cell(const std::optional<double>& p);                  ///< "3.2e-05"
[[nodiscard]] std::string accuracy_cell(const std::optional<AccuracyComparison>& accuracy);
[[nodiscard]] std::string rank_cell(const RankedMember& member);  ///< "2", tied "2="

/// "x.json has no rank: too few repetitions"; empty where all members have one.
[[nodiscard]] std::string unranked_words(const FamilyRanking& ranking, const Quote& quote);

/// "1.60x peak x 1.14x efficiency; 55 % and 42 % of own peaks": what is known of it, or
/// nothing.
[[nodiscard]] std::string ratio_split(const ComparedRow& row);

/// What the machines differ in, side by side, and what makes the comparison unfair; may be empty. Lines of at
/// most `width` columns; all that comes from files is printable and short, here and in the notes.
[[nodiscard]] std::string comparison_cautions(const Comparison& comparison, int width);

/// All else that stands beside the rows: thresholds, rows that are not compared, bits.
[[nodiscard]] std::string comparison_notes(const Comparison& comparison, int width);

}  // namespace mnist
