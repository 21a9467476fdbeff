// The runs of a result, by optimizer, and what is counted over their seeds. Every format (text now, others
// later) tells the same story because it asks here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mnist/results/train_result.hpp"

namespace mnist {

/// The runs of one optimizer. Pointers into the TrainResult, which must outlive them.
struct RunGroup {
    OptimizerKind optimizer = OptimizerKind::sgd;
    std::vector<const RunRecord*> runs;  ///< all, in the order of the result
    /// What means and tests are made of: the completed runs; a single run counts as it is, however it ended.
    std::vector<const RunRecord*> counted;
};

/// In the order of the configuration; an optimizer that never started has no runs.
[[nodiscard]] std::vector<RunGroup> run_groups(const TrainResult& result);

/// "SGD + Momentum" and the like.
[[nodiscard]] std::string title_of(const RunGroup& group);

/// True where some optimizer has several runs.
[[nodiscard]] bool has_several_seeds(const std::vector<RunGroup>& groups);

/// The values of a member over the counted runs, without the absent ones.
[[nodiscard]] std::vector<double> values_of(const RunGroup& group, std::optional<double> RunRecord::*member);
/// The same for a member of the last epoch.
[[nodiscard]] std::vector<double> last_epoch_values(const RunGroup& group,
                                                    std::optional<double> EpochRecord::*member);

/// Sum of the counted runs' matrices; empty where none has one.
[[nodiscard]] ConfusionMatrix summed_confusion(const RunGroup& group);

/// One word a group: rank by the mean first epoch at target over the seeds, where a seed that never reached
/// it counts as one epoch more than there were. "Fastest" for the earliest, "Slow" for the last when all
/// groups reached the target, "Faster" between; equal means share a word, and are all "Equal" where there is
/// only one mean. "-" for a group that never reached the target, and where there is nothing to compare with.
[[nodiscard]] std::vector<std::string> convergence_speeds(const std::vector<RunGroup>& groups,
                                                          std::size_t epochs);

/// The group's word in a table: its rank `speed`, or how its only run ended where that was not well.
[[nodiscard]] std::string speed_or_status(const RunGroup& group, const std::string& speed);

/// Names of the classes: Fashion-MNIST's garments, the numbers 0, 1, ... for everything else.
[[nodiscard]] std::vector<std::string> class_names(const DatasetFacts& dataset, std::size_t classes);

}  // namespace mnist
