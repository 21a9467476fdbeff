// What a person reads in a terminal: epoch lines, summary table, confusion matrices, insights. Pure functions from records to text.
#pragma once

#include <string>
#include <vector>

#include "mnist/results/train_result.hpp"

namespace mnist {

/// How text may look where it goes to.
struct TextStyle {
    bool colour = false;  ///< terminal and no NO_COLOR
    int width = 100;      ///< columns
};

/// "Epoch 22/25, Train Loss 0.0859, Test Loss 0.1012, Accuracy 97.02%" exactly; `epoch` counts from 1.
/// A value that is not there reads "-".
[[nodiscard]] std::string epoch_line(std::size_t epoch, std::size_t epochs, const EpochRecord& record);

/// One row an optimizer, with the original's columns (Optimizer, First Reached Epoch, Best Accuracy, Last Accuracy, Last Train
/// Loss, Last Test Loss, Convergence Speed: rank by first reached epoch, Slow / Faster / Fastest) plus samples/s and seconds to the
/// target. With several seeds: mean +- standard deviation, and the first epoch at target per seed.
[[nodiscard]] std::string summary_table(const TrainResult& result, const TextStyle& style);

/// Counts, rows true, columns predicted; shaded by share of the row where colour is allowed; the diagonal muted.
[[nodiscard]] std::string confusion_table(const ConfusionMatrix& matrix, const TextStyle& style);

/// Sentences computed from the records: best and worst recognised class, the pairs most often confused, which optimizer has the
/// fewest errors, and, with several seeds, whether optimizers differ beyond the spread (Welch's t interval of the difference of
/// last accuracies, Holm over the pairs; with one seed: the binomial interval of the test set).
[[nodiscard]] std::vector<std::string> insights(const TrainResult& result);

/// The whole closing part of `mnist train`: table, matrices (summed over seeds), insights, peak share.
[[nodiscard]] std::string train_report(const TrainResult& result, const TextStyle& style);

}  // namespace mnist
