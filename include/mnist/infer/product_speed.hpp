// How fast one thread multiplies here in each format of numbers, and whether it can: what `mnist info` says
// about bf16 and int8.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mnist/step/precision.hpp"

namespace mnist {

/// Of the product that is measured: the default network's first layer, for a batch of usual size. Its
/// operands stay in the second-level cache.
inline constexpr std::size_t kProductRows = 256, kProductIn = 784, kProductOut = 128;

struct ProductSpeed {
    NumberFormat format = NumberFormat::f32;
    std::optional<double> gops;  ///< 1e9 multiplications and additions a second; empty where it cannot be had
    std::string implementation;  ///< oneDNN's, e.g. "brgemm:avx512_core"; empty as well
    std::string obstacle;        ///< why not, as a sentence; empty where it works
};

/// f32, bf16 and int8 in this order, through oneDNN on the calling thread, in turns; the best of forty rounds
/// of `round_s` seconds each counts. Throws BackendError where oneDNN fails. Cost: 120 rounds.
[[nodiscard]] std::vector<ProductSpeed> product_speeds(double round_s = 0.003);

}  // namespace mnist
