// What happens to a tile's floats between oneDNN's calls: adding up the parts of a layer whose inputs are cut
// into slices, and ReLU's gradient. Private to this room.
#pragma once

#include <cstddef>

#include "mnist/core/isa.hpp"

namespace mnist {

struct Parts {
    const float* parts = nullptr;  ///< the first part's first element; the others follow at `stride`
    std::size_t count = 0;         ///< at least 1
    std::size_t stride = 0;        ///< floats
    bool relu = false;
};

/// dst[i] = parts[0][i] + parts[1][i] + ..., in this order, so that the result does not depend on `isa`;
/// then 0 where it is negative and `relu` is set; what is no number stays so.
///   n  floats, a multiple of 16
/// Cost: no allocation.
void add_parts(Isa isa, const Parts& parts, float* dst, std::size_t n);

/// ReLU's gradient in place, from its result: diff[i] = 0 where dst[i] is not above 0.
///   n  floats, a multiple of 16
/// Cost: no allocation; for a tile a tenth of what oneDNN's call takes.
void mask_relu(Isa isa, const float* dst, float* diff, std::size_t n);

}  // namespace mnist
