// One training from its options to its result: alone, or as one of several ranks.
#pragma once

#include <filesystem>
#include <optional>

#include "checkpointing.hpp"
#include "console.hpp"
#include "mnist/cluster/ranks.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/train/experiment.hpp"
#include "train_options.hpp"

namespace mnist {

/// What a training is made of, once everything is there.
struct Training {
    std::optional<Checkpointing> checkpoints{};  ///< of the rank that speaks
    ExperimentProgress progress{};               ///< of the others, where one is gone on with
    std::optional<std::filesystem::path> result_file{};
    Dataset dataset{};
    ExperimentInputs inputs{};
    TrainResult result{};
};

/// Trains, writes what the options ask for, and returns the exit code. `training` has the checkpoint that is
/// gone on from, if any.
[[nodiscard]] int train(const TrainOptions& options, Training training, Console& console, Ranks& ranks);

}  // namespace mnist
