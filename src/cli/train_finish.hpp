// The end of `mnist train`: what becomes of its result.
#pragma once

#include <filesystem>
#include <optional>

#include "console.hpp"
#include "mnist/results/train_result.hpp"
#include "train_options.hpp"

namespace mnist {

/// Writes the result to `wanted` (or under the first free name like it, when somebody was faster), prints the
/// closing report, writes the page that the options ask for, and prints what can be typed next. Throws
/// InputError, after the report, where the result cannot be written.
void finish_train(const TrainResult& result, const TrainOptions& options,
                  const std::optional<std::filesystem::path>& wanted, Console& console);

}  // namespace mnist
