// Where in a history a program became faster, slower or less accurate, and whether it was the program. Every
// point carries what its own process measured of its machine, so a slower host is told from a slower program.
// The method and what it was tried on stand in docs/history.md. Pure functions; reading, ordering and
// grouping files is elsewhere, and so is every word about a change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mnist/stats/intervals.hpp"

namespace mnist {

/// One benchmark as one file (or the pooled files of one commit) has it.
struct HistoryPoint {
    double seconds = 0;                ///< median of an iteration, above 0
    std::optional<double> accuracy{};  ///< mean test accuracy in percent
    /// What the same process measured of its machine, as seconds of a fixed work (1 / multiply-add peak, 1 /
    /// bandwidth), above 0; empty where it did not.
    std::optional<double> compute_seconds{};
    std::optional<double> memory_seconds{};
    bool disturbed = false;  ///< its times say nothing, its accuracy does
};

enum class Quantity : std::uint8_t { time, accuracy };

enum class Cause : std::uint8_t {
    program,    ///< it moved though the machine did not, or by clearly more than the machine
    machine,    ///< the machine's measurement moved with it, by about as much
    undecided,  ///< no measurement of the machine, or both explanations hold
};

struct Change {
    std::size_t place = 0;  ///< of the first point after it, in the series as given
    Quantity quantity = Quantity::time;
    Cause cause = Cause::undecided;
    /// Of time: before over after, above 1 is faster, as measured. Of accuracy: 1.
    double ratio = 1;
    std::optional<Interval> interval{};  ///< of the ratio, or of the difference; empty with too few points
    /// Of time: the same with what the machine explains taken off; empty where it was not measured.
    std::optional<double> corrected_ratio{};
    std::optional<Interval> corrected_interval{};
    /// Of time: how the machine's own two measurements moved, before over after.
    std::optional<double> compute_ratio{};
    std::optional<double> memory_ratio{};
    double difference = 0;  ///< of accuracy: after less before, in percentage points
    double p_adjusted = 1;  ///< for all series given at once
};

struct ChangeSettings {
    double alpha = 0.05;           ///< chance of any false change in all series together
    double least_time = 0.02;      ///< least |log ratio| of time that is a change
    double least_accuracy = 0.10;  ///< in percentage points
    std::size_t newest = 10;       ///< points that the gate looks at
};

using HistorySeries = std::span<const HistoryPoint>;

/// Series with fewer points have no changes, because no test could tell: docs/history.md.
inline constexpr std::size_t kFewestPoints = 10;

/// Tests that a series takes part with: its times, these beside each of the machine's measurements, its
/// accuracies.
[[nodiscard]] std::size_t tests_of(HistorySeries series);

/// Points that a series must have for its clearest change to count among so many tests: at least
/// kFewestPoints.
[[nodiscard]] std::size_t points_needed(std::size_t tests, double alpha);

/// Changes of each series, in ascending order of place, time before accuracy at the same place. The same
/// points give the same changes. Of the program's changes the corrected ratio is the one to read: where a
/// machine drifts, times as measured need not have moved. Cost: 200 series of 50 to 2,000 points some seconds
/// (1,000 points with both measurements 12 ms, 40 ms where the machine drifts).
[[nodiscard]] std::vector<std::vector<Change>> find_changes(std::span<const HistorySeries> series,
                                                            const ChangeSettings& settings = {});

/// Slower as measured and not the machine's, or less accurate.
[[nodiscard]] bool is_unexplained_regression(const Change& change);

/// Whether the newest points of a series of `points` hold an unexplained regression: one whose place is among
/// the last settings.newest. Older ones were there to be seen before, and a gate that stays shut is opened by
/// hand.
[[nodiscard]] bool has_new_regression(std::span<const Change> changes, std::size_t points,
                                      const ChangeSettings& settings = {});

}  // namespace mnist
