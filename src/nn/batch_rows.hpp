// How a step reads the rows of its batch out of the data set: normalised pixels, and labels for the
// loss. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mnist/core/pixels.hpp"
#include "mnist/nn/engine.hpp"
#include "mnist/nn/loss.hpp"

namespace mnist {

/// What one step reads.
struct StepInput {
    const LabelledRows& data;
    std::span<const std::uint32_t>
        order;                 ///< row numbers from this batch's first row to the end of the epoch
    std::size_t slot = 0;      ///< where a feed put the batch
    std::size_t turn = 0;      ///< how often the threads have waited for each other in the epoch before it
    std::uint64_t serial = 0;  ///< different for every step of the engine's life, never 0
};

/// Gathers and normalises rows. The columns from the data's pixels to `in_padded` become 0.
class RowGather {
  public:
    RowGather(Isa isa, std::size_t in_padded, Precision type)
        : normalize_(normalize_pixels(isa)), in_padded_(in_padded), type_(type) {}

    /// dst  [order.size(), in_padded] of the type
    void rows(const LabelledRows& data, std::span<const std::uint32_t> order, void* dst) const;

  private:
    NormalizeFn normalize_;
    std::size_t in_padded_;
    Precision type_;
};

/// Sum of the losses of the rows in `order`, and their gradients. `arguments` has everything but labels and
/// the number of rows.
[[nodiscard]] double loss_of_rows(LossFn loss, LossArguments arguments, const LabelledRows& data,
                                  std::span<const std::uint32_t> order);

}  // namespace mnist
