// What a person reads in a terminal: epoch lines, summary table, confusion matrices, insights. Pure functions
// from records to text.
#pragma once

#include <string>
#include <vector>

#include "mnist/results/train_result.hpp"

namespace mnist {

/// How text may look where it goes to.
struct TextStyle {
    bool colour = false;   ///< terminal and no NO_COLOR
    int width = 100;       ///< columns
    bool unicode = false;  ///< more than ASCII and rules: Braille dots
};

/// "mnist, 60000 training and 10000 test images of 28x28 pixels in 10 classes".
[[nodiscard]] std::string describe(const DatasetFacts& facts);

/// "Epoch 22/25, Train Loss 0.0859, Test Loss 0.1012, Accuracy 97.02%" exactly; `epoch` counts from 1.
/// An epoch without a finite loss reads "Epoch 3/25, diverged: the train loss is no finite number".
[[nodiscard]] std::string epoch_line(std::size_t epoch, std::size_t epochs, const EpochRecord& record);

/// "the seconds are of several processes", of a resumed result; where these were not alike, with threads and
/// processor of each: ", of 1 thread (0 loader threads) on AMD EPYC, then of 2 threads ...".
[[nodiscard]] std::string whose_seconds(const TrainResult& result);

/// Of runs that were trained side by side, a sentence that their speeds are not those of a run alone; else
/// empty.
[[nodiscard]] std::string side_by_side(const TrainResult& result);

/// One row an optimizer, with the original's columns (Optimizer, First Reached Epoch, Best Accuracy, Last
/// Accuracy, Last Train Loss, Last Test Loss, Convergence Speed: rank by first reached epoch, Slow / Faster /
/// Fastest) plus samples/s and seconds to the target. With several seeds: mean +- standard deviation, and the
/// first epoch at target per seed. Runs that diverged or were interrupted are named below.
[[nodiscard]] std::string summary_table(const TrainResult& result, const TextStyle& style);

/// Counts, rows true, columns predicted, with the total and the recall of each row. Where colour is allowed,
/// errors are shaded by their share of the row, relative to the worst cell, and the diagonal is muted, so
/// that errors stand out. `names` (one a class) follow the numbers in the row headings. A matrix too wide for
/// the style's width (many classes) is not broken across lines: then the cells with most errors are listed.
/// Empty matrix: "No evaluation.\n".
[[nodiscard]] std::string confusion_table(const ConfusionMatrix& matrix, const TextStyle& style,
                                          const std::vector<std::string>& names = {});

/// Sentences computed from the records: best and worst recognised class, the pairs most often confused, which
/// optimizer has the fewest errors, and, with several seeds, whether optimizers differ beyond the spread
/// (Welch's t interval of the difference of last accuracies, Bonferroni over the pairs; with one seed: the
/// binomial interval of the test set).
[[nodiscard]] std::vector<std::string> insights(const TrainResult& result);

/// The whole closing part of `mnist train`: table, matrices (summed over seeds), insights, peak share, and
/// where the style has Unicode a chart of the accuracies.
[[nodiscard]] std::string train_report(const TrainResult& result, const TextStyle& style);

}  // namespace mnist
