// Softmax cross-entropy and its gradient in one pass over the logits, with an exponential of our own that
// vectorises.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/core/isa.hpp"

namespace mnist {

/// What the loss reads and writes. Rows are padded to a multiple of 16 columns; the columns from `classes` on
/// are dead: they take no part in the softmax and their gradient is 0.
struct LossArguments {
    const float* logits = nullptr;         ///< [rows, columns] f32 row-major, read
    const std::uint8_t* labels = nullptr;  ///< [rows] u8, each < classes
    float* diff_logits =
        nullptr;  ///< [rows, columns] f32, overwritten; may be null: then only the loss is computed
    std::size_t rows = 0;
    std::size_t classes = 0;
    std::size_t columns = 0;  ///< round_up(classes, 16)
    float scale = 1;          ///< factor of the gradient: 1/batch for the gradient of the mean
};

/// Returns the sum (not the mean) over the rows of -log softmax(logits)[label], in nats, accumulated in
/// double in the order of the rows. Not-a-number in a row makes the sum not-a-number. Relative error of the
/// exponential: below 4e-7; terms below e^-87 count as e^-87. Cost: no allocation. Source: Goodfellow et al.
/// 2016, 6.2.2.3; the maximum is subtracted first.
using LossFn = double (*)(const LossArguments& arguments);

/// The loop compiled for `isa`; `isa` must not exceed detected_isa().
[[nodiscard]] LossFn softmax_cross_entropy(Isa isa);

}  // namespace mnist
