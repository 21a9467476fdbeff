// Gathering from memory that fits no cache.
#include "batch_rows.hpp"

#include <algorithm>
#include <array>

#include "mnist/core/aligned.hpp"

namespace mnist {
namespace {

constexpr std::size_t kRowsTogether = 16;
constexpr std::size_t kMostClasses = 256;  // labels are bytes

// Brings a row near by reading a byte of each cache line. A prefetch would not do: rows are scattered over
// more pages than the address translation remembers, and the CPU drops prefetches whose page it does not
// know.
void touch(const std::uint8_t* row, std::size_t pixels) {
    for (std::size_t at = 0; at < pixels; at += kCacheLine) asm volatile("" : : "q"(row[at]));
    asm volatile("" : : "q"(row[pixels - 1]));
}

}  // namespace

// Some rows are fetched together, and only then converted: between the stores of a conversion the processor
// sees too few of the next row's reads to wait for them side by side.
void RowGather::rows(const LabelledRows& data, std::span<const std::uint32_t> order, float* dst) const {
    for (std::size_t first = 0; first < order.size(); first += kRowsTogether) {
        const auto some = order.subspan(first, std::min(kRowsTogether, order.size() - first));
        for (const std::uint32_t row : some) touch(data.images + row * data.pixels, data.pixels);
        for (const std::uint32_t row : some) {
            normalize_(data.images + row * data.pixels, dst, data.pixels);
            std::fill(dst + data.pixels, dst + in_padded_, 0.0F);
            dst += in_padded_;
        }
    }
}

void RowGather::columns(const LabelledRows& data, std::span<const std::uint32_t> order, float* dst) const {
    std::array<const std::uint8_t*, kChunkRows> rows{};
    for (std::size_t r = 0; r < order.size(); ++r) {
        rows[r] = data.images + order[r] * data.pixels;
        touch(rows[r], data.pixels);
    }
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
