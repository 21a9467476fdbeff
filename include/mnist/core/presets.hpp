// Configurations with a name: the record, the fastest way to 97 % test accuracy that was found on two cores,
// in f32 and in bf16. Its rules, how it was searched for and its figures are in bench/RECORD.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/train_config.hpp"

namespace mnist {

/// Words for --preset.
[[nodiscard]] const std::vector<std::string>& preset_names();

/// Sets what a preset stands for. `name`: one of preset_names().
void apply_preset(TrainConfig& config, std::string_view name);

/// Sets what the record's recipe in a precision consists of; seed, threads and all else stay as they are.
void apply_record_recipe(TrainConfig& config, Precision precision = Precision::f32);

}  // namespace mnist
