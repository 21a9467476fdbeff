// Small trainings and their checkpoints as the bytes of their files.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "mnist/core/rng.hpp"
#include "mnist/train/checkpoint.hpp"

namespace mnist::checkpoint_samples {

inline const std::atomic<bool> kGoOn{false};

inline Split blobs(std::size_t count, std::uint32_t stream) {
    constexpr std::size_t kPixels = 25;
    CounterRng rng(1, RandomPurpose::synthetic, stream);
    Split split;
    for (std::size_t i = 0; i < count; ++i) {
        split.labels.push_back(static_cast<std::uint8_t>(i % 4));
        for (std::size_t p = 0; p < kPixels; ++p)
            split.images.push_back(
                static_cast<std::uint8_t>((p % 4 == i % 4 ? 60U : 30U) + rng.next_below(180)));
    }
    return split;
}

inline Dataset checkpointed_set() {
    Dataset set;
    set.facts = {.name = "custom",
                 .sha256 = std::string(64, 'c'),
                 .train_samples = 150,
                 .test_samples = 40,
                 .rows = 5,
                 .columns = 5,
                 .classes = 4,
                 .synthetic = false};
    set.train = blobs(150, 0);
    set.test = blobs(40, 1);
    return set;
}

// Five layers, so that those above the second have replicas and padding.
inline TrainConfig deep_config() {
    TrainConfig config;
    config.epochs = 3;
    config.batch_size = 16;
    config.hidden = {130, 20, 12};
    config.adam_lr = 0.01;
    config.seeds = 2;
    config.threads = 2;
    return config;
}

inline ExperimentInputs inputs_of(const TrainConfig& config, const Dataset& set) {
    ExperimentInputs inputs{.config = config, .dataset = &set, .initial_model = {}, .cpus = {}};
    inputs.checkpoint_every = 1;
    return inputs;
}

inline nlohmann::json conditions_of(const ExperimentInputs& inputs, const char* version = "1",
                                    const MachineFacts& machine = {}) {
    BuildFacts build;
    build.version = version;
    return checkpoint_conditions(inputs, build, machine);
}

inline CheckpointHead head_of(const ExperimentInputs& inputs) {
    return {.created = "2026-01-31T12:00:00Z",
            .conditions = conditions_of(inputs),
            .settings = "epochs = 3\n",
            .resumed = {{.time = "2026-01-31T13:00:00Z", .run = 1, .epochs = 2}}};
}

// Keeps every checkpoint as the bytes of its file.
class Keeper : public ExperimentObserver {
  public:
    explicit Keeper(const ExperimentInputs& inputs) : head_(head_of(inputs)) {}
    void resumable(const ExperimentProgress& progress) override {
        contents.push_back(checkpoint_content(head_, progress));
    }
    std::vector<std::string> contents;

  private:
    CheckpointHead head_;
};

inline std::vector<std::string> checkpoints_of(const ExperimentInputs& inputs) {
    Keeper keeper(inputs);
    static_cast<void>(run_experiment(inputs, keeper, kGoOn));
    return keeper.contents;
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace mnist::checkpoint_samples
