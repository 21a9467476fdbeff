// Numbers for the tests of loops.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mnist/core/rng.hpp"

namespace mnist {

/// In [-scale, scale]; another stream has other ones.
inline std::vector<float> random_floats(std::size_t n, float scale, std::uint32_t stream) {
    CounterRng rng(5, RandomPurpose::synthetic, stream);
    std::vector<float> values(n);
    for (float& v : values) v = (2 * rng.next_unit() - 1) * scale;
    return values;
}

inline std::vector<double> widened(const std::vector<float>& values) {
    return {values.begin(), values.end()};
}

}  // namespace mnist
