// What happens to a block's floats between oneDNN's calls: adding up the parts of the first layer, whose
// inputs are cut into chains, ReLU's gradient, and the gradient of biases; and the sum of two gradients.
// Private to this room.
#pragma once

#include <cstddef>

#include "mnist/core/isa.hpp"

namespace mnist {

struct Parts {
    const float* parts = nullptr;  ///< the first part's first element; the others follow at `stride`
    std::size_t count = 0;         ///< at least 1
    std::size_t stride = 0;        ///< floats
    std::size_t rows = 0;
    std::size_t width = 0;        ///< floats of a row in a part, side by side; a multiple of 16
    std::size_t dst_stride = 0;   ///< numbers from a row of dst to the next
    const float* bias = nullptr;  ///< [width]
    bool relu = false;
};

/// dst[r][i] = parts[0][r][i] + parts[1][r][i] + ... + bias[i], in this order, so that the result does not
/// depend on `isa`; then 0 where it is negative and `relu` is set; what is no number stays so.
/// Cost: no allocation.
void add_parts(Isa isa, const Parts& parts, float* dst);

/// ReLU's gradient in place, from its result: diff[i] = 0 where dst[i] is not above 0.
///   n  floats, a multiple of 16
/// Cost: no allocation; for a tile a tenth of what oneDNN's call takes.
void mask_relu(Isa isa, const float* dst, float* diff, std::size_t n);

/// Gradient of biases: sums[c] += matrix[0][c] + matrix[1][c] + ..., in the order of the rows, so that the
/// result does not depend on `isa`.
///   matrix  [rows, columns] f32 row-major; columns is a multiple of 16
///   sums    [columns] f32
/// Cost: no allocation.
void add_column_sums(Isa isa, const float* matrix, std::size_t rows, std::size_t columns, float* sums);

/// sums[i] += more[i].
///   n  floats, a multiple of 16
/// Cost: no allocation.
void add_numbers(Isa isa, float* sums, const float* more, std::size_t n);

}  // namespace mnist
