// From bytes to what the network reads: u8 pixel -> x/255 -> (x - 0.5)/0.5, so [-1, 1]. In core, because both
// the loader and the compute threads do it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/bf16.hpp"
#include "mnist/core/isa.hpp"

namespace mnist {

inline constexpr float kPixelStep = 2.0F / 255.0F;  ///< between two levels of grey

/// Normalises `n` pixels: dst[i] = src[i] * (2/255) - 1, rounded once for each operation, so that every Isa
/// gives the same bits.
///   src  [n] u8, read
///   dst  [n] f32, overwritten
///   next [n] u8, the pixels that are wanted soon: their cache lines are prefetched meanwhile. src where
///        nothing follows.
/// Cost: no allocation; bound by the loads of src and by what dst displaces from the first-level cache.
using NormalizeFn = void (*)(const std::uint8_t* src, float* dst, std::size_t n, const std::uint8_t* next);

/// The loop compiled for `isa`; `isa` must not exceed detected_isa().
[[nodiscard]] NormalizeFn normalize_pixels(Isa isa);

/// The same, each number then rounded to bf16 as to_bf16 does. Only where has_avx512_bf16().
void normalize_pixels_bf16(const std::uint8_t* src, Bf16* dst, std::size_t n, const std::uint8_t* next);

}  // namespace mnist
