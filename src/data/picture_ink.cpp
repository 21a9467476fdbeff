// The threshold between ink and background is Otsu's: that which makes the two sides' means differ most,
// weighted by their sizes (N. Otsu, "A threshold selection method from gray-level histograms", 1979). A
// photograph's background is seldom even, so the same is tried with a slope taken out, and the better one
// counts.
#include "picture_ink.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mnist/core/checked.hpp"
#include "mnist/core/error.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostInkPixels = 4'000'000;
constexpr double kLeastContrast = 24;  // between the means of ink and background, in levels of 255
constexpr float kFaintest = 0.25F;     // what is fainter than this is background

struct Levels {
    std::size_t rows, columns;
    std::vector<float> level;  // [rows, columns]
    float* row(std::size_t r) { return level.data() + r * columns; }
    [[nodiscard]] const float* row(std::size_t r) const { return level.data() + r * columns; }
};

std::size_t divided_up(std::size_t extent, std::size_t by) {
    return round_up(extent, by) / by;
}

std::size_t reduction_of(const GreyPicture& picture) {
    std::size_t by = 1;
    while (divided_up(picture.rows, by) * divided_up(picture.columns, by) > kMostInkPixels) ++by;
    return by;
}

// Each pixel the mean of up to by x by pixels of the picture.
Levels reduced(const GreyPicture& picture, std::size_t by) {
    Levels levels{
        .rows = divided_up(picture.rows, by), .columns = divided_up(picture.columns, by), .level = {}};
    levels.level.resize(levels.rows * levels.columns);
    for (std::size_t r = 0; r < picture.rows; ++r) {
        float* const sums = levels.row(r / by);
        const std::uint8_t* const from = picture.levels.data() + r * picture.columns;
        for (std::size_t c = 0; c < picture.columns; ++c) sums[c / by] += from[c];
    }
    for (std::size_t r = 0; r < levels.rows; ++r) {
        const std::size_t height = std::min(by, picture.rows - r * by);
        for (std::size_t c = 0; c < levels.columns; ++c)
            levels.row(r)[c] /= static_cast<float>(height * std::min(by, picture.columns - c * by));
    }
    return levels;
}

// The median level of the corner whose first pixel is (top, left).
float corner_level(const Levels& levels, std::size_t top, std::size_t left, std::size_t side) {
    std::vector<float> corner;
    for (std::size_t r = top; r < std::min(top + side, levels.rows); ++r) {
        for (std::size_t c = left; c < std::min(left + side, levels.columns); ++c)
            corner.push_back(levels.row(r)[c]);
    }
    const auto middle = corner.begin() + static_cast<std::ptrdiff_t>(corner.size() / 2);
    std::nth_element(corner.begin(), middle, corner.end());
    return *middle;
}

// Without the slope between the corners' levels; their mean stays.
Levels without_slope(const Levels& levels) {
    const std::size_t side = 1 + std::min(levels.rows, levels.columns) / 16;
    const std::size_t bottom = levels.rows - std::min(side, levels.rows);
    const std::size_t right = levels.columns - std::min(side, levels.columns);
    const float a = corner_level(levels, 0, 0, side);
    const float b = corner_level(levels, 0, right, side);
    const float c = corner_level(levels, bottom, 0, side);
    const float d = corner_level(levels, bottom, right, side);
    const float mean = (a + b + c + d) / 4;
    Levels level_ground = levels;
    for (std::size_t r = 0; r < levels.rows; ++r) {
        const float y = (static_cast<float>(r) + 0.5F) / static_cast<float>(levels.rows);
        const float first = a + (c - a) * y;
        const float step = (b + (d - b) * y - first) / static_cast<float>(levels.columns);
        float* const row = level_ground.row(r);
        for (std::size_t i = 0; i < levels.columns; ++i)
            row[i] -= first + step * (static_cast<float>(i) + 0.5F) - mean;
    }
    return level_ground;
}

struct Division {
    double threshold = 0;  // dark below it
    double dark = 0;       // mean of either side
    double bright = 0;
    double separation = 0;  // variance between the sides over the whole variance, 0 to 1
};

