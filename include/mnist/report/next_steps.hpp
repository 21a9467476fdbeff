// What can be done with a result, as commands to type.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mnist/results/train_result.hpp"

namespace mnist {

struct NextStep {
    std::string purpose;
    std::string command;  ///< as the user calls it (core/called)
};

/// "Next:" and a line for each step, purposes and commands aligned; nothing without steps. Without control
/// characters.
[[nodiscard]] std::string next_steps(const std::vector<NextStep>& steps);

/// "train --dataset mnist --epochs 2": what trains as `result` was trained, from `seeds` starts. Flags whose
/// values differ from the defaults alone; FOLDER and FILE stand for places that a result does not name.
[[nodiscard]] std::string train_words(const TrainResult& result, std::uint64_t seeds);

}  // namespace mnist
