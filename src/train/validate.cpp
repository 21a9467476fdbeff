// What a configuration may hold, and which network it asks for. Messages name the key as flags spell it; the
// TOML keys are the same words with underscores.
#include <fmt/format.h>

#include <cmath>

#include "mnist/core/error.hpp"
#include "mnist/core/values.hpp"
#include "mnist/step/precision.hpp"
#include "mnist/train/experiment.hpp"

namespace mnist {
namespace {

void require(bool holds, const std::string& key, const char* expected, const std::string& found) {
    if (!holds) throw InputError({.where = key, .expected = expected, .found = found});
}

void require_rate(double value, const std::string& key) {
    require(std::isfinite(value) && value > 0, key, "a finite number above 0", fmt::format("{}", value));
}

void require_share(double value, const std::string& key) {
    require(value >= 0 && value < 1, key, "a number from 0 to below 1", fmt::format("{}", value));
}

void require_between(std::size_t value, std::size_t least, std::size_t most, const char* key) {
    if (value >= least && value <= most) return;
    throw InputError({.where = key,
                      .expected = fmt::format("a whole number from {} to {}", least, most),
                      .found = fmt::format("{}", value)});
}

void validate_optimizers(const TrainConfig& config) {
    require(!config.optimizers.empty(), "--optimizer", "at least one optimizer", "none");
    for (std::size_t i = 0; i < config.optimizers.size(); ++i) {
        for (std::size_t k = 0; k < i; ++k)
            require(config.optimizers[i] != config.optimizers[k], "--optimizer", "each optimizer once",
                    std::string(name(config.optimizers[i])) + " twice");
    }
}

void validate_schedule(const TrainConfig& config) {
    require_share(config.warmup, "--warmup");
    if (!config.peak_lr) return;
    require_rate(*config.peak_lr, "--peak-lr");
    if (peaks(config.schedule)) return;
    std::vector<std::string> flags;
    for (const OptimizerKind kind : config.optimizers) flags.push_back(learning_rate_flag(config, kind));
    throw InputError({.where = "--peak-lr",
                      .expected = fmt::format("--schedule {} beside it", either_of(schedule_words(true))),
                      .found = fmt::format("--schedule {}", name(config.schedule)),
                      .remedy = "The rate of other schedules is set with " + either_of(flags)});
}

}  // namespace

void require_precision(Precision precision) {
    const std::optional<std::string> obstacle = precision_obstacle(precision);
    if (!obstacle) return;
    throw InputError({.where = "--precision",
                      .expected = "a precision that this machine trains in",
                      .found = fmt::format("{}: {}", name(precision), *obstacle),
                      .remedy = "Use --precision f32"});
}

std::vector<std::size_t> network_dims(const TrainConfig& config, const Dataset& dataset) {
    std::vector<std::size_t> dims{dataset.pixels()};
    dims.insert(dims.end(), config.hidden.begin(), config.hidden.end());
    dims.push_back(dataset.facts.classes);
    return dims;
}

void validate(const TrainConfig& config, const Dataset* dataset) {
    validate_optimizers(config);
    require_between(config.batch_size, 1, kMostBatch, "--batch-size");
    require_between(config.test_batch_size, 1, kMostBatch, "--test-batch-size");
    require_between(config.seeds, 1, kMostSeeds, "--seeds");
    require_between(config.threads, 0, kMostThreads, "--threads");
    require_between(config.loader_threads, 0, kMostThreads, "--loader-threads");
    require_between(config.jobs, 0, kMostThreads, "--jobs");
    require_between(config.epochs, 0, kMostEpochs, "--epochs");
    require(!config.hidden.empty(), "--hidden", "at least one hidden layer", "none");
    for (const std::size_t width : config.hidden) require_between(width, 1, kMostHidden, "--hidden");
    for (const OptimizerSetting& setting : kOptimizerSettings) {
        const std::string flag = fmt::format("--{}", setting.key);
        (setting.range == NumberRange::share ? require_share : require_rate)(config.*setting.value, flag);
    }
    validate_schedule(config);
    require(config.target_accuracy > 0 && config.target_accuracy <= 100, "--target-accuracy",
            "a percentage above 0 and at most 100", fmt::format("{}", config.target_accuracy));
    if (dataset == nullptr) return;
    require(dataset->train.count() > 0 && dataset->test.count() > 0, "the data set",
            "training and test images", "an empty split");
}

}  // namespace mnist
