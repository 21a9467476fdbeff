// The table of `mnist train`'s settings: flags, TOML keys, help, reading and printing all come from it, so
// that they cannot disagree.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "train_options.hpp"

namespace mnist {

enum class SettingKind { whole, whole_or_auto, real, text, wholes, texts, flag };

struct Setting {
    std::string_view key;  ///< the flag without its dashes; in TOML with '_' for '-'
    SettingKind kind;
    std::string_view placeholder;  ///< in the help; empty for a flag without value
    std::string_view group;        ///< heading in the help
    std::string help;
    std::string_view example;  ///< a value in TOML; only for settings that may be unset
    std::string when_unset;    ///< what happens without it; only for those as well
    std::function<void(TrainOptions&, const GivenValue&)> set;
    std::function<std::string(const TrainOptions&)> toml;  ///< the value in TOML; empty when it is not set

    /// "batch_size" for batch-size.
    [[nodiscard]] std::string toml_key() const;
};

/// In the order in which they are set: a preset before what overrules it, the schedule before its details.
[[nodiscard]] const std::vector<Setting>& train_settings();

}  // namespace mnist
