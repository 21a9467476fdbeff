// Matrix products by a BLAS, where oneDNN has nothing but reference loops: on ARM64, for row-major matrices.
// OpenBLAS chooses kernels by the CPU's model, once, when it is loaded; here they are the same on all CPUs,
// and so are the bits. Private to this room.
#pragma once

#include <cstddef>
#include <string>

namespace mnist::onednn {

/// result [rows, columns] = left [rows, depth] right [depth, columns], all row-major. Strides are numbers
/// from a row to the next of what lies in memory: of a turned left one, which lies as [depth, rows], the
/// same.
struct BlasProduct {
    std::size_t rows = 0, columns = 0, depth = 0;
    bool left_turned = false, right_turned = false;
    std::size_t left_stride = 0, right_stride = 0, result_stride = 0;
    bool bias = false;  ///< [columns], added to each row
    bool relu = false;  ///< of the result
    bool add = false;   ///< the result is added to what is there; without bias and relu

    /// On the calling thread alone; several may run at the same time. Each number is summed in the order of
    /// the depth. Cost: some kilobytes to pack matrices into, which OpenBLAS keeps.
    void run(const float* left, const float* right, float* result, const float* bias) const;
};

/// What `implementation` says of such products, e.g. "OpenBLAS 0.3.29 ARMV8". Loads it on the first call.
/// Throws InputError where it is missing.
[[nodiscard]] const std::string& blas_name();

}  // namespace mnist::onednn
