// What a checkpoint says in words: schema "mnist-checkpoint/2", the text beside its tensors ("/1" had one
// present run at most, and is still read). The runs stand in it as they stand in a result file, so that a
// resumed training ends with the same history, digit for digit.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "mnist/results/train_result.hpp"

namespace mnist {

/// The same in every checkpoint that a process writes.
// It begins with a null, which takes no memory; the check sees what other kinds of JSON take.
// NOLINTNEXTLINE(bugprone-exception-escape)
struct CheckpointHead {
    std::string created;  ///< when the training began: UTC, "2026-01-31T12:00:00Z"
    /// What decides the bits, in sections of keys: configuration, data set, network, program and caches.
    /// Whoever resumes must have the same, see differences().
    nlohmann::json conditions;
    std::string settings;                   ///< TOML that gives the configuration back
    std::vector<Resumption> resumed;        ///< what came before
    std::optional<ProcessFacts> process{};  ///< that wrote it; files of old do not have it
};

/// How far a training has come. Runs stand in the order of the plan; side by side a later one may end before
/// an earlier one.
struct RunsSoFar {
    std::vector<RunRecord> finished;  ///< whole
    std::vector<RunRecord> present;   ///< begun: their whole epochs, not summarised
};

// NOLINTNEXTLINE(bugprone-exception-escape): for its head
struct CheckpointFacts {
    CheckpointHead head;
    RunsSoFar runs;
    std::vector<std::uint64_t> optimizer_steps;  ///< of runs.present
};

/// The text: JSON, never a NaN or an infinity. `optimizer_steps` are of runs.present, `saved` is now, UTC.
/// The random numbers' position stands in it as seed and next epoch, which is all there is: they are a
/// function of these.
[[nodiscard]] std::string checkpoint_json(const CheckpointHead& head, const RunsSoFar& runs,
                                          std::span<const std::uint64_t> optimizer_steps,
                                          const std::string& saved);

/// Inverse of checkpoint_json. `where` names the source in errors. Throws InputError as parse_train_result
/// does, and where a position does not fit its run.
[[nodiscard]] CheckpointFacts parse_checkpoint_json(const std::string& text, const std::string& where);

/// What differs between two `conditions`: "config.epochs is 25 in the checkpoint and 30 here", one a key.
[[nodiscard]] std::vector<std::string> differences(const nlohmann::json& stored, const nlohmann::json& here);

}  // namespace mnist
