// The optimizers, a row each: how files, tables and pictures call and show them, what they keep of a weight,
// and which numbers of the configuration they read. Whatever depends on the optimizer is asked here, so that
// one which is added is known everywhere. The arithmetic of their rules is in step/optimizer_rules.inc: a row
// without one does not compile.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mnist {

enum class OptimizerKind { sgd, momentum, adam, adamw, rmsprop };

/// The numbers of a configuration that belong to optimizers.
struct OptimizerNumbers {
    double sgd_lr = 0.011;
    double momentum_lr = 0.005;
    double momentum = 0.9;
    double adam_lr = 0.001;
    double adam_beta1 = 0.9;
    double adam_beta2 = 0.999;
    double adam_epsilon = 1e-8;
    double adamw_lr = 0.001;
    double adamw_weight_decay = 0.01;
    double rmsprop_lr = 0.001;
    double rmsprop_alpha = 0.99;
    double rmsprop_epsilon = 1e-8;
};
using OptimizerNumber = double OptimizerNumbers::*;

/// How curves and bars are told apart.
struct OptimizerLook {
    std::string_view colour, dark_colour;  ///< "#0072b2": on light ground and on dark
    std::string_view mark;                 ///< of points, in Chart.js's words
    int terminal_colour;                   ///< of the 256-colour palette, near the others
    int dash, period;                      ///< in a terminal without colours: dots drawn of so many
    std::string_view sample;               ///< of such a line, for the legend
};

struct Optimizer {
    OptimizerKind kind;
    std::string_view word;   ///< "momentum": in flags, files and results
    std::string_view title;  ///< "SGD + Momentum": in tables
    std::string_view label;  ///< "Momentum": in names of benchmarks
    bool usual;              ///< in the default experiment and set of benchmarks
    std::size_t states;      ///< numbers kept of each weight from step to step
    OptimizerNumber rate;    ///< the learning rate
    /// Shares that a step keeps of the mean of gradients and of the mean of their squares; null: it has none.
    OptimizerNumber memory = nullptr, squares = nullptr;
    OptimizerNumber epsilon = nullptr;  ///< beside the root of the squares' mean
    bool corrects_bias = false;         ///< of means that begin at 0
    OptimizerNumber decay = nullptr;    ///< share of the weight that goes in a step, as a factor of the rate
    OptimizerLook look;
};

inline constexpr std::array kOptimizers{
    Optimizer{.kind = OptimizerKind::sgd,
              .word = "sgd",
              .title = "SGD",
              .label = "SGD",
              .usual = true,
              .states = 0,
              .rate = &OptimizerNumbers::sgd_lr,
              .look = {"#0072b2", "#4ba3dc", "circle", 32, 1, 1, "⠤⠤⠤"}},
    Optimizer{.kind = OptimizerKind::momentum,
              .word = "momentum",
              .title = "SGD + Momentum",
              .label = "Momentum",
              .usual = true,
              .states = 1,
              .rate = &OptimizerNumbers::momentum_lr,
              .memory = &OptimizerNumbers::momentum,
              .look = {"#d55e00", "#f0813a", "rect", 166, 4, 7, "⠤ ⠤"}},
    Optimizer{.kind = OptimizerKind::adam,
              .word = "adam",
              .title = "Adam",
              .label = "Adam",
              .usual = true,
              .states = 2,
              .rate = &OptimizerNumbers::adam_lr,
              .memory = &OptimizerNumbers::adam_beta1,
              .squares = &OptimizerNumbers::adam_beta2,
              .epsilon = &OptimizerNumbers::adam_epsilon,
              .corrects_bias = true,
              .look = {"#009e73", "#2bbd92", "triangle", 35, 1, 3, "⠄⠄⠄"}},
    Optimizer{.kind = OptimizerKind::adamw,
              .word = "adamw",
              .title = "AdamW",
              .label = "AdamW",
              .usual = false,
              .states = 2,
              .rate = &OptimizerNumbers::adamw_lr,
              .memory = &OptimizerNumbers::adam_beta1,
              .squares = &OptimizerNumbers::adam_beta2,
              .epsilon = &OptimizerNumbers::adam_epsilon,
              .corrects_bias = true,
              .decay = &OptimizerNumbers::adamw_weight_decay,
              .look = {"#b8327f", "#ee8cc0", "rectRot", 169, 5, 6, "⠤⠤⠄"}},
    Optimizer{.kind = OptimizerKind::rmsprop,
              .word = "rmsprop",
              .title = "RMSprop",
              .label = "RMSprop",
              .usual = false,
              .states = 1,
              .rate = &OptimizerNumbers::rmsprop_lr,
              .squares = &OptimizerNumbers::rmsprop_alpha,
              .epsilon = &OptimizerNumbers::rmsprop_epsilon,
              .look = {"#7a5230", "#c9a27a", "star", 137, 1, 5, "⠄ ⠠"}},
};

enum class NumberRange { positive, share };  ///< above 0; from 0 to below 1

