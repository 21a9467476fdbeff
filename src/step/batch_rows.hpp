// How a step reads the rows of its batch out of the data set: normalised pixels, and labels for the
// loss. Private to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mnist/core/pixels.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/loss.hpp"

namespace mnist {

/// What one step reads.
struct StepInput {
    const LabelledRows& data;
    std::span<const std::uint32_t>
        order;                 ///< row numbers from this batch's first row to the end of the epoch
    std::size_t slot = 0;      ///< where a feed put the batch
    std::size_t turn = 0;      ///< turns of the epoch before the step's first
    std::uint64_t serial = 0;  ///< different for every step of the engine's life, never 0
};

/// A group of rows while it is worked on: which it is of the batch, of which shard, and the how manieth of
/// it.
struct GroupPlace {
    std::size_t group = 0, shard = 0, turn = 0;
};

/// Some columns of a row, from the first to behind the last.
struct Columns {
    std::size_t first = 0, end = 0;
    [[nodiscard]] std::size_t width() const { return end - first; }
};

/// Gathers and normalises some columns of rows. Those from the data's pixels on become 0.
class RowGather {
  public:
    RowGather(Isa isa, Precision type) : normalize_(normalize_pixels(isa)), type_(type) {}

    /// dst  [order.size(), columns.width()] of the type
    void rows(const LabelledRows& data, std::span<const std::uint32_t> order, Columns columns,
              void* dst) const;

  private:
    NormalizeFn normalize_;
    Precision type_;
};

/// Sum of the losses of the rows in `order`, and their gradients. `arguments` has everything but labels and
/// the number of rows.
[[nodiscard]] double loss_of_rows(LossFn loss, LossArguments arguments, const LabelledRows& data,
                                  std::span<const std::uint32_t> order);

}  // namespace mnist
