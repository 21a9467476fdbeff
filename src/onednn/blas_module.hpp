// Between the room and libmnist_blas.so (blas_module.cpp), which is OpenBLAS and two functions. It is a
// library of its own because OpenBLAS reads its variables when it is loaded. Private to this room.
#pragma once

struct MnistSgemm {
    bool left_turned, right_turned;
    int rows, columns, depth;
    float kept;  ///< what remains of the result: 0 or 1
    const float* left;
    int left_stride;
    const float* right;
    int right_stride;
    float* result;
    int result_stride;
};

/// The names that the library shows. Neither throws.
extern "C" [[gnu::visibility("default")]] void mnist_sgemm(const MnistSgemm& product) noexcept;
/// OpenBLAS's own words about its build, and the core whose kernels it took.
extern "C" [[gnu::visibility("default")]] void mnist_blas_words(const char*& config,
                                                                const char*& core) noexcept;
