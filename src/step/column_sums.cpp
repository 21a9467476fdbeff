// Sixteen columns at a time, so that the running sums stay in registers; compiled once a level of
// instructions.
#include "column_sums.hpp"

#include "mnist/step/layer_plan.hpp"

namespace mnist {
namespace {

[[gnu::always_inline]] inline void body(const float* matrix, std::size_t rows, std::size_t columns,
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

void baseline(const float* matrix, std::size_t rows, std::size_t columns, float* sums) {
    body(matrix, rows, columns, sums);
}

[[gnu::target("avx2,fma")]] void avx2(const float* matrix, std::size_t rows, std::size_t columns,
                                      float* sums) {
    body(matrix, rows, columns, sums);
}

[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] void avx512(const float* matrix, std::size_t rows,
                                                                  std::size_t columns, float* sums) {
    body(matrix, rows, columns, sums);
}

}  // namespace

void add_column_sums(Isa isa, const float* matrix, std::size_t rows, std::size_t columns, float* sums) {
    switch (isa) {
        case Isa::avx512:
            return avx512(matrix, rows, columns, sums);
        case Isa::avx2:
            return avx2(matrix, rows, columns, sums);
        case Isa::baseline:
            break;
    }
    baseline(matrix, rows, columns, sums);
}

}  // namespace mnist
