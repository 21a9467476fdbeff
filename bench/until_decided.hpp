// When to stop repeating: each row's ratio to a base is known where half the width of its interval is no more
// than what was asked for. The rows are looked at after as many repetitions as look_schedule() says, each
// time at alpha_of_look() of the level, so that whatever is claimed at any look is false with a chance of at
// most the level; `mnist compare` of the result later does the same (its facts say how many looks were
// planned). Left out: rows of latencies, which would go on the longest and are nobody's question.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "mnist/compare/measurements.hpp"

namespace mnist::bench {

struct RowPrecision {
    std::string name;             ///< of the measured row
    std::size_t repetitions = 0;  ///< of it
    std::optional<double> ratio;  ///< base time over measured
    /// sqrt(upper / lower) - 1 of the ratio's interval: 0.02 is known to 2 %. Empty where there is none: too
    /// few repetitions, or disturbed.
    std::optional<double> half_width;
    /// What that comes to, about, however often it is repeated, because of the base's own repetitions.
    std::optional<double> least_half_width;
    bool of_processes = false;  ///< it is the number of processes that counts
    bool disturbed = false;
};

/// Of the rows that both have, at the level that the facts of `measured` leave. Cost: that of compare().
[[nodiscard]] std::vector<RowPrecision> precisions(const Measurements& base, const Measurements& measured);

/// What is done between two looks: measure the rows of these names until each has `repetitions`, counted in
/// whatever is repeated. Returns all that was measured so far; empty where it was told to stop.
using MeasureUntil = std::function<std::optional<Measurements>(const std::vector<std::string>& names,
                                                               std::size_t look, std::size_t repetitions)>;

struct Outcome {
    std::size_t looks = 0;
    std::vector<RowPrecision> rows;  ///< at the last look at each
};

/// Measures all of `names` until `schedule`'s first number and then, look by look, those that are not known
/// to `share`. `said` is told after each look how many of the rows are not.
[[nodiscard]] Outcome measure_until_decided(
    const Measurements& base, const std::vector<std::string>& names, const std::vector<std::size_t>& schedule,
    double share, const MeasureUntil& measure,
    const std::function<void(std::size_t look, std::size_t open)>& said);

/// A table of the rows for people, at most `width` columns wide, and below it how many are known to `share`
/// and why others are not.
[[nodiscard]] std::string precision_table(const Outcome& outcome, double share, const std::string& base,
                                          int width);

}  // namespace mnist::bench
