// oneDNN cannot be asked whether it traces, so its variables are read as it reads them: the new prefix counts
// before the old one. Left out: variables that say what to trace and not whether.
#include "mnist/step/tracing.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <optional>
#include <string_view>

namespace mnist {
namespace {

/// "ONEDNN_VERBOSE=1", where one of both names is set to something that means yes. "error", the usual level
/// of oneDNN 3, speaks only where something failed.
std::optional<std::string> setting(const char* variable) {
    for (const char* const prefix : {"ONEDNN_", "DNNL_"}) {
        const std::string name = std::string(prefix) + variable;
        const char* const value = std::getenv(name.c_str());
        if (value == nullptr) continue;
        for (const std::string_view off : {"", "0", "none", "error"}) {
            if (value == off) return std::nullopt;
        }
        return fmt::format("{}={}", name, value);
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::string> tracing_warnings() {
    std::vector<std::string> all;
    if (const auto verbose = setting("VERBOSE"))
        all.push_back(fmt::format(
            "{} has oneDNN write a line to standard error for each of its calls, in the time that "
            "is measured: unset it, or take no speed from this run",
            *verbose));
    if (const auto dump = setting("JIT_DUMP"))
        all.push_back(fmt::format(
            "{} has oneDNN leave a file in the current folder for each kernel that it generates: unset it, "
            "unless they are what is wanted",
            *dump));
    return all;
}

}  // namespace mnist
