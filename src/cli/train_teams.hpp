// How many threads and jobs a `mnist train` has, on which CPUs, what these reach at best, and what makes
// their speed say little.
#pragma once

#include <atomic>
#include <cstddef>
#include <vector>

#include "console.hpp"
#include "mnist/results/train_result.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

/// Puts the numbers that auto means into the configuration, by timing steps. Throws as fastest_jobs.
void choose_teams(ExperimentInputs& inputs, const std::atomic<bool>& stop);

/// OS indices of the CPUs that the runs will be pinned to, of all jobs, each once.
[[nodiscard]] std::vector<int> cpus_of_teams(const ExperimentInputs& inputs);

/// Measures result.fma_peak_gflops; of two measurements the larger one counts. Of ranks, which all call it,
/// the sum. Cost: half a second.
void measure_peak(TrainResult& result, const std::vector<int>& cpus, Exchange* ranks = nullptr);

/// Of a configuration, machine or build that is slower than it need be: with the remedy. `cpus`: those that
/// may be used.
void warn_about_speed(const TrainResult& result, std::size_t cpus, Console& console);

}  // namespace mnist
