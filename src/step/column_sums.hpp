// Sums over the rows of a matrix: the gradient of biases. Private to this room.
#pragma once

#include <cstddef>

#include "mnist/core/isa.hpp"

namespace mnist {

/// sums[c] += matrix[0][c] + matrix[1][c] + ..., in the order of the rows.
///   matrix  [rows, columns] f32 row-major; columns is a multiple of 16
///   sums    [columns] f32
/// Each column is one chain of additions, so the result does not depend on `isa`. Cost: no allocation.
void add_column_sums(Isa isa, const float* matrix, std::size_t rows, std::size_t columns, float* sums);

}  // namespace mnist
