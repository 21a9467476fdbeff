// The loops of bf16_loops on CPUs without AVX512_BF16's instructions of their own, for compilers to make
// vectors of.
#include "bf16_loops.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {

void round_to_bf16(const float* src, Bf16* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) dst[i] = to_bf16(src[i]);
}

void add_parts_bf16(const Parts& parts, Bf16* dst) {
    for (std::size_t r = 0; r < parts.rows; ++r) {
        const float* const row = parts.parts + r * parts.width;
        for (std::size_t i = 0; i < parts.width; ++i) {
            float sum = row[i];
            for (std::size_t p = 1; p < parts.count; ++p) sum += row[p * parts.stride + i];
            sum += parts.bias[i];
            dst[r * parts.dst_stride + i] = to_bf16(parts.relu && sum < 0 ? 0.0F : sum);
        }
    }
}

void mask_relu_bf16(const Bf16* dst, Bf16* diff, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
        if (!(to_f32(dst[i]) > 0)) diff[i] = {};
    }
}

void add_column_sums_bf16(const Bf16* matrix, std::size_t rows, std::size_t columns, float* sums) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) sums[c] += to_f32(matrix[r * columns + c]);
    }
}

void pack_bf16(const float* src, std::size_t n, std::size_t width, Bf16* dst) {
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = i / width;
        dst[(row / 2 * width + i % width) * 2 + row % 2] = to_bf16(src[i]);
    }
}

}  // namespace mnist
