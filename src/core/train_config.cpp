// Names of the optimizers and precisions, a table each.
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

}  // namespace mnist
