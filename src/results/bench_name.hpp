// Names of Google Benchmark:
// FUNCTION/ARGUMENTS/min_time:S/min_warmup_time:S/iterations:N/repeats:N/TIME/threads:N. Only inside this
// room.
#pragma once

#include <string>
#include <string_view>

namespace mnist {

/// The name without the parts that say how it was measured. A part counts only where Google Benchmark puts
/// it, at the end or before the number of threads; the first part always stays. Cost: O(n).
[[nodiscard]] std::string measured_name(std::string_view run_name);

/// The statistic that a row's name ends in ("mean", "median", "stddev", "cv", "BigO", "RMS"), for files of a
/// time when rows had no run type; empty for a repetition.
[[nodiscard]] std::string_view statistic_suffix(std::string_view name);

}  // namespace mnist
