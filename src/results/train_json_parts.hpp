// Pieces of result files that checkpoints have in common with them. Only inside this room.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "json_cursor.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

[[nodiscard]] nlohmann::ordered_json run_json(const RunRecord& run,
                                              const std::optional<double>& peak_fraction);
[[nodiscard]] nlohmann::ordered_json process_json(const std::optional<ProcessFacts>& process);
[[nodiscard]] nlohmann::ordered_json resumed_json(const std::vector<Resumption>& resumed);

/// Throw InputError.
[[nodiscard]] DatasetFacts read_dataset_facts(const JsonCursor& object);
[[nodiscard]] RunRecord read_run(const JsonCursor& object, const DatasetFacts& facts);
/// Square, and as many classes as the data set has; an empty array stands for no evaluation.
[[nodiscard]] ConfusionMatrix read_confusion_matrix(const JsonCursor& array, std::uint64_t classes);
[[nodiscard]] SampleImage read_image(const JsonCursor& object, const DatasetFacts& facts,
                                     std::uint64_t samples);
[[nodiscard]] Mistake read_mistake(const JsonCursor& object, const DatasetFacts& facts);
/// Empty where the key is missing or null.
[[nodiscard]] std::optional<ProcessFacts> read_process(const JsonCursor& parent, const std::string& key);
[[nodiscard]] std::vector<Resumption> read_resumed(const JsonCursor& array);

}  // namespace mnist
