// Variables of the environment, of which one that says nothing is as good as none.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace mnist {

[[nodiscard]] std::optional<std::string> environment_value(const char* variable);

/// MNIST_DATA_DIR. For drawn digits it does not count: they come from no folder.
[[nodiscard]] std::optional<std::filesystem::path> environment_data_dir(
    const std::optional<std::string>& dataset);

}  // namespace mnist
