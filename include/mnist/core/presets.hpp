// Configurations with a name. There is one: the record, the fastest way to 97 % test accuracy that was found
// on two cores. Its rules, how it was searched for and its figures are in bench/RECORD.md.
#pragma once

#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"

namespace mnist {

/// Words for --preset.
[[nodiscard]] const std::vector<std::string>& preset_names();

/// Sets what the record's recipe consists of; seed, threads and all else stay as they are.
void apply_record_recipe(TrainConfig& config);

}  // namespace mnist
