// The units that times are given in, by result files and to people.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

struct TimeUnit {
    std::string_view word;  ///< in flags and files
    std::string_view sign;  ///< for people
    double per_second;
};

/// From the shortest to the longest, as Google Benchmark numbers them.
inline constexpr std::array kTimeUnits{
    TimeUnit{"ns", "ns", 1e9},
    TimeUnit{"us", "µs", 1e6},
    TimeUnit{"ms", "ms", 1e3},
    TimeUnit{"s", "s", 1},
};

[[nodiscard]] inline std::vector<std::string> time_unit_words() {
    std::vector<std::string> words;
    words.reserve(kTimeUnits.size());
    for (const TimeUnit& unit : kTimeUnits) words.emplace_back(unit.word);
    return words;
}

}  // namespace mnist
