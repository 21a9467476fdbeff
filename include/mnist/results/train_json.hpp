// The file of `mnist train`: schema "mnist-results/1", kind "train". Writing and reading are inverse to each other; files by newer
// programs with additional keys are read, missing keys of the contract are an InputError that names them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "mnist/core/facts.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// Facts and configuration as they stand in every result file. Keys are the struct's member names; absent values are null.
[[nodiscard]] nlohmann::ordered_json to_json(const MachineFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const BuildFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const DatasetFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const TrainConfig& config);

/// The whole file's text, indented by one space, with a final newline. Never a NaN or an infinity: such a value becomes null.
[[nodiscard]] std::string train_result_json(const TrainResult& result);

/// Inverse of train_result_json. `where` names the source in errors. Throws InputError.
[[nodiscard]] TrainResult parse_train_result(const std::string& text, const std::string& where);

/// Now, UTC, as "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

}  // namespace mnist
