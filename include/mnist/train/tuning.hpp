// How many threads a training gets where nobody says it: measured, because it depends on the batch, the
// caches and on what else the machine does. The number decides how long a step takes and no bit of a result.
#pragma once

#include <atomic>
#include <cstddef>

#include "mnist/core/train_config.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/machine/workers.hpp"

namespace mnist {

struct TeamChoice {
    std::size_t workers = 1;         ///< that compute
    std::size_t loader_threads = 0;  ///< that prepare their batches; 0: the workers do

    [[nodiscard]] bool operator==(const TeamChoice&) const = default;
};

/// The team that takes least for a step of this training here, found by taking some: one worker for each
/// physical core, unless fewer, the cores' siblings as well, or some cores that load for the others are
/// faster by 3 %. Others' work at the same time leaves it at one a core. Loaders are tried only where
/// `config` has none. `config.threads` is not looked at; the first of its optimizers is what is timed. Cost:
/// about 0.2 s of steps, and for each team that takes part its making, some milliseconds, and a first step;
/// two steps where one takes 50 ms; nothing where there is one CPU, or a network of more than a million
/// parameters. Memory: the teams' engines at once. `stop` ends it early, with one worker a core. Throws as
/// run_experiment.
[[nodiscard]] TeamChoice fastest_team(const TrainConfig& config, const Dataset& dataset,
                                      const UsableCpus& cpus, const std::atomic<bool>& stop);

}  // namespace mnist
