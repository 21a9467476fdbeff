// Sixteen numbers at a time; arrays begin at a multiple of 16 numbers and end at one.
#include "bf16_loops.hpp"

#include "mnist/core/bf16_vectors.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {

MNIST_AVX512_BF16 void round_to_bf16(const float* src, Bf16* dst, std::size_t n) {
    for (std::size_t i = 0; i < n; i += kLane) store(rounded_bf16(loaded<Floats>(src + i)), dst + i);
}

MNIST_AVX512_BF16 void add_parts_bf16(const Parts& given, Bf16* dst) {
    const Parts parts = given;  // which no store can change
    for (std::size_t r = 0; r < parts.rows; ++r) {
        const float* const row = parts.parts + r * parts.width;
        for (std::size_t i = 0; i < parts.width; i += kLane) {
            Floats sum = loaded<Floats>(row + i);
            for (std::size_t p = 1; p < parts.count; ++p) sum += loaded<Floats>(row + p * parts.stride + i);
            sum += loaded<Floats>(parts.bias + i);
            // A comparison with what is no number fails, so that stays.
            if (parts.relu) sum = sum < 0.0F ? Floats{} : sum;
            store(rounded_bf16(sum), dst + r * parts.dst_stride + i);
        }
    }
}

// As whole numbers, those above 0 are the positive ones (and some that are no numbers).
MNIST_AVX512_BF16 void mask_relu_bf16(const Bf16* dst, Bf16* diff, std::size_t n) {
    using Signed [[gnu::vector_size(32)]] = std::int16_t;
    for (std::size_t i = 0; i < n; i += kLane) {
        const auto positive = (Halves)(loaded<Signed>(dst + i) > 0);
        store(loaded<Halves>(diff + i) & positive, diff + i);
    }
}

MNIST_AVX512_BF16 void add_column_sums_bf16(const Bf16* matrix, std::size_t rows, std::size_t columns,
                                            float* sums) {
    for (std::size_t c = 0; c < columns; c += kLane) {
        Floats sum = loaded<Floats>(sums + c);
        for (std::size_t r = 0; r < rows; ++r)
            sum += (Floats)(widened(loaded<Halves>(matrix + r * columns + c)) << 16);
        store(sum, sums + c);
    }
}

MNIST_AVX512_BF16 void pack_bf16(const float* src, std::size_t n, std::size_t width, Bf16* dst) {
    for (std::size_t i = 0; i < n; i += 2 * width) {
        for (std::size_t c = i; c < i + width; c += kLane) {
            store(pairs_of_bf16(loaded<Floats>(src + c), loaded<Floats>(src + c + width)), dst + 2 * c - i);
        }
    }
}

}  // namespace mnist
