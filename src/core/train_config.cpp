// Names of the precisions and schedules, each in one table; those of the optimizers are in core/optimizers.
#include "mnist/core/train_config.hpp"

#include <array>

namespace mnist {
namespace {

constexpr std::array<std::string_view, 2> kPrecisions{"f32", "bf16"};
constexpr std::array<std::string_view, 2> kSchedules{"constant", "one-cycle"};

}  // namespace

std::string_view name(Precision precision) {
    return kPrecisions.at(static_cast<std::size_t>(precision));
}

std::optional<Precision> precision_named(std::string_view word) {
    for (std::size_t i = 0; i < kPrecisions.size(); ++i) {
        if (kPrecisions.at(i) == word) return static_cast<Precision>(i);
    }
    return std::nullopt;
}

std::string_view name(ScheduleKind kind) {
    return kSchedules.at(static_cast<std::size_t>(kind));
}

std::optional<ScheduleKind> schedule_named(std::string_view word) {
    for (const ScheduleKind kind : {ScheduleKind::constant, ScheduleKind::one_cycle}) {
        if (name(kind) == word) return kind;
    }
    return std::nullopt;
}

double learning_rate(const TrainConfig& config, OptimizerKind kind) {
    if (config.schedule == ScheduleKind::one_cycle && config.peak_lr) return *config.peak_lr;
    return config.*optimizer(kind).rate;
}

std::string learning_rate_flag(const TrainConfig& config, OptimizerKind kind) {
    if (config.schedule == ScheduleKind::one_cycle && config.peak_lr) return "--peak-lr";
    return "--" + std::string(name(kind)) + "-lr";
}

}  // namespace mnist
