// Percentiles of latencies that were collected call by call: Google Benchmark's statistics are over
// repetitions and know nothing of single calls.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <span>

namespace mnist::bench {

/// Nearest rank: the least value that at least a share `percent` / 100 of the sample does not exceed, so
/// always a value that was measured. `sorted` ascending. Empty: percent outside (0, 100], or a sample too
/// small to have a value beyond the percentile: p90 needs 10 values, p99 100, and below that it would only be
/// another name for the largest one. 100 is the largest value and needs one.
[[nodiscard]] inline std::optional<double> percentile(std::span<const double> sorted, double percent) {
    if (sorted.empty() || !(percent > 0 && percent <= 100)) return std::nullopt;
    const auto count = static_cast<double>(sorted.size());
    if (percent < 100 && count * (100 - percent) < 100) return std::nullopt;
    const double rank = std::ceil(percent / 100 * count);
    return sorted[static_cast<std::size_t>(rank) - 1];
}

}  // namespace mnist::bench
