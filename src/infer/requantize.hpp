// Between two int8 layers: 32-bit sums become the next layer's u8 input or, behind the last layer, logits.
// Loops of our own, because oneDNN 2 and 3 put scales and bias in another order. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/isa.hpp"

namespace mnist {

/// dst[r, c] = min(max(sums[r, c] * factor[c] + offset[c], 0), 255), rounded to the nearest integer, halves
/// up. Product and sum are rounded one by one, so that every Isa gives the same bits.
///   sums            [rows, columns] s32, read
///   factor, offset  [columns] f32, read
///   dst             [rows, columns] u8, overwritten
using RequantizeFn = void (*)(const std::int32_t* sums, const float* factor, const float* offset,
                              std::size_t rows, std::size_t columns, std::uint8_t* dst);
[[nodiscard]] RequantizeFn requantize(Isa isa);

/// The same without limits and rounding: logits in f32.
using DequantizeFn = void (*)(const std::int32_t* sums, const float* factor, const float* offset,
                              std::size_t rows, std::size_t columns, float* dst);
[[nodiscard]] DequantizeFn dequantize(Isa isa);

/// Pixels as bf16, exactly: bf16 has eight significant bits. Only where has_avx512_bf16(), without which
/// there is no inference in bf16.
void widen_to_bf16(const std::uint8_t* src, std::uint16_t* dst, std::size_t n);

}  // namespace mnist
