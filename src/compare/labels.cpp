// Names of files as short as they can be told apart by.
#include <algorithm>
#include <filesystem>

#include "mnist/compare/measurements.hpp"

namespace mnist {
namespace {

/// The last `parts` names of a path; the path itself where it has no more.
std::string tail(const std::string& path, std::size_t parts) {
    const std::filesystem::path whole(path);
    const auto names = static_cast<std::size_t>(std::distance(whole.begin(), whole.end()));
    if (parts >= names) return path;
    std::filesystem::path end;
    for (auto name = std::next(whole.begin(), static_cast<std::ptrdiff_t>(names - parts));
         name != whole.end(); ++name)
        end /= *name;
    return end.string();
}

}  // namespace

std::vector<std::string> distinct_tails(std::span<const std::string> paths) {
    std::vector<std::string> tails;
    for (const std::string& path : paths) {
        std::size_t parts = 1;
        const auto is_shared = [&](const std::string& other) {
            return other != path && tail(other, parts) == tail(path, parts);
        };
        while (std::ranges::any_of(paths, is_shared)) ++parts;
        tails.push_back(tail(path, parts));
    }
    return tails;
}

}  // namespace mnist
