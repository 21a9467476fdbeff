// Read when asked for: tests and wrappers set variables while a process runs.
#include "mnist/core/environment.hpp"

#include <cstdlib>

namespace mnist {

std::optional<std::string> environment_value(const char* variable) {
    const char* const value = std::getenv(variable);
    return value == nullptr || *value == '\0' ? std::nullopt : std::optional<std::string>(value);
}

std::optional<std::filesystem::path> environment_data_dir(const std::optional<std::string>& dataset) {
    if (dataset == "synthetic") return std::nullopt;
    return environment_value("MNIST_DATA_DIR");
}

}  // namespace mnist
