// Everything that `mnist train` can be told, from flags and from a TOML file. Both know the same words: a
// flag wins over the file, the file over the default; the environment gives the data folder only, where
// neither of them does. A preset stands for its settings where it is given, so that a flag --preset wins over
// the file, and all other flags win over it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "data_options.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/core/values.hpp"

namespace mnist {

/// In place of a file: standard input for a configuration, standard output for a result. A file of that name
/// is "./-".
inline constexpr const char* kStandardStream = "-";

struct TrainOptions {
    std::optional<std::string> preset;
    TrainConfig config;
    DataOptions data;
    std::optional<std::filesystem::path> init_model;
    std::optional<std::filesystem::path> save_model;  ///< a folder
    std::optional<std::filesystem::path> out;
    std::optional<std::filesystem::path> report;      ///< a page of the result
    std::optional<std::filesystem::path> checkpoint;  ///< a folder
    std::size_t checkpoint_every = 1;                 ///< epochs
    std::optional<std::string> label;
    bool quiet = false;
    bool data_from_root = false;
    bool allow_mixed = false;
    bool warmup_given = false;           ///< only one-cycle has one
    bool hidden_given = false;           ///< else an initial model decides
    bool target_accuracy_given = false;  ///< only then does missing it count in the exit code
};

/// Flags as they were given: key without dashes in front -> value.
using GivenFlags = std::map<std::string, GivenValue, std::less<>>;

/// Defaults, then the file, then the flags, then the environment; checked. Throws InputError that names flag
/// or file, line and key.
[[nodiscard]] TrainOptions read_train_options(const std::optional<std::filesystem::path>& config_file,
                                              const GivenFlags& flags);

/// The options that `toml`, out of a checkpoint, holds, and the flags over them: those that would make it
/// another training are refused, with what differs. `where` names the checkpoint. Throws InputError.
[[nodiscard]] TrainOptions read_resumed_options(const std::string& toml, const std::string& where,
                                                const GivenFlags& flags);

/// With the same files wherever they are read.
[[nodiscard]] TrainOptions with_absolute_paths(TrainOptions options);

/// The complete TOML that reproduces the run; reading it gives the same options.
[[nodiscard]] std::string train_options_toml(const TrainOptions& options);

}  // namespace mnist
