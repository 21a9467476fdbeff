// Gathering from memory that fits no cache.
#include "batch_rows.hpp"

#include <algorithm>
#include <array>

namespace mnist {
namespace {

constexpr std::size_t kRowsReached = 64;
constexpr std::size_t kRowsAhead = 4;
constexpr std::size_t kMostClasses = 256;  // labels are bytes

// Reads a row's first and last byte, so that the CPU knows the pages: it may drop a prefetch from a page
// that it has no translation for.
void reach(const std::uint8_t* row, std::size_t pixels) {
    asm volatile("" : : "r"(row[0]));
    asm volatile("" : : "r"(row[pixels - 1]));
}

// Rows lie anywhere in memory that fits no cache. While one is converted, another's lines are on their way:
// near enough that the stores do not displace them before their turn.
template <class Number, class Normalize>
void gather_rows(const LabelledRows& data, std::span<const std::uint32_t> order, Columns columns,
                 Normalize normalize, Number* dst) {
    const std::size_t pixels = std::min(columns.end, data.pixels) - std::min(columns.first, data.pixels);
    const auto row = [&](std::size_t r) { return data.images + order[r] * data.pixels + columns.first; };
    const std::size_t rows = order.size();
    for (std::size_t r = 0; r < rows; ++r, dst += columns.width()) {
        if (pixels > 0) {
            if (r % kRowsReached == 0) {
                for (std::size_t k = r; k < std::min(rows, r + kRowsReached); ++k) reach(row(k), pixels);
            }
            normalize(row(r), dst, pixels, row(std::min(r + kRowsAhead, rows - 1)));
        }
        std::fill(dst + pixels, dst + columns.width(), Number{});
    }
}

}  // namespace

void RowGather::rows(const LabelledRows& data, std::span<const std::uint32_t> order, Columns columns,
                     void* dst) const {
    if (type_ == Precision::bf16)
        gather_rows(data, order, columns, normalize_pixels_bf16, static_cast<Bf16*>(dst));
    else
        gather_rows(data, order, columns, normalize_, static_cast<float*>(dst));
}

double loss_of_rows(LossFn loss, LossArguments arguments, const LabelledRows& data,
                    std::span<const std::uint32_t> order) {
    std::array<std::uint8_t, kMostClasses> labels;
    double sum = 0;
    for (std::size_t first = 0; first < order.size(); first += labels.size()) {
        const std::size_t rows = std::min(labels.size(), order.size() - first);
        for (std::size_t r = 0; r < rows; ++r) labels[r] = data.labels[order[first + r]];
        arguments.labels = labels.data();
        arguments.rows = rows;
        sum += loss(arguments);
        arguments.logits += rows * arguments.columns;
        if (arguments.diff_logits != nullptr) arguments.diff_logits += rows * arguments.columns;
    }
    return sum;
}

}  // namespace mnist
