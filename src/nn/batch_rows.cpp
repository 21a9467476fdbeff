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

// Some rows are fetched together, and only then converted: between the stores of a conversion the processor
// sees too few of the next row's reads to wait for them side by side.
template <class Number, class Normalize>
void gather_rows(const LabelledRows& data, std::span<const std::uint32_t> order, std::size_t in_padded,
                 Normalize normalize, Number* dst) {
    for (std::size_t first = 0; first < order.size(); first += kRowsTogether) {
        const auto some = order.subspan(first, std::min(kRowsTogether, order.size() - first));
        for (const std::uint32_t row : some) touch(data.images + row * data.pixels, data.pixels);
        for (const std::uint32_t row : some) {
            normalize(data.images + row * data.pixels, dst, data.pixels);
            std::fill(dst + data.pixels, dst + in_padded, Number{});
            dst += in_padded;
        }
    }
}

}  // namespace

void RowGather::rows(const LabelledRows& data, std::span<const std::uint32_t> order, void* dst) const {
    if (type_ == Precision::bf16)
        gather_rows(data, order, in_padded_, normalize_pixels_bf16, static_cast<Bf16*>(dst));
    else
        gather_rows(data, order, in_padded_, normalize_, static_cast<float*>(dst));
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
