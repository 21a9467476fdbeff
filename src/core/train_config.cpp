// Names of the optimizers, precisions and schedules, each in one table.
#include "mnist/core/train_config.hpp"

#include <array>

namespace mnist {
namespace {

struct Names {
    OptimizerKind kind;
    std::string_view name;
    std::string_view title;
    std::string_view label;
};

constexpr std::array kNames{
    Names{OptimizerKind::sgd, "sgd", "SGD", "SGD"},
    Names{OptimizerKind::momentum, "momentum", "SGD + Momentum", "Momentum"},
    Names{OptimizerKind::adam, "adam", "Adam", "Adam"},
};

constexpr std::array<std::string_view, 2> kPrecisions{"f32", "bf16"};
constexpr std::array<std::string_view, 2> kSchedules{"constant", "one-cycle"};

const Names& names(OptimizerKind kind) {
    return kNames.at(static_cast<std::size_t>(kind));
}

}  // namespace

std::string_view name(OptimizerKind kind) {
    return names(kind).name;
}

std::string_view title(OptimizerKind kind) {
    return names(kind).title;
}

std::string_view label_of(OptimizerKind kind) {
    return names(kind).label;
}

std::optional<OptimizerKind> optimizer_named(std::string_view word) {
    for (const Names& entry : kNames) {
        if (entry.name == word) return entry.kind;
    }
    return std::nullopt;
}

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
    if (kind == OptimizerKind::sgd) return config.sgd_lr;
    return kind == OptimizerKind::momentum ? config.momentum_lr : config.adam_lr;
}

std::string learning_rate_flag(const TrainConfig& config, OptimizerKind kind) {
    if (config.schedule == ScheduleKind::one_cycle && config.peak_lr) return "--peak-lr";
    return "--" + std::string(name(kind)) + "-lr";
}

}  // namespace mnist
