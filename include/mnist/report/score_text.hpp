// The score for people and for programs: the sentence that is to be remembered, the figures with their
// intervals, the rows behind them, and why there is none. Pure functions; what comes from files is made
// printable and short.
#pragma once

#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"
#include "mnist/compare/score.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// "score 1: speed 98.7 (96.1 to 101.2), rate 99.0 (97.9 to 100.4), 0.352 s to 97 % (0.341 to 0.370)", and
/// the same "in bf16" where it has figures; "score 1 is refused: WHY". Without the file's name.
[[nodiscard]] std::string score_sentence(const Score& score);

/// Why a score, or a part of it, is refused, and what else must be known: sentences that begin with the
/// column they are about. Empty where nothing is to be said.
[[nodiscard]] std::vector<std::string> score_remarks(const Score& score);

/// The sentence, what was measured, a table of the figures, one of the rows behind them, remarks, and how to
/// read it. Ends with a line feed.
[[nodiscard]] std::string score_text(const Score& score, const TextStyle& style);

/// {"schema": "mnist-score/1", "set", "refused", "refusals", "remarks", "machine", "program", "columns":
/// [{"precision", "copies", "refusals", "remarks", "impossible", "speed": {"value", "low", "high",
/// "repetitions"}, "rate", "seconds", "rows": [{"name", "speed", "rate", "speed_score", "rate_score"}]}]}:
/// speeds in samples a second. Figures are null where there are none. Indented by one space, ends with a line
/// feed.
[[nodiscard]] std::string score_json(const Score& score);

/// What to say of a file that was measured otherwise, and how a score is measured.
[[nodiscard]] std::string no_score_text(const std::string& label);

/// A figure as the sentence has it: "98.7", of seconds "0.352 s".
[[nodiscard]] std::string score_figure(double value, bool is_seconds);

/// A table of both sides' figures with their ratio, and remarks; empty without scores.
[[nodiscard]] std::string score_comparison_text(const Comparison& comparison, const TextStyle& style);

/// One figure as a cell of such a table: "98.7 (96.1-101.2)".
[[nodiscard]] std::string score_cell(const ScoreFigure& figure, bool is_seconds);

/// "speed, f32", "seconds to 97 %, bf16": the first column of such a table.
[[nodiscard]] std::string compared_figure_name(const ComparedFigure& figure);

}  // namespace mnist
