// Pieces of ink become digits, and each digit is resampled once, from the picture's own pixels.
#include "mnist/data/digit_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>

#include "mnist/core/error.hpp"
#include "picture_ink.hpp"

namespace mnist {
namespace {

constexpr std::size_t kSpeckShare = 30;  // of the largest piece's area: one in so many
constexpr std::size_t kFittedSide = 20;
constexpr double kLeastStroke = 2;                     // cells; MNIST's are mostly wider
constexpr std::ptrdiff_t kMiddle = kPreparedSide / 2;  // the pixel that the centre of mass comes to lie in

struct Box {
    std::size_t left = std::numeric_limits<std::size_t>::max();
    std::size_t top = std::numeric_limits<std::size_t>::max();
    std::size_t right = 0;
    std::size_t bottom = 0;

    void add(const InkPiece& piece) {
        left = std::min(left, piece.left);
        top = std::min(top, piece.top);
        right = std::max(right, piece.right);
        bottom = std::max(bottom, piece.bottom);
    }
};

// Digits from left to right, and which of them a piece belongs to.
struct Grouping {
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    std::vector<Box> boxes;
    std::vector<std::uint32_t> box_of;  // [pieces], kNone for specks
};

// Whether more than half of the narrower one's width lies above or below the other.
bool stacked(const Box& box, const InkPiece& piece) {
    const std::size_t left = std::max(box.left, piece.left);
    const std::size_t right = std::min(box.right, piece.right);
    const std::size_t narrower = std::min(box.right - box.left, piece.right - piece.left);
    return right > left && 2 * (right - left) > narrower;
}

Grouping grouped_pieces(const std::vector<InkPiece>& pieces, DigitLayout layout) {
    std::size_t largest = 0;
    for (const InkPiece& piece : pieces) largest = std::max(largest, piece.area);
    std::vector<std::uint32_t> order;
    for (std::uint32_t i = 0; i < pieces.size(); ++i) {
        if (pieces[i].area * kSpeckShare >= largest) order.push_back(i);
    }
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        return pieces[a].left != pieces[b].left ? pieces[a].left < pieces[b].left : a < b;
    });
    Grouping grouping{.boxes = {}, .box_of = std::vector<std::uint32_t>(pieces.size(), Grouping::kNone)};
    for (const std::uint32_t i : order) {
        const bool same = !grouping.boxes.empty() &&
                          (layout == DigitLayout::one || stacked(grouping.boxes.back(), pieces[i]));
        if (!same) grouping.boxes.emplace_back();
        grouping.boxes.back().add(pieces[i]);
        grouping.box_of[i] = static_cast<std::uint32_t>(grouping.boxes.size() - 1);
    }
    return grouping;
}

using Fitted = std::array<double, kFittedSide * kFittedSide>;

// A digit's pixels in the picture.
struct DigitInk {
    const InkPicture& picture;
    const InkPieces& pieces;
    const Grouping& grouping;
    std::uint32_t digit;

    [[nodiscard]] const Box& box() const { return grouping.boxes[digit]; }
    // 0 where there is no ink, or another digit's.
    [[nodiscard]] float at(std::size_t row, std::size_t column) const {
        const std::size_t i = row * picture.columns + column;
        const std::uint32_t piece = pieces.piece_of[i];
        return piece != 0 && grouping.box_of[piece - 1] == digit ? picture.ink[i] : 0.0F;
    }
};

// Mean width of the strokes in pixels: their area over half the length of their edges.
double stroke_width(const DigitInk& ink) {
    const Box& box = ink.box();
    std::size_t area = 0;
    std::size_t edges = 0;
    for (std::size_t r = box.top; r < box.bottom; ++r) {
        for (std::size_t c = box.left; c < box.right; ++c) {
            if (ink.at(r, c) <= 0) continue;
            area += 1;
            edges += r == box.top || ink.at(r - 1, c) <= 0 ? 1 : 0;
            edges += r + 1 == box.bottom || ink.at(r + 1, c) <= 0 ? 1 : 0;
            edges += c == box.left || ink.at(r, c - 1) <= 0 ? 1 : 0;
            edges += c + 1 == box.right || ink.at(r, c + 1) <= 0 ? 1 : 0;
        }
    }
    return 2 * static_cast<double>(area) / static_cast<double>(edges);
}

// Calls add(cell, length) for each cell that the stretch from `begin` on reaches into.
template <class Add>
void spread(double begin, double length, Add add) {
    const double end = begin + length;
    for (auto cell = static_cast<std::size_t>(begin); cell < kFittedSide; ++cell) {
        const auto first = static_cast<double>(cell);
        if (first >= end) break;
        add(cell, std::min(end, first + 1) - std::max(begin, first));
    }
}

