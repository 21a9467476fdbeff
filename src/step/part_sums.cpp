// Loops that a compiler turns into vector instructions as they are, once for each level of them.
#include "part_sums.hpp"

#include <limits>

#include "mnist/core/isa_levels.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void add(float* __restrict sums, const float* __restrict more, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) sums[i] += more[i];
}

// Pass by pass: where one loop has the bias and the choice at its end as well, GCC 12 computes number by
// number and branches on each sign. Not a number is not below either floor, and stays.
[[gnu::always_inline]] inline void add_row(const Parts& from, const float* __restrict part,
                                           float* __restrict dst) {
    const float floor = from.relu ? 0.0F : -std::numeric_limits<float>::infinity();
    if (from.count > 1) {
        const float* const second = part + from.stride;
        for (std::size_t i = 0; i < from.width; ++i) dst[i] = part[i] + second[i];
    } else {
        for (std::size_t i = 0; i < from.width; ++i) dst[i] = part[i];
    }
    for (std::size_t p = 2; p < from.count; ++p) add(dst, part + p * from.stride, from.width);
    for (std::size_t i = 0; i < from.width; ++i) {
        const float sum = dst[i] + from.bias[i];
        dst[i] = sum < floor ? floor : sum;
    }
}

[[gnu::always_inline]] inline void add_rows(const Parts& from, float* dst) {
    for (std::size_t r = 0; r < from.rows; ++r)
        add_row(from, from.parts + r * from.width, dst + r * from.dst_stride);
}

[[gnu::always_inline]] inline void mask(const float* __restrict dst, float* __restrict diff, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) diff[i] = dst[i] > 0.0F ? diff[i] : 0.0F;
}

[[gnu::always_inline]] inline void add_columns(const float* matrix, std::size_t rows, std::size_t columns,
                                               float* sums) {
    for (std::size_t c = 0; c < columns; c += kLane) {
        float lane[kLane];
        for (std::size_t k = 0; k < kLane; ++k) lane[k] = sums[c + k];
        for (std::size_t r = 0; r < rows; ++r) {
            for (std::size_t k = 0; k < kLane; ++k) lane[k] += matrix[r * columns + c + k];
        }
        for (std::size_t k = 0; k < kLane; ++k) sums[c + k] = lane[k];
    }
}

}  // namespace

void add_parts(Isa isa, const Parts& parts, float* dst) {
    compiled_for<add_rows>(isa)(parts, dst);
}

void mask_relu(Isa isa, const float* dst, float* diff, std::size_t n) {
    compiled_for<mask>(isa)(dst, diff, n);
}

void add_column_sums(Isa isa, const float* matrix, std::size_t rows, std::size_t columns, float* sums) {
    compiled_for<add_columns>(isa)(matrix, rows, columns, sums);
}

void add_numbers(Isa isa, float* sums, const float* more, std::size_t n) {
    compiled_for<add>(isa)(sums, more, n);
}

}  // namespace mnist
