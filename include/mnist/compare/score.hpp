// The score: three figures to remember of a machine. *Speed*: one training on all its cores; *rate*: a
// training on each of its cores at once; *seconds*: how long the record takes to 97 %. `mnist_bench --score`
// measures a fixed set of rows, and here the figures are made of them, from a file as from the run itself.
// docs/score.md has the rules. Pure functions; a figure that a set does not allow is refused with the reason
// and never guessed. Left out: rows of any other measurement, however similar: what is no set has no score.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/compare/measurements.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/stats/intervals.hpp"

namespace mnist {

/// The set that this program measures and knows the figures of. Another set, other rows, another reference or
/// another way to compute is another version: figures of two versions are never set against each other.
inline constexpr const char* kScoreSet = "1";
inline constexpr const char* kScoreSetKey = "mnist.score.set";  ///< the fact that makes a file a score's
/// Why the machine has no bf16; not there where it has.
inline constexpr const char* kScoreWithoutBf16Key = "mnist.score.without_bf16";
/// Repetitions of every row: the least whose range is a 95 % interval of the median.
inline constexpr std::size_t kScoreRepetitions = 6;
inline constexpr std::size_t kScoreRecords = 10;  ///< those of the record: seeds 0 to 9
inline constexpr std::size_t kScoreEpochs = 2;    ///< of a repetition of Train

/// What the reference machine trains, samples a second: 100 by definition. Row by row of the set.
struct ScoreReference {
    OptimizerKind optimizer;
    std::size_t batch;
    double speed_f32, rate_f32, speed_bf16, rate_bf16;
};
[[nodiscard]] std::span<const ScoreReference> score_reference();
/// "AMD EPYC, Zen 4 (Genoa), 2 cores": whose figures they are.
[[nodiscard]] std::string score_reference_machine();

/// A figure: the median of what each repetition of the whole set gives. `interval` is that of the median
/// without assuming a shape of the noise (median_interval(), 95 %): with six repetitions their range.
struct ScoreFigure {
    double value = 0;
    Interval interval;
    std::vector<double> repetitions;  ///< in order of time
};

/// A row of the set, in samples a second (medians) and relative to the reference = 100.
struct ScoredRow {
    std::string name;  ///< "SGD, batch 64"
    double speed = 0, rate = 0;
    double speed_score = 0, rate_score = 0;
};

/// All figures in one precision. Without figures where `refusals` or `impossible` say why.
struct ScoreColumn {
    std::string precision;              ///< "f32"
    std::vector<std::string> refusals;  ///< what has to change before there are any
    std::string impossible;             ///< why this machine has none; that is no refusal
    std::vector<std::string> remarks;   ///< what must be known beside its figures
    std::size_t copies = 0;             ///< trainings side by side behind the rate
    ScoreFigure speed, rate, seconds;
    std::vector<ScoredRow> rows;

    [[nodiscard]] bool has_figures() const { return refusals.empty() && impossible.empty(); }
};

struct Score {
    std::string label;                  ///< the file
    std::string set;                    ///< "1"
    std::string machine, program;       ///< as far as the file says it, in words; may be empty
    std::vector<std::string> refusals;  ///< why there are no columns at all
    std::vector<std::string> remarks;   ///< what a reader must know beside the figures
    std::vector<ScoreColumn> columns;   ///< f32, bf16

    [[nodiscard]] bool is_refused() const;
    /// That of `precision`, with figures; null where there is none.
    [[nodiscard]] const ScoreColumn* figures(const std::string& precision) const;
};

/// The score of a file, or of files that were pooled; empty where it is of no `mnist_bench --score`. With
/// x(r, i) the samples a second of row r in its i-th repetition, over the nine rows of the set,
///   speed(i) = 100 (product of x(r, i) / reference(r))^(1/9),
/// the rate likewise, and the score is the median over i. Seconds are the median of the record's trainings
/// that ended at 97 % or more. Refused: data other than MNIST, a build without optimisation, an interrupted
/// run, a set that this program does not know; and of a column, a row that is missing, failed in a repetition
/// (of the record: in more than a quarter) or has fewer of them or others than the rest, and repetitions that
/// were disturbed: more than a quarter of those behind a figure, or more than half of a row's.
[[nodiscard]] std::optional<Score> score_of(const Measurements& measured,
                                            std::span<const ScoreReference> reference = score_reference());

/// Why a build gives no score: "this is a Debug build ..."; empty where it does.
[[nodiscard]] std::optional<std::string> build_refusal(const std::string& build_type);

struct ComparedFigure {
    std::string precision, what;  ///< "f32", "speed"
    ScoreFigure base, new_value;
    /// Above 1 where the new one is better, of seconds as well: Hodges-Lehmann's ratio of the repetitions,
    /// with rank_test_interval() of their logarithms.
    double ratio = 1;
    std::optional<Interval> interval;
};

/// Two scores beside each other.
struct ScoreComparison {
    std::string set;                      ///< empty where they are of different sets
    std::vector<ComparedFigure> figures;  ///< of the columns that both have
    std::vector<std::string> remarks;     ///< why there are none, or not all
};

/// Empty where neither side has a score.
[[nodiscard]] std::optional<ScoreComparison> compare_scores(
    const Measurements& base, const Measurements& measured,
    std::span<const ScoreReference> reference = score_reference());

}  // namespace mnist
