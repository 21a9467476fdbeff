// A checkpoint: what an experiment needs to go on after its process has ended, bit for bit as if it had not.
// One file each, checksummed (models/training_state.hpp), with the words of results/checkpoint_json.hpp
// beside the tensors. Where the files are kept is in checkpoint_folder.hpp.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "mnist/core/facts.hpp"
#include "mnist/results/checkpoint_json.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

struct Checkpoint {
    CheckpointHead head;
    ExperimentProgress progress;
};

/// What must be the same for a checkpoint to be gone on from, because it decides bits: the configuration as
/// it was asked for (through results/train_json, without its numbers of threads and jobs), the data's
/// contents, the network, the weights that were started from, the program with its libraries and
/// instructions, and the sizes of a core's caches of the first two levels, by which oneDNN may cut its sums.
[[nodiscard]] nlohmann::json checkpoint_conditions(const ExperimentInputs& inputs, const BuildFacts& build,
                                                   const MachineFacts& machine);

/// Throws InputError that names `where` and all that differs.
void require_same_conditions(const nlohmann::json& stored, const nlohmann::json& here,
                             const std::string& where);

/// The file's bytes. Cost: one copy of the state in memory and one pass of SHA-256.
[[nodiscard]] std::string checkpoint_content(const CheckpointHead& head, const ExperimentProgress& progress);

/// Inverse of checkpoint_content. Throws InputError: damaged, of another kind or version. Whether it belongs
/// to an experiment is for require_same_conditions and run_experiment to say.
[[nodiscard]] Checkpoint parse_checkpoint(std::string_view content, const std::string& where);

}  // namespace mnist