// The digit's box, its longer side 20 cells long; each cell has the sum of the ink that it covers. Where
// strokes are thinner than MNIST's, each pixel is a square of ink that makes them as wide.
Fitted fitted(const DigitInk& ink) {
    const Box& box = ink.box();
    constexpr double kSide = kFittedSide;
    const auto longer = static_cast<double>(std::max(box.right - box.left, box.bottom - box.top));
    const double widening = std::max(0.0, kLeastStroke - stroke_width(ink) * kSide / longer);
    const double scale = (kSide - widening) / longer;
    Fitted cells{};
    for (std::size_t r = box.top; r < box.bottom; ++r) {
        for (std::size_t c = box.left; c < box.right; ++c) {
            const auto amount = static_cast<double>(ink.at(r, c));
            if (amount <= 0) continue;
            spread(static_cast<double>(r - box.top) * scale, scale + widening,
                   [&](std::size_t row, double height) {
                       spread(static_cast<double>(c - box.left) * scale, scale + widening,
                              [&](std::size_t column, double width) {
                                  cells[row * kFittedSide + column] += height * width * amount;
                              });
                   });
        }
    }
    return cells;
}

// How far the cells move so that their centre of mass comes to lie in the middle pixel, down and right. That
// of a symmetric digit lies between two cells: a little is taken off, so that it always counts as in the
// first.
std::array<std::ptrdiff_t, 2> move_to_middle(const Fitted& cells) {
    double mass = 0;
    std::array<double, 2> moment{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        mass += cells[i];
        const std::size_t row = i / kFittedSide;
        moment[0] += cells[i] * static_cast<double>(row);
        moment[1] += cells[i] * static_cast<double>(i % kFittedSide);
    }
    constexpr double kLittle = 0.05;
    return {kMiddle - std::lround(moment[0] / mass - kLittle),
            kMiddle - std::lround(moment[1] / mass - kLittle)};
}

// What a quarter of the inked cells reach becomes 255: thin lines, which fill no cell, are ink all the same,
// and where they cross they are no brighter than elsewhere.
double full_ink(const Fitted& cells) {
    std::vector<double> inked;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(inked), [](double cell) { return cell > 0; });
    const auto quarter = inked.begin() + static_cast<std::ptrdiff_t>(3 * inked.size() / 4);
    std::nth_element(inked.begin(), quarter, inked.end());
    return *quarter;
}

void lay(const Fitted& cells, PreparedDigit& digit) {
    const double full = full_ink(cells);
    const auto [down, right] = move_to_middle(cells);
    constexpr auto kSide = static_cast<std::ptrdiff_t>(kPreparedSide);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto row = static_cast<std::ptrdiff_t>(i / kFittedSide) + down;
        const auto column = static_cast<std::ptrdiff_t>(i % kFittedSide) + right;
        if (row < 0 || row >= kSide || column < 0 || column >= kSide) continue;
        digit.pixels[static_cast<std::size_t>(row * kSide + column)] =
            static_cast<std::uint8_t>(std::lround(255 * std::min(1.0, cells[i] / full)));
    }
}

DigitBox in_picture(const Box& box, std::size_t reduction, const GreyPicture& picture) {
    const std::size_t left = box.left * reduction;
    const std::size_t top = box.top * reduction;
    return {.left = left,
            .top = top,
            .width = std::min(box.right * reduction, picture.columns) - left,
            .height = std::min(box.bottom * reduction, picture.rows) - top};
}

}  // namespace

std::vector<PreparedDigit> prepare_digits(const GreyPicture& picture, DigitLayout layout,
                                          const std::string& where) {
    const InkPicture ink = find_ink(picture, where);
    const InkPieces pieces = find_pieces(ink);
    const Grouping grouping = grouped_pieces(pieces.pieces, layout);
    if (grouping.boxes.size() > kMostDigits) {
        throw InputError({.where = where,
                          .expected = fmt::format("at most {} digits in a row", kMostDigits),
                          .found = fmt::format("{} separate pieces of ink", grouping.boxes.size()),
                          .remedy = "Give a picture with less noise, or fewer digits"});
    }
    std::vector<PreparedDigit> digits(grouping.boxes.size());
    for (std::uint32_t i = 0; i < digits.size(); ++i) {
        digits[i].box = in_picture(grouping.boxes[i], ink.reduction, picture);
        lay(fitted({ink, pieces, grouping, i}), digits[i]);
    }
    return digits;
}

}  // namespace mnist
