// One pass over all parts, sixteen floats at a time; compiled once a level of instructions.
#include "part_sums.hpp"

#include "mnist/step/layer_plan.hpp"

namespace mnist {
namespace {

#define MNIST_AVX2 [[gnu::target("avx2,fma")]]
#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

[[gnu::always_inline]] inline void add_row(const Parts& from, const float* __restrict part,
                                           float* __restrict dst) {
    for (std::size_t i = 0; i < from.width; i += kLane) {
        float lane[kLane];
        for (std::size_t k = 0; k < kLane; ++k) lane[k] = part[i + k];
        for (std::size_t p = 1; p < from.count; ++p) {
            for (std::size_t k = 0; k < kLane; ++k) lane[k] += part[p * from.stride + i + k];
        }
        for (std::size_t k = 0; k < kLane; ++k) lane[k] += from.bias[i + k];
        for (std::size_t k = 0; k < kLane; ++k) dst[i + k] = from.relu && lane[k] < 0.0F ? 0.0F : lane[k];
    }
}
[[gnu::always_inline]] inline void add(const Parts& from, float* dst) {
    for (std::size_t r = 0; r < from.rows; ++r)
        add_row(from, from.parts + r * from.width, dst + r * from.dst_stride);
}
void add_baseline(const Parts& from, float* dst) {
    add(from, dst);
}
MNIST_AVX2 void add_avx2(const Parts& from, float* dst) {
    add(from, dst);
}
MNIST_AVX512 void add_avx512(const Parts& from, float* dst) {
    add(from, dst);
}

[[gnu::always_inline]] inline void mask(const float* __restrict dst, float* __restrict diff, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) diff[i] = dst[i] > 0.0F ? diff[i] : 0.0F;
}
void mask_baseline(const float* dst, float* diff, std::size_t n) {
    mask(dst, diff, n);
}
MNIST_AVX2 void mask_avx2(const float* dst, float* diff, std::size_t n) {
    mask(dst, diff, n);
}
MNIST_AVX512 void mask_avx512(const float* dst, float* diff, std::size_t n) {
    mask(dst, diff, n);
}

}  // namespace

void add_parts(Isa isa, const Parts& parts, float* dst) {
    switch (isa) {
        case Isa::avx512:
            return add_avx512(parts, dst);
        case Isa::avx2:
            return add_avx2(parts, dst);
        case Isa::baseline:
            break;
    }
    add_baseline(parts, dst);
}

void mask_relu(Isa isa, const float* dst, float* diff, std::size_t n) {
    switch (isa) {
        case Isa::avx512:
            return mask_avx512(dst, diff, n);
        case Isa::avx2:
            return mask_avx2(dst, diff, n);
        case Isa::baseline:
            break;
    }
    mask_baseline(dst, diff, n);
}

}  // namespace mnist
