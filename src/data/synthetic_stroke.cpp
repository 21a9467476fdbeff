// Curves are cubic Hermite segments with Catmull-Rom tangents, one-sided at corners and ends, so that two
// corners are joined by a straight line. Left out: a model of writers; every sample is written by somebody
// else.
#include "synthetic_stroke.hpp"

#include <algorithm>

namespace mnist {
namespace {

struct Vec {
    float x;
    float y;
};

using Knots = std::array<Knot, kMaxKnots>;

constexpr std::size_t kBendNodes = 3;  // a side of the displacement field
constexpr float kBoxWidth = 0.6F;      // of the skeletons

const Glyph& choose_glyph(std::size_t digit, CounterRng& rng) {
    const auto styles = glyphs_of(digit);
    std::uint32_t total = 0;
    for (const Glyph& glyph : styles) total += glyph.weight;
    std::uint32_t left = rng.next_below(total);
    for (const Glyph& glyph : styles) {
        if (left < glyph.weight) return glyph;
        left -= glyph.weight;
    }
    return styles.back();
}

/// Slope of the curve at knot `i`, as seen from the segment that ends (`arriving`) or starts there.
Vec tangent(std::span<const Knot> knots, std::size_t i, bool arriving) {
    const bool last = i + 1 == knots.size() || knots[i + 1].join == Join::start;
    const bool through = knots[i].join == Join::smooth && !last;
    const Knot& from = (through || arriving) ? knots[i - 1] : knots[i];
    const Knot& to = (through || !arriving) ? knots[i + 1] : knots[i];
    const float scale = through ? 0.5F : 1.0F;
    return {(to.x - from.x) * scale, (to.y - from.y) * scale};
}

void add_segment(PenLine& line, std::span<const Knot> knots, std::size_t end) {
    const Knot& a = knots[end - 1];
    const Knot& b = knots[end];
    const Vec slope_a = tangent(knots, end - 1, false);
    const Vec slope_b = tangent(knots, end, true);
    for (std::size_t step = 1; step <= PenLine::kStepsPerSegment; ++step) {
        const float t = static_cast<float>(step) / static_cast<float>(PenLine::kStepsPerSegment);
        const float u = 1.0F - t;
        const float at_a = u * u * (1.0F + 2.0F * t);
        const float at_b = t * t * (3.0F - 2.0F * t);
        const float out = u * u * t;
        const float in = -(t * t * u);
        line.add({at_a * a.x + at_b * b.x + out * slope_a.x + in * slope_b.x,
                  at_a * a.y + at_b * b.y + out * slope_a.y + in * slope_b.y, true});
    }
}

PenLine flatten(std::span<const Knot> knots) {
    PenLine line;
    for (std::size_t i = 0; i < knots.size(); ++i) {
        if (knots[i].join == Join::start) {
            line.add({knots[i].x, knots[i].y, false});
        } else {
            add_segment(line, knots, i);
        }
    }
    return line;
}

/// Smooth random displacement: random vectors on a coarse grid, blended so that the slope is continuous.
void bend(PenLine& line, float amount, CounterRng& rng) {
    std::array<Vec, kBendNodes * kBendNodes> nodes;
    for (Vec& node : nodes) {
        node.x = next_bell(rng) * amount;
        node.y = next_bell(rng) * amount;
    }
    constexpr float kCells = static_cast<float>(kBendNodes - 1);
    const auto cell_of = [](float place) {
        return static_cast<std::size_t>(std::clamp(place, 0.0F, kCells - 1.0F));
    };
    const auto blend = [](float t) {
        const float clamped = std::clamp(t, 0.0F, 1.0F);
        return clamped * clamped * (3.0F - 2.0F * clamped);
    };
    for (std::size_t i = 0; i < line.count; ++i) {
        PenPoint& point = line.points[i];
        const float column = point.x / kBoxWidth * kCells;
        const float row = point.y * kCells;
        const std::size_t c = cell_of(column);
        const std::size_t r = cell_of(row);
        const float right = blend(column - static_cast<float>(c));
        const float down = blend(row - static_cast<float>(r));
        const Vec* top = &nodes[r * kBendNodes + c];
        const Vec* bottom = top + kBendNodes;
        const auto mix = [&](float a, float b, float d, float e) {
            const float upper = a + (b - a) * right;
            const float lower = d + (e - d) * right;
            return upper + (lower - upper) * down;
        };
        point.x += mix(top[0].x, top[1].x, bottom[0].x, bottom[1].x);
        point.y += mix(top[0].y, top[1].y, bottom[0].y, bottom[1].y);
    }
}

/// Width, slant and rotation. The rotation's sine and cosine are the rational ones of the half angle's
/// tangent.
void transform(PenLine& line, const DrawStyle& style, CounterRng& rng) {
    const float width = std::max(0.5F, 1.0F + next_bell(rng) * style.aspect);
    const float slant = next_bell(rng) * style.slant;
    const float half = next_bell(rng) * style.turn * 0.5F;
    const float scale = 1.0F / (1.0F + half * half);
    const float cosine = (1.0F - half * half) * scale;
    const float sine = 2.0F * half * scale;
    for (std::size_t i = 0; i < line.count; ++i) {
        PenPoint& point = line.points[i];
        const float x = point.x * width - point.y * slant;
        const float y = point.y;
        point.x = cosine * x - sine * y;
        point.y = sine * x + cosine * y;
    }
}

/// Scales the line to its size in pixels and puts the middle of its box near the middle of the picture.
void place(PenLine& line, const DrawStyle& style, CounterRng& rng) {
    Vec low{line.points[0].x, line.points[0].y};
    Vec high = low;
    for (std::size_t i = 1; i < line.count; ++i) {
        const PenPoint& point = line.points[i];
        low = {std::min(low.x, point.x), std::min(low.y, point.y)};
        high = {std::max(high.x, point.x), std::max(high.y, point.y)};
    }
    // A line that is bent onto itself, which is all but impossible, stays small and gives finite numbers.
    const float longer = std::max({high.x - low.x, high.y - low.y, 0.3F});
    const float size = style.size_px * (1.0F + next_bell(rng) * style.size_spread);
    const float scale = size / longer;
    const float middle = static_cast<float>(kDigitSide) * 0.5F;
    const float shift_x = middle + next_bell(rng) * style.shift_px - (low.x + high.x) * 0.5F * scale;
    const float shift_y = middle + next_bell(rng) * style.shift_px - (low.y + high.y) * 0.5F * scale;
    for (std::size_t i = 0; i < line.count; ++i) {
        PenPoint& point = line.points[i];
        point.x = point.x * scale + shift_x;
        point.y = point.y * scale + shift_y;
    }
}

/// Lifts the pen for a short way, as a dry pen does.
void cut(PenLine& line, CounterRng& rng) {
    constexpr std::size_t kGap = 3;
    if (line.count <= 2 * kGap) return;
    const std::size_t first = 1 + rng.next_below(static_cast<std::uint32_t>(line.count - kGap));
    const std::size_t end = std::min(line.count, first + kGap);
    for (std::size_t i = first; i < end; ++i) line.points[i].down = false;
}

}  // namespace

float next_bell(CounterRng& rng) {
    constexpr float kRootThree = 1.7320508F;  // four uniform numbers have the variance 1/3
    const float a = rng.next_unit() + rng.next_unit();
    const float b = rng.next_unit() + rng.next_unit();
    return (a + b - 2.0F) * kRootThree;
}

PenLine trace_digit(std::size_t digit, float careless, const DrawStyle& style, CounterRng& rng) {
    const Glyph& glyph = choose_glyph(digit, rng);
    Knots knots{};
    const std::size_t count = glyph.knots.size();
    const float jitter = style.knot_jitter * careless;
    for (std::size_t i = 0; i < count; ++i) {
        knots[i] = glyph.knots[i];
        knots[i].x += next_bell(rng) * jitter;
        knots[i].y += next_bell(rng) * jitter;
    }
    PenLine line = flatten(std::span(knots).first(count));
    bend(line, style.bend * careless, rng);
    transform(line, style, rng);
    place(line, style, rng);
    if (rng.next_unit() < style.cut_chance) cut(line, rng);
    return line;
}

}  // namespace mnist
