// From a picture of handwriting to images as MNIST's makers prepared them: the digit's box is scaled to fit
// 20 x 20 pixels without changing its shape, each pixel holding the mean of what it covers, and laid on 28 x
// 28 so that its centre of mass is in the middle. Everything here is a pure function of the levels of grey.
// Left out: digits that touch each other (they count as one), several rows, and pictures that show more than
// the digits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mnist/data/picture_file.hpp"

namespace mnist {

inline constexpr std::size_t kPreparedSide = 28;  ///< pixels

/// Where a digit is in its picture, in pixels of it.
struct DigitBox {
    std::size_t left = 0, top = 0, width = 0, height = 0;
};

struct PreparedDigit {
    DigitBox box;
    /// [28, 28] row-major, 0 = background, 255 = ink: as the data sets have them.
    std::array<std::uint8_t, kPreparedSide * kPreparedSide> pixels{};
};

/// What is in the picture: `one` takes all ink for one digit, `row` looks for digits side by side.
enum class DigitLayout { one, row };

/// Digits in a row at most; more are no handwriting but noise.
inline constexpr std::size_t kMostDigits = 200;

/// Finds the digits, left to right, and prepares them.
///   background  whichever of dark and bright has more of the picture's edge; a slope of its brightness from
///               corner to corner is taken out
///   specks      pieces of less than a thirtieth of the largest one's area are ignored
///   thin lines  are widened to two of the 28 x 28 pixels, about what MNIST's thinnest have
///   row         pieces above each other, over more than half of the narrower one's width, are one digit
/// Throws InputError, which names `where`, when nothing stands out from the background or there are more than
/// kMostDigits. Cost: a few passes over the picture; memory for at most four million pixels, to which larger
/// pictures are reduced.
[[nodiscard]] std::vector<PreparedDigit> prepare_digits(const GreyPicture& picture, DigitLayout layout,
                                                        const std::string& where);

}  // namespace mnist
