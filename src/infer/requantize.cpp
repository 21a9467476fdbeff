// One body a loop, instantiated for each level of instructions.
#include "requantize.hpp"

#include <algorithm>
#include <bit>

namespace mnist {
namespace {

[[gnu::always_inline]] inline void requantize_body(const std::int32_t* __restrict sums,
                                                   const float* __restrict factor,
                                                   const float* __restrict offset, std::size_t rows,
                                                   std::size_t columns, std::uint8_t* __restrict dst) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            const float value = static_cast<float>(sums[r * columns + c]) * factor[c] + offset[c];
            // Never negative, so that cutting off behind adding a half rounds, and vectorises.
            const float raised = std::min(std::max(value, 0.0F), 255.0F) + 0.5F;
            dst[r * columns + c] = static_cast<std::uint8_t>(static_cast<std::int32_t>(raised));
        }
    }
}

[[gnu::always_inline]] inline void dequantize_body(const std::int32_t* __restrict sums,
                                                   const float* __restrict factor,
                                                   const float* __restrict offset, std::size_t rows,
                                                   std::size_t columns, float* __restrict dst) {
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c)
            dst[r * columns + c] = static_cast<float>(sums[r * columns + c]) * factor[c] + offset[c];
    }
}

[[gnu::always_inline]] inline void widen_body(const std::uint8_t* __restrict src,
                                              std::uint16_t* __restrict dst, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i)
        dst[i] = static_cast<std::uint16_t>(
            std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(src[i]))) >> 16U);
}

struct Baseline {
    static void requantize(const std::int32_t* s, const float* f, const float* o, std::size_t r,
                           std::size_t c, std::uint8_t* d) {
        requantize_body(s, f, o, r, c, d);
    }
    static void dequantize(const std::int32_t* s, const float* f, const float* o, std::size_t r,
                           std::size_t c, float* d) {
        dequantize_body(s, f, o, r, c, d);
    }
    static void widen(const std::uint8_t* s, std::uint16_t* d, std::size_t n) { widen_body(s, d, n); }
};

struct Avx2 {
    [[gnu::target("avx2")]] static void requantize(const std::int32_t* s, const float* f, const float* o,
                                                   std::size_t r, std::size_t c, std::uint8_t* d) {
        requantize_body(s, f, o, r, c, d);
    }
    [[gnu::target("avx2")]] static void dequantize(const std::int32_t* s, const float* f, const float* o,
                                                   std::size_t r, std::size_t c, float* d) {
        dequantize_body(s, f, o, r, c, d);
    }
    [[gnu::target("avx2")]] static void widen(const std::uint8_t* s, std::uint16_t* d, std::size_t n) {
        widen_body(s, d, n);
    }
};

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]
struct Avx512 {
    MNIST_AVX512 static void requantize(const std::int32_t* s, const float* f, const float* o, std::size_t r,
                                        std::size_t c, std::uint8_t* d) {
        requantize_body(s, f, o, r, c, d);
    }
    MNIST_AVX512 static void dequantize(const std::int32_t* s, const float* f, const float* o, std::size_t r,
                                        std::size_t c, float* d) {
        dequantize_body(s, f, o, r, c, d);
    }
    MNIST_AVX512 static void widen(const std::uint8_t* s, std::uint16_t* d, std::size_t n) {
        widen_body(s, d, n);
    }
};
#undef MNIST_AVX512

template <class Function>
Function pick(Isa isa, Function baseline, Function avx2, Function avx512) {
    if (isa == Isa::avx512) return avx512;
    return isa == Isa::avx2 ? avx2 : baseline;
}

}  // namespace

RequantizeFn requantize(Isa isa) {
    return pick<RequantizeFn>(isa, Baseline::requantize, Avx2::requantize, Avx512::requantize);
}

DequantizeFn dequantize(Isa isa) {
    return pick<DequantizeFn>(isa, Baseline::dequantize, Avx2::dequantize, Avx512::dequantize);
}

WidenFn widen_to_bf16(Isa isa) {
    return pick<WidenFn>(isa, Baseline::widen, Avx2::widen, Avx512::widen);
}

}  // namespace mnist
