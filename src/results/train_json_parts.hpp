// Pieces of result files that checkpoints have in common with them. Only inside this room.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "json_cursor.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

[[nodiscard]] nlohmann::ordered_json run_json(const RunRecord& run,
                                              const std::optional<double>& peak_fraction);

/// Throw InputError.
[[nodiscard]] RunRecord read_run(const JsonCursor& object, const DatasetFacts& facts);
/// Square, and as many classes as the data set has; an empty array stands for no evaluation.
[[nodiscard]] ConfusionMatrix read_confusion_matrix(const JsonCursor& array, std::uint64_t classes);
[[nodiscard]] SampleImage read_image(const JsonCursor& object, const DatasetFacts& facts,
                                     std::uint64_t samples);
[[nodiscard]] Mistake read_mistake(const JsonCursor& object, const DatasetFacts& facts);

}  // namespace mnist
