// Where results and models go. What can go wrong with a file is found out before the training, not after it;
// and nothing that exists is ever overwritten.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"
#include "mnist/models/model_file.hpp"

namespace mnist {

/// The result file of a training that starts at `created` ("2026-01-31T12:00:00Z"). With `out`: that file;
/// throws InputError when it exists or cannot be created ("-" stands for standard output and is never
/// either); nothing for /dev/null. Without: mnist-train-<UTC time>.json in the current folder; throws
/// InputError where that cannot be written to.
[[nodiscard]] std::optional<std::filesystem::path> plan_result_file(
    const std::optional<std::filesystem::path>& out, const std::string& created);

/// "adam-seed0.safetensors".
[[nodiscard]] std::string model_file_name(OptimizerKind optimizer, std::uint64_t seed);

/// Whether `file` is a model with exactly these weights.
[[nodiscard]] bool is_model_file_of(const ModelParameters& weights, const std::filesystem::path& file);

/// Throws InputError when one of the experiment's model files is in `folder` already, or the folder cannot be
/// written to.
void require_free_model_files(const std::filesystem::path& folder, const TrainConfig& config);

}  // namespace mnist
