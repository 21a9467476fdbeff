// What happens to bf16 numbers between oneDNN's calls: the counterparts of the f32 loops in
// part_sums, and conversions. Only where has_avx512_bf16(): they use the CPU's own conversion. Sums are
// f32. Private to this room.
#pragma once

#include <cstddef>

#include "mnist/core/bf16.hpp"
#include "mnist/core/train_config.hpp"
#include "part_sums.hpp"

namespace mnist {

/// dst[i] = src[i] rounded to nearest, of two equally near ones the even one (to_bf16).
///   n  numbers, a multiple of 16
void round_to_bf16(const float* src, Bf16* dst, std::size_t n);

/// add_parts, the sum of f32 parts rounded once, after ReLU.
void add_parts_bf16(const Parts& parts, Bf16* dst);

/// mask_relu on bf16.
void mask_relu_bf16(const Bf16* dst, Bf16* diff, std::size_t n);

/// add_column_sums of a bf16 matrix into f32 sums.
void add_column_sums_bf16(const Bf16* matrix, std::size_t rows, std::size_t columns, float* sums);

/// mask_relu on numbers of either type.
inline void mask_relu(Isa isa, Precision type, const void* dst, void* diff, std::size_t n) {
    if (type == Precision::bf16)
        mask_relu_bf16(static_cast<const Bf16*>(dst), static_cast<Bf16*>(diff), n);
    else
        mask_relu(isa, static_cast<const float*>(dst), static_cast<float*>(diff), n);
}

/// Rounds f32 weights [n / width][width], two rows side by side: dst[r / 2][c][r % 2] = src[r][c].
///   width  a multiple of 16; n a multiple of 2 width
void pack_bf16(const float* src, std::size_t n, std::size_t width, Bf16* dst);

}  // namespace mnist
