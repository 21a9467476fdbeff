// Which recorded facts make a comparison unfair or impossible, and which could explain other bits. Which
// differ at all is in differences.hpp. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"
#include "table.hpp"

namespace mnist {

/// Whether at most one names its data, or both name the same.
[[nodiscard]] bool is_of_same_data(const Facts& base, const Facts& measured);

/// Throws InputError where both name their data and it is not the same.
void require_same_data(const Measurements& base, const Measurements& measured);

/// Sentences, each with a remedy: other network, epochs, precision or build type, a debug build, synthetic
/// data, an interrupted run, disturbed repetitions.
[[nodiscard]] std::vector<std::string> unfair_differences(const Measurements& base,
                                                          const Measurements& measured,
                                                          const std::vector<Match>& matches);

/// The part of these that makes it another training: its network, its settings.
[[nodiscard]] std::vector<std::string> training_differences(const Measurements& base,
                                                            const Measurements& measured);

/// Where it is another machine, or another number of threads, and another build as well: what a ratio comes
/// from cannot be known.
void warn_of_confounding(Comparison& comparison);

/// A sentence a run that both have: the same bits, or not and what could explain it.
[[nodiscard]] std::vector<std::string> compared_bits(const Measurements& base, const Measurements& measured);

}  // namespace mnist
