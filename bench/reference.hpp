// What is measured is checked first, against plain loops in double precision that share no code with the
// engine: a wrong result is not worth a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "mnist/models/quantized_file.hpp"
#include "mnist/step/engine.hpp"

namespace mnist::bench {

/// A result and, for each number, the sum of the absolute values of what was added up for it: rounding errors
/// are in proportion to that, not to the result.
struct Reference {
    std::vector<double> values;
    std::vector<double> magnitudes;
};

/// c[m, n] = sum over k of a(m, k) * b(k, n), with elements a[m * row_a + k * column_a] and so on.
struct Operand {
    std::span<const float> data;
    std::size_t row = 0;     ///< distance of rows
    std::size_t column = 0;  ///< distance of columns
};
[[nodiscard]] Reference product(const Operand& a, const Operand& b, std::size_t m, std::size_t k,
                                std::size_t n);

/// Adds `bias` [n] to each row of [m, n].
void add_bias(Reference& reference, std::span<const float> bias);

/// Logits of rows of pixels: normalised, inner products with ReLU between them.
[[nodiscard]] Reference reference_logits(const ModelParameters& model, const LabelledRows& rows);

/// Logits of a quantised model: sums of integers, which no order changes, with the roundings that the header
/// of QuantizedLayer and of the engine name.
[[nodiscard]] Reference reference_logits(const QuantizedModel& model, const LabelledRows& rows);

/// Mean loss and gradient of softmax cross-entropy; the gradient [rows, classes] first, the loss last.
[[nodiscard]] Reference reference_loss(std::span<const float> logits, std::span<const std::uint8_t> labels,
                                       std::size_t classes);

/// Throws Error, which names the place, where a number is further from the reference than `tolerance` of its
/// magnitude (f32 sums of a thousand products stay within a fifth of 1e-5), or is no number.
void require_close(std::span<const float> found, const Reference& reference, const std::string& what,
                   double tolerance = 1e-5);

/// Numbers in [-1, 1), the same for the same stream on every machine.
[[nodiscard]] std::vector<float> random_floats(std::size_t count, std::uint32_t stream);

}  // namespace mnist::bench
