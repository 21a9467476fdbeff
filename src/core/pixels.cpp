// One body, compiled once a level of instructions. Fusing the multiplication with the subtraction is switched
// off for this file (see CMakeLists.txt), so that all levels round alike.
#include "mnist/core/pixels.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void body(const std::uint8_t* __restrict src, float* __restrict dst,
                                        std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) dst[i] = static_cast<float>(src[i]) * kPixelStep - 1.0F;
}

void baseline(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

[[gnu::target("avx2")]] void avx2(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

#define MNIST_AVX512 [[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]]

MNIST_AVX512 void avx512(const std::uint8_t* src, float* dst, std::size_t n) {
    body(src, dst, n);
}

#undef MNIST_AVX512

}  // namespace

NormalizeFn normalize_pixels(Isa isa) {
    switch (isa) {
        case Isa::avx512:
            return avx512;
        case Isa::avx2:
            return avx2;
        case Isa::baseline:
            break;
    }
    return baseline;
}

}  // namespace mnist
