// The skeletons of the ten digits as tables of knots: several writing styles per digit, in a box about 0.6
// wide and 1 high, y down. Tables and not code, so that a style can be read, drawn on paper and changed by
// itself. How a skeleton becomes a picture is in synthetic_stroke.hpp.
#pragma once

#include <cstdint>
#include <span>

namespace mnist {

/// How the pen arrives at a knot.
enum class Join : std::uint8_t {
    start,   ///< the pen is put down here
    smooth,  ///< the line runs through in a curve
    corner,  ///< the line breaks here
};

struct Knot {
    float x;
    float y;
    Join join;
};

/// One way of writing a digit.
struct Glyph {
    std::uint32_t weight;         ///< how often it is used, relative to the digit's other styles
    std::span<const Knot> knots;  ///< at most kMaxKnots; the first is a start
};

inline constexpr std::size_t kDigits = 10;
inline constexpr std::size_t kMaxKnots = 16;

/// All styles of `digit`; never empty. Precondition: digit < kDigits.
[[nodiscard]] std::span<const Glyph> glyphs_of(std::size_t digit);

}  // namespace mnist
