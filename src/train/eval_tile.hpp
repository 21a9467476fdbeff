// How the test set is cut for the evaluation. Private to this room.
#pragma once

#include <algorithm>
#include <cstddef>

#include "mnist/step/engine.hpp"

namespace mnist {

/// Rows that a thread evaluates at a time.
[[nodiscard]] inline std::size_t eval_tile(std::size_t test_batch_size) {
    return std::clamp<std::size_t>(test_batch_size, 1, kForwardTile);
}

}  // namespace mnist
