// From a digit's skeleton to the line that the pen follows: knots moved at random, curves through them,
// smooth bending, slant, size and place. All arithmetic is + - * / and sqrt on IEEE floats, which round the
// same everywhere; no library function beyond that, because sin, exp or log may differ in the last bit
// between versions of libm, and the pictures have a checksum.
#pragma once

#include <array>
#include <cstddef>

#include "mnist/core/rng.hpp"
#include "synthetic_glyphs.hpp"

namespace mnist {

/// How far samples stray from the skeletons. The values are fitted by training the default network, so that
/// the three optimizers come out in the order, at about the epochs and near the accuracies that they have on
/// MNIST.
struct DrawStyle {
    float mildest = 0.60F;        ///< least carelessness; most samples are near it
    float careless = 0.94F;       ///< what the most careless writer adds to it
    float knot_jitter = 0.027F;   ///< standard deviation, of the skeleton's height, times carelessness
    float bend = 0.062F;          ///< the same for the nodes of the smooth displacement field
    float slant = 0.22F;          ///< standard deviation of the shear
    float turn = 0.12F;           ///< standard deviation of the rotation, about in radians
    float aspect = 0.16F;         ///< standard deviation of the relative width
    float size_px = 20.0F;        ///< the longer side of the drawn line's box
    float size_spread = 0.07F;    ///< standard deviation of the size, relative
    float shift_px = 1.15F;       ///< standard deviation of the place, in pixels
    float radius_min_px = 0.75F;  ///< thinnest pen
    float radius_max_px = 1.9F;   ///< thickest pen
    float cut_chance = 0.08F;     ///< of a gap in the line
    float stray_chance = 0.04F;   ///< of a short line that belongs to no digit
    float grain = 0.10F;          ///< standard deviation of the ink, relative
};

/// A place of the pen in pixels; pixel (row r, column c) has its middle at x = c + 0.5, y = r + 0.5.
struct PenPoint {
    float x;
    float y;
    bool down;  ///< whether ink flows from the point before to this one
};

/// The line of one digit, without allocation.
struct PenLine {
    static constexpr std::size_t kStepsPerSegment = 5;
    static constexpr std::size_t kCapacity = kMaxKnots * kStepsPerSegment;

    std::array<PenPoint, kCapacity> points;
    std::size_t count = 0;

    void add(PenPoint point) { points[count++] = point; }
};

inline constexpr std::size_t kDigitSide = 28;  ///< pixels

/// About normal, mean 0, standard deviation 1, never beyond 3.5: the sum of four uniform numbers, exact in
/// float.
[[nodiscard]] float next_bell(CounterRng& rng);

/// Draws the way of `digit`. `careless` >= 0 scales what a sample strays by (see DrawStyle). Cost: about 1
/// us.
[[nodiscard]] PenLine trace_digit(std::size_t digit, float careless, const DrawStyle& style, CounterRng& rng);

}  // namespace mnist
