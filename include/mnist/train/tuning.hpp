// How many threads a training gets, and how many of an experiment's trainings run side by side, where nobody
// says it: measured, because it depends on the batch, the caches and on what else the machine does. The
// numbers decide how long it takes and no bit of a result.
#pragma once

#include <atomic>
#include <cstddef>

#include "mnist/core/train_config.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

struct TeamChoice {
    std::size_t workers = 1;         ///< that compute
    std::size_t loader_threads = 0;  ///< that prepare their batches; 0: the workers do
    std::size_t jobs = 1;            ///< such teams side by side, each with a training of its own

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

/// The same for an experiment whose jobs nobody has said: as many side by side as there are cores or runs,
/// unless fewer, or one training after the other with fastest_team() (with `config.threads` where that is not
/// 0), end all of them 3 % sooner. Jobs are at most one a physical core and no more than fit into memory, and
/// share the cores evenly where `config.threads` is 0. Cost: beside fastest_team() twice as much again.
[[nodiscard]] TeamChoice fastest_jobs(const ExperimentInputs& inputs, const std::atomic<bool>& stop);

}  // namespace mnist
