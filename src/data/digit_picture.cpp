// Pieces of ink become digits, and each digit is resampled once, from the picture's own pixels.
#include "mnist/data/digit_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "mnist/core/error.hpp"
#include "picture_ink.hpp"

namespace mnist {
namespace {

constexpr std::size_t kSpeckShare = 30;  // of the largest piece's area: one in so many
constexpr std::size_t kFittedSide = 20;
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

// Calls add(cell, share) for each cell of the fitted picture that source pixel `at` reaches into; the shares
// are lengths, in cells.
template <class Add>
void spread(std::size_t at, double scale, Add add) {
    const double begin = static_cast<double>(at) * scale;
    const double end = begin + scale;
    for (auto cell = static_cast<std::size_t>(begin); cell < kFittedSide; ++cell) {
        const auto first = static_cast<double>(cell);
        if (first >= end) break;
        add(cell, std::min(end, first + 1) - std::max(begin, first));
    }
}

// The digit's box, its longer side 20 cells long; each cell has the mean of the ink that it covers.
Fitted fitted(const InkPicture& picture, const InkPieces& pieces, const Grouping& grouping,
              std::uint32_t digit) {
    const Box& box = grouping.boxes[digit];
    const double scale = static_cast<double>(kFittedSide) /
                         static_cast<double>(std::max(box.right - box.left, box.bottom - box.top));
    Fitted cells{};
    for (std::size_t r = box.top; r < box.bottom; ++r) {
        for (std::size_t c = box.left; c < box.right; ++c) {
            const std::size_t at = r * picture.columns + c;
            const std::uint32_t piece = pieces.piece_of[at];
            if (piece == 0 || grouping.box_of[piece - 1] != digit) continue;
            spread(r - box.top, scale, [&](std::size_t row, double height) {
                spread(c - box.left, scale, [&](std::size_t column, double width) {
                    cells[row * kFittedSide + column] +=
                        height * width * static_cast<double>(picture.ink[at]);
                });
            });
        }
    }
    return cells;
}

// How far the cells move so that their centre of mass comes to lie in the middle pixel, down and right.
std::array<std::ptrdiff_t, 2> move_to_middle(const Fitted& cells) {
    double mass = 0;
    std::array<double, 2> moment{};
    for (std::size_t i = 0; i < cells.size(); ++i) {
        mass += cells[i];
        moment[0] += cells[i] * static_cast<double>(i / kFittedSide);
        moment[1] += cells[i] * static_cast<double>(i % kFittedSide);
    }
    return {kMiddle - std::lround(moment[0] / mass), kMiddle - std::lround(moment[1] / mass)};
}

// The brightest cell becomes 255: a thin line that covers no cell wholly is ink all the same.
void lay(const Fitted& cells, PreparedDigit& digit) {
    const double brightest = *std::max_element(cells.begin(), cells.end());
    const auto [down, right] = move_to_middle(cells);
    constexpr auto kSide = static_cast<std::ptrdiff_t>(kPreparedSide);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto row = static_cast<std::ptrdiff_t>(i / kFittedSide) + down;
        const auto column = static_cast<std::ptrdiff_t>(i % kFittedSide) + right;
        if (row < 0 || row >= kSide || column < 0 || column >= kSide) continue;
        digit.pixels[static_cast<std::size_t>(row * kSide + column)] =
            static_cast<std::uint8_t>(std::lround(255 * cells[i] / brightest));
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
        lay(fitted(ink, pieces, grouping, i), digits[i]);
    }
    return digits;
}

}  // namespace mnist
