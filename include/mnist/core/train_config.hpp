// What a training experiment is made of: one plain struct that the command line fills, `train` carries out
// and `results` writes. Defaults reproduce the original experiment.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/core/optimizers.hpp"

namespace mnist {

/// Numbers that a network is trained in. bf16 has f32's range and 8 bits of significand: activations, their
/// gradients and a working copy of the weights are bf16; sums, the weights' gradients, the weights that the
/// optimizer changes, and the loss stay f32.
enum class Precision { f32, bf16 };

/// The word in flags, files, results and the names of benchmarks, at each precision's place.
inline constexpr std::array<std::string_view, 2> kPrecisionWords{"f32", "bf16"};
[[nodiscard]] std::string_view name(Precision precision);
/// Inverse of name(); empty for any other word.
[[nodiscard]] std::optional<Precision> precision_named(std::string_view word);
[[nodiscard]] std::vector<std::string> precision_words();

/// How the learning rate goes from step to step; the shapes are in step/schedule.
enum class ScheduleKind { constant, one_cycle };

struct ScheduleRow {
    ScheduleKind kind;
    std::string_view word;   ///< in flags, files and results
    std::string_view shape;  ///< for the help; empty: the word says it
    bool peaks;              ///< it rises to --peak-lr in the share --warmup of its steps
};
/// Each at its kind's place.
inline constexpr std::array kSchedules{
    ScheduleRow{ScheduleKind::constant, "constant", "", false},
    ScheduleRow{ScheduleKind::one_cycle, "one-cycle",
                "up to the peak and down to almost nothing, along cosines", true},
};
[[nodiscard]] std::string_view name(ScheduleKind kind);
[[nodiscard]] bool peaks(ScheduleKind kind);
/// Inverse of name(); empty for any other word.
[[nodiscard]] std::optional<ScheduleKind> schedule_named(std::string_view word);
/// Of all schedules, or of those that peak.
[[nodiscard]] std::vector<std::string> schedule_words(bool peaking_only = false);

/// More than this are taken for a slip of the finger.
inline constexpr std::size_t kMostThreads = 1024;

struct TrainConfig : OptimizerNumbers {
    std::vector<OptimizerKind> optimizers = usual_optimizers();
    std::size_t epochs = 25;
    std::size_t batch_size = 64;
    std::size_t test_batch_size = 1000;
    std::vector<std::size_t> hidden{128, 64};
    Precision precision = Precision::f32;  ///< of training; evaluation is f32
    ScheduleKind schedule = ScheduleKind::constant;
    std::optional<double> peak_lr;  ///< of a cycle, for every optimizer; empty: each one's own rate
    double warmup = 0.3;            ///< share of all steps in which it rises
    std::uint64_t seed = 0;
    std::size_t seeds = 1;      ///< runs of each optimizer, with seed, seed + 1, ...
    std::size_t threads = 0;    ///< 0: auto, see machine/workers; in a result the real number
    bool threads_auto = false;  ///< in a result: auto chose the number
    std::size_t jobs = 1;       ///< runs side by side, `threads` each; 0: auto; in a result the real number
    std::size_t loader_threads = 0;  ///< 0: the compute threads gather their own rows
    bool shuffle = true;
    double target_accuracy = 97.0;  ///< percent
};

/// The rate that `kind` trains with: a constant one, or the highest of its cycle.
[[nodiscard]] double learning_rate(const TrainConfig& config, OptimizerKind kind);
/// The flag that sets it, "--adam-lr" or "--peak-lr".
[[nodiscard]] std::string learning_rate_flag(const TrainConfig& config, OptimizerKind kind);

}  // namespace mnist
