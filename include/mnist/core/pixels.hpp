// From bytes to what the network reads: u8 pixel -> x/255 -> (x - 0.5)/0.5, so [-1, 1]. In core, because both
// the loader and the compute threads do it.
#pragma once

#include <cstddef>
#include <cstdint>

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

}  // namespace mnist
