// What the figures of a comparison themselves warn of: a machine that is not what it was, times that drifted
// while they were measured, too few repetitions for so many rows. What recorded facts warn of is in
// fairness.hpp. Private to this room.
#pragma once

#include <span>
#include <string>

#include "mnist/compare/comparison.hpp"

namespace mnist {

/// The flags of the programs that measured, with the one number of repetitions that is asked for wherever
/// there are too few: "--benchmark_repetitions=10", "--seeds 10", or "--processes=6" where processes count.
/// `rows` are all that are compared.
[[nodiscard]] std::string more_repetitions(const Measurements& base, const Measurements& measured,
                                           std::span<const ComparedRow> rows, double alpha);

/// Adds to the warnings: one file is a copy of the other; in a gate, the machine is faster or slower than
/// before; the row that drifted most on each side; fewer processes than kLeastClusters where these count;
/// rows that differ while none has repetitions enough. `samples` are those of the comparison's rows.
void warn_of_figures(Comparison& comparison, std::span<const TimeSamples> samples, double alpha);

/// Whether any of `rows` that measures the program could be called faster or slower however far apart its
/// samples were.
[[nodiscard]] bool can_be_claimed(std::span<const ComparedRow> rows, double alpha);

}  // namespace mnist
