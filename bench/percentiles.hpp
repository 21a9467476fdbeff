// Percentiles of latencies that were collected call by call: Google Benchmark's statistics are over
// repetitions and know nothing of single calls.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

namespace mnist::bench {

/// Nearest rank: the least value that at least a share `percent` / 100 of the sample does not exceed, so
/// always a value that was measured. `sorted` ascending. Empty: no values, or percent outside (0, 100].
[[nodiscard]] inline std::optional<double> percentile(std::span<const double> sorted, double percent) {
    if (sorted.empty() || !(percent > 0 && percent <= 100)) return std::nullopt;
    const double rank = std::ceil(percent / 100 * static_cast<double>(sorted.size()));
    return sorted[static_cast<std::size_t>(rank) - 1];
}

}  // namespace mnist::bench