Division divided(const Levels& levels) {
    constexpr std::size_t kBins = 256;
    const auto [low, high] = std::minmax_element(levels.level.begin(), levels.level.end());
    const double lowest = *low;
    const double width = (static_cast<double>(*high) - lowest) / kBins;
    Division best{.threshold = lowest, .dark = lowest, .bright = lowest, .separation = 0};
    if (width <= 0) return best;
    std::array<double, kBins> counts{};
    std::array<double, kBins> sums{};
    double squares = 0;
    for (const float level : levels.level) {
        const double above = level - lowest;
        const std::size_t bin = std::min(kBins - 1, static_cast<std::size_t>(above / width));
        counts[bin] += 1;
        sums[bin] += above;
        squares += above * above;
    }
    double all = 0;
    for (const double sum : sums) all += sum;
    const auto count = static_cast<double>(levels.level.size());
    const double variance = squares / count - all / count * (all / count);
    double below = 0;
    double sum = 0;
    for (std::size_t bin = 0; bin + 1 < kBins; ++bin) {
        below += counts[bin];
        sum += sums[bin];
        const double above = count - below;
        if (below == 0 || above == 0) continue;
        const double dark = sum / below;
        const double bright = (all - sum) / above;
        const double separation =
            below / count * (above / count) * (bright - dark) * (bright - dark) / variance;
        if (separation > best.separation)
            best = {.threshold = lowest + width * static_cast<double>(bin + 1),
                    .dark = lowest + dark,
                    .bright = lowest + bright,
                    .separation = separation};
    }
    return best;
}

// Whether the background is dark: by the pixels at the picture's edge.
bool dark_background(const Levels& levels, double threshold) {
    std::size_t dark = 0;
    std::size_t edge = 0;
    for (std::size_t r = 0; r < levels.rows; ++r) {
        const bool whole = r == 0 || r + 1 == levels.rows;
        const std::size_t step = whole || levels.columns < 2 ? 1 : levels.columns - 1;
        for (std::size_t c = 0; c < levels.columns; c += step) {
            dark += levels.row(r)[c] < threshold ? 1 : 0;
            edge += 1;
        }
    }
    return 2 * dark >= edge;
}

}  // namespace

InkPicture find_ink(const GreyPicture& picture, const std::string& where) {
    InkPicture result{.rows = 0, .columns = 0, .reduction = reduction_of(picture), .ink = {}};
    Levels levels = reduced(picture, result.reduction);
    Division division = divided(levels);
    Levels level_ground = without_slope(levels);
    if (const Division other = divided(level_ground); other.separation > division.separation) {
        division = other;
        levels = std::move(level_ground);
    }
    const double contrast = division.bright - division.dark;
    if (contrast < kLeastContrast) {
        throw InputError(
            {.where = where,
             .expected = "a digit that stands out from its background",
             .found = fmt::format("hardly any difference in brightness ({:.0f} levels of 255)", contrast),
             .remedy = "Give a picture with more contrast"});
    }
    const bool dark = dark_background(levels, division.threshold);
    const double background = dark ? division.dark : division.bright;
    const double to_ink = 1 / (dark ? contrast : -contrast);
    result.rows = levels.rows;
    result.columns = levels.columns;
    result.ink = std::move(levels.level);
    for (float& ink : result.ink) {
        const auto share = static_cast<float>((ink - background) * to_ink);
        ink = share < kFaintest ? 0 : std::min(share, 1.0F);
    }
    return result;
}

InkPieces find_pieces(const InkPicture& picture) {
    InkPieces found{.piece_of = std::vector<std::uint32_t>(picture.ink.size()), .pieces = {}};
    std::vector<std::size_t> waiting;
    for (std::size_t start = 0; start < picture.ink.size(); ++start) {
        if (picture.ink[start] <= 0 || found.piece_of[start] != 0) continue;
        const std::size_t row = start / picture.columns;
        const std::size_t column = start % picture.columns;
        found.pieces.push_back(
            {.left = column, .top = row, .right = column + 1, .bottom = row + 1, .area = 0});
        InkPiece& piece = found.pieces.back();
        const auto number = static_cast<std::uint32_t>(found.pieces.size());
        found.piece_of[start] = number;
        waiting.push_back(start);
        while (!waiting.empty()) {
            const std::size_t r = waiting.back() / picture.columns;
            const std::size_t c = waiting.back() % picture.columns;
            waiting.pop_back();
            piece = {.left = std::min(piece.left, c),
                     .top = std::min(piece.top, r),
                     .right = std::max(piece.right, c + 1),
                     .bottom = std::max(piece.bottom, r + 1),
                     .area = piece.area + 1};
            for (std::size_t y = r == 0 ? 0 : r - 1; y < std::min(r + 2, picture.rows); ++y) {
                for (std::size_t x = c == 0 ? 0 : c - 1; x < std::min(c + 2, picture.columns); ++x) {
                    const std::size_t at = y * picture.columns + x;
                    if (picture.ink[at] <= 0 || found.piece_of[at] != 0) continue;
                    found.piece_of[at] = number;
                    waiting.push_back(at);
                }
            }
        }
    }
    return found;
}

}  // namespace mnist
