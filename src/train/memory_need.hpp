// What an experiment takes at the least. Private to this room.
#pragma once

#include <cstddef>
#include <vector>

#include "mnist/core/train_config.hpp"

namespace mnist {

/// What decides it.
struct MemoryShape {
    std::vector<std::size_t> dims;  ///< {in, hidden..., classes}
    std::size_t batch = 0;          ///< rows of a step
    std::size_t eval_tile = 0;      ///< rows that a thread evaluates at a time
    std::size_t threads = 1;
    std::size_t loader_threads = 0;  ///< 0: no loader, so no batches ahead
    bool checkpoints = false;
    Precision precision = Precision::f32;  ///< bf16: a copy of the weights in half the size
};

struct MemoryNeed {
    double network_bytes = 0;  ///< parameters, gradients, optimizer state and the copies of them
    double rows_bytes = 0;     ///< batches and tiles with all layers' results
};

/// The arrays that are known before anything is made; what oneDNN takes for itself comes on top. In double,
/// as the product of hostile extents fits no integer.
[[nodiscard]] MemoryNeed memory_need(const MemoryShape& shape);

struct ExperimentInputs;

/// How many jobs such as this experiment's have room in memory side by side.
[[nodiscard]] std::size_t jobs_that_fit(const ExperimentInputs& inputs);

}  // namespace mnist
