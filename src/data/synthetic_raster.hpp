// From the pen's line to pixels: a round pen with soft edges, uneven ink, sometimes a stray line.
#pragma once

#include <cstdint>
#include <span>

#include "synthetic_stroke.hpp"

namespace mnist {

inline constexpr std::size_t kDigitPixels = kDigitSide * kDigitSide;

/// Draws one picture of `digit`.
///   image  [kDigitSide, kDigitSide] u8 row-major, overwritten, 0 = background
/// The bytes depend on the arguments alone. Cost: a few microseconds, no allocation.
void draw_digit(std::size_t digit, const DrawStyle& style, CounterRng& rng,
                std::span<std::uint8_t, kDigitPixels> image);

}  // namespace mnist
