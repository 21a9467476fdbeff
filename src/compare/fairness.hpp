// Which recorded facts make two results the same machine, which make a comparison unfair or impossible, and
// which could explain other bits. Private to this room.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "mnist/compare/comparison.hpp"

namespace mnist {

using Facts = std::map<std::string, std::string>;

/// The facts of a fingerprint (CPU model, usable cores, threads, instruction set, memory size within 1 %)
/// that differ or that only one side has. Files without our facts are told apart by host name and CPUs.
[[nodiscard]] std::vector<FactDifference> fingerprint_differences(const Facts& base, const Facts& measured);

/// Facts that forbid to take two files as repetitions of one measurement: the fingerprint, the build, and
/// what was configured except the seeds.
[[nodiscard]] std::vector<FactDifference> pooling_obstacles(const Facts& base, const Facts& measured);

/// Throws InputError where both name their data and it is not the same.
void require_same_data(const Measurements& base, const Measurements& measured);

/// Sentences, each with a remedy: other network, epochs, precision or build type, a debug build, synthetic
/// data, an interrupted run, disturbed repetitions.
[[nodiscard]] std::vector<std::string> unfair_differences(const Measurements& base,
                                                          const Measurements& measured);

/// A sentence a run that both have: the same bits, or not and what could explain it.
[[nodiscard]] std::vector<std::string> compared_bits(const Measurements& base, const Measurements& measured);

}  // namespace mnist
