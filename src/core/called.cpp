// The environment says it, because a program that `run` starts has the same argv[0] as one that is started by
// hand from the build folder, and only the bundle's launchers (packaging/launcher.c) know what lies beside
// them.
#include "mnist/core/called.hpp"

#include <algorithm>

#include "mnist/core/environment.hpp"

namespace mnist {
namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:=@%").find(c) != std::string_view::npos;
}

}  // namespace

std::string called(std::string_view program) {
    const std::optional<std::string> script = environment_value("MNIST_RUN");
    if (!script) {
        const std::optional<std::string> beside = environment_value("MNIST_BESIDE");
        return beside ? shell_word(*beside + std::string(program)) : std::string(program);
    }
    return shell_word(*script) + (program == "mnist_bench" ? " bench" : "");
}

std::string as_called(std::string_view line) {
    const std::size_t end = std::min(line.find(' '), line.size());
    return called(line.substr(0, end)).append(line.substr(end));
}

std::string shell_word(std::string_view word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return std::string(word);
    std::string quoted = "'";
    for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

}  // namespace mnist
