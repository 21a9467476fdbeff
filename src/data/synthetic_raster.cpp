// Each piece of the line is a capsule; a pixel keeps how deep it lies inside the deepest of them. Only the
// pixels near a piece are looked at, which makes a picture cost microseconds.
#include "synthetic_raster.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mnist {
namespace {

using Depths = std::array<float, kDigitPixels>;  // pixels inside the ink (positive) or outside it (negative)

constexpr float kFarOutside = -100.0F;

struct Pen {
    float radius_px;
    float softness_px;  // width of the edge from no ink to full ink
    float ink;          // brightest value, 0..255
};

std::size_t first_pixel(float coordinate) {
    return static_cast<std::size_t>(std::clamp(coordinate, 0.0F, static_cast<float>(kDigitSide)));
}

void stamp(Depths& depths, const PenPoint& a, const PenPoint& b, float radius, float reach) {
    const float dx = b.x - a.x;
    const float dy = b.y - a.y;
    const float length2 = dx * dx + dy * dy;
    const float inverse = length2 > 1e-6F ? 1.0F / length2 : 0.0F;
    const std::size_t left = first_pixel(std::min(a.x, b.x) - reach);
    const std::size_t right = first_pixel(std::max(a.x, b.x) + reach + 1.0F);
    const std::size_t top = first_pixel(std::min(a.y, b.y) - reach);
    const std::size_t bottom = first_pixel(std::max(a.y, b.y) + reach + 1.0F);
    for (std::size_t row = top; row < bottom; ++row) {
        const float py = static_cast<float>(row) + 0.5F - a.y;
        float* line = depths.data() + row * kDigitSide;
        for (std::size_t column = left; column < right; ++column) {
            const float px = static_cast<float>(column) + 0.5F - a.x;
            const float along = std::min(std::max((px * dx + py * dy) * inverse, 0.0F), 1.0F);
            const float ex = px - along * dx;
            const float ey = py - along * dy;
            line[column] = std::max(line[column], radius - std::sqrt(ex * ex + ey * ey));
        }
    }
}

/// The pen presses more or less along the line: the radius goes linearly from the first point to the last.
void ink_line(Depths& depths, const PenLine& line, const Pen& pen, CounterRng& rng) {
    const float start = pen.radius_px * (1.0F + 0.12F * next_bell(rng));
    const float end = pen.radius_px * (1.0F + 0.12F * next_bell(rng));
    const float step = (end - start) / static_cast<float>(line.count);
    for (std::size_t i = 1; i < line.count; ++i) {
        if (!line.points[i].down) continue;
        const float radius = start + step * static_cast<float>(i);
        stamp(depths, line.points[i - 1], line.points[i], radius, radius + pen.softness_px);
    }
}

void ink_stray(Depths& depths, const Pen& pen, CounterRng& rng) {
    constexpr float kSide = static_cast<float>(kDigitSide);
    const PenPoint a{rng.next_unit() * kSide, rng.next_unit() * kSide, false};
    const PenPoint b{a.x + 2.5F * next_bell(rng), a.y + 2.5F * next_bell(rng), true};
    stamp(depths, a, b, pen.radius_px * 0.8F, pen.radius_px + pen.softness_px);
}

/// Four random bytes add to a bell-shaped number with mean 0 and about unit deviation: enough for grain, and
/// one draw a pixel.
float cheap_bell(std::uint32_t bits) {
    const std::uint32_t sum = (bits & 255U) + (bits >> 8U & 255U) + (bits >> 16U & 255U) + (bits >> 24U);
    return (static_cast<float>(sum) - 510.0F) * (1.0F / 147.8F);
}

void develop(const Depths& depths, const Pen& pen, float grain, CounterRng& rng,
             std::span<std::uint8_t, kDigitPixels> image) {
    const float per_pixel = 1.0F / pen.softness_px;
    for (std::size_t i = 0; i < kDigitPixels; ++i) {
        const float edge = std::clamp(depths[i] * per_pixel + 0.5F, 0.0F, 1.0F);
        float value = 0.0F;
        if (edge > 0.0F) value = edge * pen.ink * (1.0F + grain * cheap_bell(rng.next_u32()));
        image[i] = static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    }
}

}  // namespace

void draw_digit(std::size_t digit, const DrawStyle& style, CounterRng& rng,
                std::span<std::uint8_t, kDigitPixels> image) {
    const float u = rng.next_unit();
    const float careless = style.mildest + style.careless * (u * u) * (u * u);
    const PenLine line = trace_digit(digit, careless, style, rng);

    const float thickness = rng.next_unit();
    const Pen pen{.radius_px = style.radius_min_px +
                               (style.radius_max_px - style.radius_min_px) * thickness * thickness,
                  .softness_px = 1.0F + rng.next_unit(),
                  .ink = 225.0F + 50.0F * rng.next_unit()};
    Depths depths;
    depths.fill(kFarOutside);
    ink_line(depths, line, pen, rng);
    if (rng.next_unit() < style.stray_chance) ink_stray(depths, pen, rng);
    develop(depths, pen, style.grain, rng, image);
}

}  // namespace mnist
