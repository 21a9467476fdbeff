// The level of the pixel loop that is written by hand. Private to this room.
#pragma once

#include "mnist/core/pixels.hpp"

namespace mnist {

/// A NormalizeFn; only where the CPU has AVX-512.
void normalize_pixels_avx512(const std::uint8_t* src, float* dst, std::size_t n, const std::uint8_t* next);

}  // namespace mnist