/// One of the numbers as a setting: flag, keys of TOML and JSON, what may stand there, and what a comparison
/// says of trainings that differ in it.
struct OptimizerSetting {
    std::string_view key;  ///< the flag without its dashes; in TOML and JSON with '_' for '-'
    OptimizerNumber value;
    OptimizerKind of;
    NumberRange range;
    std::string_view placeholder, help;  ///< of the flag; empty: it has none
    std::string_view plural;             ///< "learning rates of SGD"; empty: nobody can make it differ
};

inline constexpr std::array kOptimizerSettings{
    OptimizerSetting{"sgd-lr", &OptimizerNumbers::sgd_lr, OptimizerKind::sgd, NumberRange::positive, "RATE",
                     "Learning rate of SGD", "learning rates of SGD"},
    OptimizerSetting{"momentum-lr", &OptimizerNumbers::momentum_lr, OptimizerKind::momentum,
                     NumberRange::positive, "RATE", "Learning rate of SGD + momentum",
                     "learning rates of SGD + momentum"},
    OptimizerSetting{"momentum", &OptimizerNumbers::momentum, OptimizerKind::momentum, NumberRange::share,
                     "MU", "Momentum, from 0 up to 1", "momenta"},
    OptimizerSetting{"adam-lr", &OptimizerNumbers::adam_lr, OptimizerKind::adam, NumberRange::positive,
                     "RATE", "Learning rate of Adam", "learning rates of Adam"},
    OptimizerSetting{"adam-beta1", &OptimizerNumbers::adam_beta1, OptimizerKind::adam, NumberRange::share, "",
                     "", ""},
    OptimizerSetting{"adam-beta2", &OptimizerNumbers::adam_beta2, OptimizerKind::adam, NumberRange::share,
                     "BETA", "Adam's and AdamW's memory of squared gradients, 0 up to 1", "values of beta2"},
    OptimizerSetting{"adam-epsilon", &OptimizerNumbers::adam_epsilon, OptimizerKind::adam,
                     NumberRange::positive, "", "", ""},
    OptimizerSetting{"adamw-lr", &OptimizerNumbers::adamw_lr, OptimizerKind::adamw, NumberRange::positive,
                     "RATE", "Learning rate of AdamW", "learning rates of AdamW"},
    OptimizerSetting{"adamw-weight-decay", &OptimizerNumbers::adamw_weight_decay, OptimizerKind::adamw,
                     NumberRange::share, "SHARE", "AdamW's decay of weights, 0 up to 1", "weight decays"},
    OptimizerSetting{"rmsprop-lr", &OptimizerNumbers::rmsprop_lr, OptimizerKind::rmsprop,
                     NumberRange::positive, "RATE", "Learning rate of RMSprop", "learning rates of RMSprop"},
    OptimizerSetting{"rmsprop-alpha", &OptimizerNumbers::rmsprop_alpha, OptimizerKind::rmsprop,
                     NumberRange::share, "ALPHA", "RMSprop's memory of squared gradients, 0 up to 1",
                     "values of RMSprop's alpha"},
    OptimizerSetting{"rmsprop-epsilon", &OptimizerNumbers::rmsprop_epsilon, OptimizerKind::rmsprop,
                     NumberRange::positive, "", "", ""},
};

[[nodiscard]] constexpr const Optimizer& optimizer(OptimizerKind kind) {
    return kOptimizers.at(static_cast<std::size_t>(kind));
}

[[nodiscard]] constexpr std::string_view name(OptimizerKind kind) {
    return optimizer(kind).word;
}
[[nodiscard]] constexpr std::string_view title(OptimizerKind kind) {
    return optimizer(kind).title;
}
[[nodiscard]] constexpr std::string_view label_of(OptimizerKind kind) {
    return optimizer(kind).label;
}

/// What `make` gives for each kind, which it gets as its template argument;
/// at(static_cast<std::size_t>(kind)).
template <class Make>
[[nodiscard]] constexpr auto for_each_kind(Make make) {
    return [&]<std::size_t... kIndex>(std::index_sequence<kIndex...> /*kinds*/) {
        return std::array{make.template operator()<kOptimizers[kIndex].kind>()...};
    }
    (std::make_index_sequence<kOptimizers.size()>{});
}

/// All of them, in the table's order.
inline constexpr std::array kOptimizerKinds = for_each_kind([]<OptimizerKind kKind>() { return kKind; });

/// Inverse of name(), and of label_of(); empty for any other word.
[[nodiscard]] std::optional<OptimizerKind> optimizer_named(std::string_view word);
[[nodiscard]] std::optional<OptimizerKind> optimizer_labelled(std::string_view label);
/// Of all optimizers, in the table's order.
[[nodiscard]] std::vector<std::string> optimizer_words();
/// Those of the default experiment.
[[nodiscard]] std::vector<OptimizerKind> usual_optimizers();
/// Whether results of these optimizers hold the number: those of the usual ones stand in every result.
[[nodiscard]] bool is_recorded(const OptimizerSetting& setting, const std::vector<OptimizerKind>& optimizers);

}  // namespace mnist
