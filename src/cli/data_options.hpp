// The words about data that `train` and `eval` share: --dataset, --data-dir and the one environment variable,
// MNIST_DATA_DIR.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "console.hpp"
#include "mnist/core/values.hpp"
#include "mnist/data/dataset.hpp"

namespace mnist {

struct DataOptions {
    std::optional<std::string> dataset;
    std::optional<std::filesystem::path> data_dir;
    std::optional<std::filesystem::path> env_dir;  ///< MNIST_DATA_DIR, where it is set to something
};

/// Words for --dataset.
[[nodiscard]] const std::vector<std::string>& dataset_names();

void set_dataset(DataOptions& options, const GivenValue& given);
void set_data_dir(DataOptions& options, const GivenValue& given);
/// Reads MNIST_DATA_DIR. The synthetic digits come from no folder, so it does not count for them.
void read_environment(DataOptions& options);

/// Throws InputError, which names the model's file, where its extents do not fit the data.
void require_fit(const std::vector<std::size_t>& dims, const std::string& model_file, const Dataset& dataset);

/// Loads what the options say; progress, notes and warnings go to standard error. Throws InputError.
[[nodiscard]] Dataset load_data(const DataOptions& options, Console& console);

}  // namespace mnist
