// The environment says it, because a program that `run` starts has the same argv[0] as one that is started by
// hand from the build folder, and only the bundle's launchers (packaging/launcher.c) know what lies beside
// them.
#include "mnist/core/called.hpp"

#include <algorithm>
#include <cstdlib>

namespace mnist {
namespace {

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("/._-+,:=@%").find(c) != std::string_view::npos;
}

}  // namespace

std::string called(std::string_view program) {
    const char* const script = std::getenv("MNIST_RUN");
    if (script == nullptr || *script == '\0') {
        const char* const beside = std::getenv("MNIST_BESIDE");
        return beside == nullptr ? std::string(program) : shell_word(std::string(beside).append(program));
    }
    return shell_word(script) + (program == "mnist_bench" ? " bench" : "");
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
