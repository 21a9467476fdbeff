// What flags ask of each other. What each asks of its own value is in option_values.hpp.
#pragma once

#include <set>
#include <string_view>

#include "options.hpp"

namespace mnist::bench {

inline constexpr const char* kAggregatesOnly = "benchmark_report_aggregates_only";
inline constexpr const char* kDisplayAggregates = "benchmark_display_aggregates_only";
inline constexpr const char* kMaxRepetitions = "max-repetitions";
inline constexpr const char* kFloorRepetitions = "20";  ///< that --noise-floor stands for

using Names = std::set<std::string_view>;

/// Throws InputError where flags do not go together; `given` are those of the command line, without dashes.
void require_together(const Options& options, const Names& given);

}  // namespace mnist::bench
