// One engine serves all runs of an experiment: its primitives depend on shapes alone.
#include "trainer.hpp"

#include <algorithm>

#include "eval_tile.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {

LabelledRows rows_of(const Split& split, std::size_t pixels) {
    return {.images = split.images.data(),
            .labels = split.labels.data(),
            .count = split.count(),
            .pixels = pixels};
}

std::size_t step_rows(const TrainConfig& config, const Dataset& dataset) {
    return std::min(config.batch_size, dataset.train.count());
}

Trainer::Trainer(const TrainConfig& config, const Dataset& dataset, const UsableCpus& cpus,
                 bool whole_batches, Exchange* exchange)
    : dataset_(dataset), team_(team_size(config.threads, cpus), cpus.order) {
    const std::size_t batch = step_rows(config, dataset);
    if (config.loader_threads > 0)
        feed_ = std::make_unique<LoaderFeed>(LoaderShape{.batch = batch,
                                                         .pixels = dataset.pixels(),
                                                         .row_floats = round_up(dataset.pixels(), kLane),
                                                         .threads = config.loader_threads});
    engine_ = std::make_unique<Engine>(
        team_, EngineOptions{.dims = network_dims(config, dataset),
                             .batch = batch,
                             .last_batch = whole_batches ? 0 : dataset.train.count() % batch,
                             .eval_tile = eval_tile(config.test_batch_size),
                             .precision = config.precision,
                             .feed = feed_.get(),
                             .exchange = exchange});
}

EpochOutcome Trainer::train(std::span<const std::uint32_t> order, const std::atomic<bool>& stop) {
    if (feed_) feed_->start_epoch(dataset_.train.images.data(), order);
    return engine_->train_epoch(rows_of(dataset_.train, dataset_.pixels()), order, stop);
}

}  // namespace mnist
