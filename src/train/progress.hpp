// Which run comes when, and whether runs that somebody brings along are the ones that came before. Private to
// this room.
#pragma once

#include "mnist/train/experiment.hpp"

namespace mnist {

/// Run `index` of the experiment: all optimizers with the first seed, then with the next one.
[[nodiscard]] RunRecord planned_run(const TrainConfig& config, std::size_t index);

/// Throws InputError where the runs are not some of this configuration, in its order and each once, each with
/// no more epochs than it has.
void require_progress_of(const TrainConfig& config, const RunsSoFar& runs);

}  // namespace mnist
