// Threads, loader and engine of one training, put together as a configuration says. Private to this room.
#pragma once

#include <memory>
#include <span>

#include "feed.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/data/dataset.hpp"
#include "mnist/machine/workers.hpp"
#include "mnist/step/engine.hpp"

namespace mnist {

[[nodiscard]] LabelledRows rows_of(const Split& split, std::size_t pixels);

/// Rows of a step: those of the configuration, or all that there are.
[[nodiscard]] std::size_t step_rows(const TrainConfig& config, const Dataset& dataset);

class Trainer {
  public:
    /// `dataset` is not owned. Whole epochs end with what is left behind whole batches; with `whole_batches`
    /// there is no such step. `exchange` as in EngineOptions. Throws as Team and Engine.
    Trainer(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
            bool whole_batches = false, Exchange* exchange = nullptr);

    [[nodiscard]] Engine& engine() { return *engine_; }
    /// Steps over the rows of the training set that `order` names, which must not change meanwhile.
    [[nodiscard]] EpochOutcome train(std::span<const std::uint32_t> order, const std::atomic<bool>& stop);

  private:
    const Dataset& dataset_;
    Team team_;
    std::unique_ptr<LoaderFeed> feed_;
    std::unique_ptr<Engine> engine_;
};

}  // namespace mnist
