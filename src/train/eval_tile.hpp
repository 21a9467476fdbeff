// How the test set is cut for the evaluation. Private to this room.
#pragma once

#include <algorithm>
#include <cstddef>

namespace mnist {

/// Rows that a thread evaluates at a time: few enough that their input stays in its cache.
[[nodiscard]] inline std::size_t eval_tile(std::size_t test_batch_size) {
    constexpr std::size_t kMostRows = 64;
    return std::clamp<std::size_t>(test_batch_size, 1, kMostRows);
}

}  // namespace mnist
