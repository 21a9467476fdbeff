// Experiments that take milliseconds, for the tests of this room.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "mnist/core/rng.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist::small {

inline const std::atomic<bool> kNoStop{false};

inline Split blobs(std::size_t count, std::size_t pixels, std::size_t classes, std::uint32_t stream) {
    CounterRng rng(1, RandomPurpose::synthetic, stream);
    Split split;
    for (std::size_t i = 0; i < count; ++i) {
        const auto label = static_cast<std::uint8_t>(rng.next_below(static_cast<std::uint32_t>(classes)));
        split.labels.push_back(label);
        for (std::size_t p = 0; p < pixels; ++p) {
            const std::uint32_t ink = p % classes == label ? 150 : 30;
            split.images.push_back(static_cast<std::uint8_t>(ink + rng.next_below(100)));
        }
    }
    return split;
}

inline Dataset small_set(std::size_t train = 300, std::size_t test = 90) {
    Dataset set;
    set.facts = {.name = "custom",
                 .sha256 = "",
                 .train_samples = train,
                 .test_samples = test,
                 .rows = 5,
                 .columns = 5,
                 .classes = 4,
                 .synthetic = false};
    set.train = blobs(train, 25, 4, 0);
    set.test = blobs(test, 25, 4, 1);
    return set;
}

inline TrainConfig small_config() {
    TrainConfig config;
    config.epochs = 4;
    config.batch_size = 16;
    config.hidden = {20, 12};
    config.sgd_lr = 0.1;
    config.momentum_lr = 0.05;
    config.adam_lr = 0.01;
    config.threads = 2;
    config.target_accuracy = 90;
    return config;
}

inline ExperimentOutcome run(const TrainConfig& config, const Dataset& set) {
    ExperimentObserver observer;
    return run_experiment({.config = config, .dataset = &set, .initial_model = {}, .cpus = {}}, observer,
                          kNoStop);
}

}  // namespace mnist::small
