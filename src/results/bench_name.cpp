// A part of a name is judged by its place as well as by its word: "Sort/iterations:5/size:10" has an argument
// of that name, which is what was measured.
#include "bench_name.hpp"

#include <algorithm>
#include <array>

namespace mnist {
namespace {

/// "KEY" with a number behind it: 10, 0.500, 2.0s.
bool is_setting(std::string_view part, std::string_view key) {
    if (!part.starts_with(key)) return false;
    part.remove_prefix(key.size());
    if (part.ends_with('s')) part.remove_suffix(1);
    return !part.empty() && part.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool says_how(std::string_view part) {
    constexpr std::array<std::string_view, 3> kTimes{"real_time", "manual_time", "process_time"};
    constexpr std::array<std::string_view, 4> kSettings{
        "min_time:", "min_warmup_time:", "iterations:", "repeats:"};
    return std::find(kTimes.begin(), kTimes.end(), part) != kTimes.end() ||
           std::any_of(kSettings.begin(), kSettings.end(),
                       [&](std::string_view key) { return is_setting(part, key); });
}

}  // namespace

std::string measured_name(std::string_view run_name) {
    std::string_view kept = run_name;
    std::string_view threads;
    while (true) {
        const std::size_t slash = kept.rfind('/');
        if (slash == std::string_view::npos || slash == 0) break;
        const std::string_view part = kept.substr(slash + 1);
        if (threads.empty() && is_setting(part, "threads:")) {
            threads = kept.substr(slash);
        } else if (!says_how(part)) {
            break;
        }
        kept = kept.substr(0, slash);
    }
    return std::string(kept).append(threads);
}

std::string_view statistic_suffix(std::string_view name) {
    constexpr std::array<std::string_view, 6> kStatistics{"mean", "median", "stddev", "cv", "BigO", "RMS"};
    const std::size_t underscore = name.rfind('_');
    if (underscore == std::string_view::npos || underscore == 0) return {};
    const std::string_view suffix = name.substr(underscore + 1);
    return std::find(kStatistics.begin(), kStatistics.end(), suffix) != kStatistics.end()
               ? suffix
               : std::string_view{};
}

}  // namespace mnist
