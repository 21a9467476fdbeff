// What a training made of the machine: its arithmetic as a share of the measured multiply-add peak.
#pragma once

#include <optional>

#include "mnist/results/train_result.hpp"

namespace mnist {

/// Floating-point operations to train on one sample.
[[nodiscard]] double training_flop(const TrainResult& result);

/// Of a throughput of its runs. Empty by share_of_peak(), and in other precisions than f32, whose peak it is.
[[nodiscard]] std::optional<double> peak_share(const TrainResult& result, double samples_per_second);

}  // namespace mnist
