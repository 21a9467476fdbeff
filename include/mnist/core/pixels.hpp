// From bytes to what the network reads: u8 pixel -> x/255 -> (x - 0.5)/0.5, so [-1, 1]. In core, because both
// the loader and the compute threads do it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/bf16.hpp"
#include "mnist/core/isa.hpp"

namespace mnist {

/// Normalises `n` pixels: dst[i] = src[i] * (2/255) - 1, rounded once for each operation, so that every Isa
/// gives the same bits.
///   src  [n] u8, read
///   dst  [n] f32, overwritten
/// Cost: no allocation; bound by the load of src.
using NormalizeFn = void (*)(const std::uint8_t* src, float* dst, std::size_t n);

/// The loop compiled for `isa`; `isa` must not exceed detected_isa().
[[nodiscard]] NormalizeFn normalize_pixels(Isa isa);

/// Normalises rows into columns, with the same bits as NormalizeFn: dst[p * count + r] = rows[r][p] * (2/255)
/// - 1. The gradient of a layer's weights multiplies by the transposed input, and bytes are transposed in a
/// quarter of the registers that floats need.
///   rows  [count] pointers to [n] u8 each, read
///   dst   [n, count] f32, overwritten
/// Cost: no allocation.
using NormalizeColumnsFn = void (*)(const std::uint8_t* const* rows, std::size_t count, std::size_t n,
                                    float* dst);
[[nodiscard]] NormalizeColumnsFn normalize_columns(Isa isa);

/// The same two, each number then rounded to bf16 as to_bf16 does. Only where has_avx512_bf16().
void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n);
void normalize_columns_bf16(const std::uint8_t* const* rows, std::size_t count, std::size_t n, Bf16* dst);

}  // namespace mnist
