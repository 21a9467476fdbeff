// How much of what is large a page has; where there is more, it says so. Numbers of results that a reader
// looks through, and that keep a page of any number of files below some megabytes. Only inside this room.
#pragma once

#include <cstddef>

namespace mnist {

inline constexpr std::size_t kMostSources = 40;      ///< files one by one; the history has any number
inline constexpr std::size_t kMostPictured = 6;      ///< trainings with matrices and mistakes
inline constexpr std::size_t kMostCompared = 10;     ///< pairs of sides
inline constexpr std::size_t kMostRooflines = 6;     ///< files
inline constexpr std::size_t kMostBenchTables = 10;  ///< files with other benchmarks
inline constexpr std::size_t kMostFactTables = 16;   ///< files

}  // namespace mnist
