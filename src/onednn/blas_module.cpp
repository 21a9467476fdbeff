// libmnist_blas.so: OpenBLAS, linked statically, with threads: the build without them takes no lock when it
// hands out memory, so two callers at a time would share it.
#include "blas_module.hpp"

#include <cblas.h>

void mnist_sgemm(const MnistSgemm& p) noexcept {
    const auto turned = [](bool is) { return is ? CblasTrans : CblasNoTrans; };
    cblas_sgemm(CblasRowMajor, turned(p.left_turned), turned(p.right_turned), p.rows, p.columns, p.depth,
                1.0F, p.left, p.left_stride, p.right, p.right_stride, p.kept, p.result, p.result_stride);
}

void mnist_blas_words(const char*& config, const char*& core) noexcept {
    config = openblas_get_config();
    core = openblas_get_corename();
}
