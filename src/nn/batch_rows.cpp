// Gathering from memory that fits no cache: rows are asked for before their turn.
#include "batch_rows.hpp"

#include <algorithm>
#include <array>

#include "mnist/core/aligned.hpp"

namespace mnist {
namespace {

constexpr std::size_t kRowsAhead = 4;
constexpr std::size_t kMostClasses = 256;  // labels are bytes

}  // namespace

// The rows are scattered over the whole set: those behind the current one are asked for while it is
// converted. Asked for a step ahead, they would be evicted again before their turn.
void RowGather::rows(const LabelledRows& data, std::span<const std::uint32_t> order, float* dst) const {
    const auto prefetch = [&](std::uint32_t row) {
        const std::uint8_t* const pixels = data.images + row * data.pixels;
        for (std::size_t at = 0; at < data.pixels; at += kCacheLine) __builtin_prefetch(pixels + at, 0, 3);
    };
    std::for_each_n(order.begin(), std::min(order.size(), kRowsAhead), prefetch);
    for (std::size_t r = 0; r < order.size(); ++r) {
        if (r + kRowsAhead < order.size()) prefetch(order[r + kRowsAhead]);
        normalize_(data.images + order[r] * data.pixels, dst, data.pixels);
        std::fill(dst + data.pixels, dst + in_padded_, 0.0F);
        dst += in_padded_;
    }
}

void RowGather::columns(const LabelledRows& data, std::span<const std::uint32_t> order, float* dst) const {
    std::array<const std::uint8_t*, kChunkRows> rows{};
    for (std::size_t r = 0; r < order.size(); ++r) rows[r] = data.images + order[r] * data.pixels;
    normalize_columns_(rows.data(), order.size(), data.pixels, dst);
    std::fill_n(dst + data.pixels * order.size(), (in_padded_ - data.pixels) * order.size(), 0.0F);
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
