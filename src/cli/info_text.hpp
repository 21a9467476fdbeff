// What `mnist info` prints: the machine, the build and the measured peaks, for people (aligned lines) and for
// programs (JSON). Pure functions; collecting the facts and measuring the peaks is the subcommand's work.
#pragma once

#include <string>

#include "mnist/core/facts.hpp"

namespace mnist {

/// Aligned lines under three headings, ending with a newline. What could not be found out reads "-".
///   peak1     f32 multiply-add peak of one thread, GFLOP/s
///   peak_all  the same of all usable threads at once
[[nodiscard]] std::string info_text(const MachineFacts& machine, const BuildFacts& build, double peak1,
                                    double peak_all);

/// {"machine": {...}, "build": {...}, "fma_peak_gflops": {"one_thread", "all_threads"}}, with the keys that
/// result files use, indented by one space, ending with a newline. A peak that is not finite becomes null.
[[nodiscard]] std::string info_json(const MachineFacts& machine, const BuildFacts& build, double peak1,
                                    double peak_all);

}  // namespace mnist
