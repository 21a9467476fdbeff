// The words about data that `train` and `eval` share: --dataset, --data-dir, --data-prefix and the one
// environment variable, MNIST_DATA_DIR. Only the words: loading is data_loading.hpp's, so that a
// configuration can be read without the rooms that load.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/values.hpp"

namespace mnist {

struct DataOptions {
    std::optional<std::string> dataset;
    std::optional<std::filesystem::path> data_dir;
    std::optional<std::filesystem::path> env_dir;  ///< MNIST_DATA_DIR, where it is set to something
    std::optional<std::string> prefix;             ///< empty text: the set whose names have none
};

void set_dataset(DataOptions& options, const GivenValue& given);
void set_data_dir(DataOptions& options, const GivenValue& given);
void set_data_prefix(DataOptions& options, const GivenValue& given);
/// Reads MNIST_DATA_DIR. The synthetic digits come from no folder, so it does not count for them.
void read_environment(DataOptions& options);

}  // namespace mnist
