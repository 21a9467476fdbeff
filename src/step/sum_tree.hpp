// The order in which the gradients of a batch's leaves are added: a binary tree over their numbers, which
// follows from how many there are. Equal neighbours are added as soon as both are there, and what is left at
// the end from the right; so few sums are kept apart, and whoever has only some of the leaves adds what the
// tree adds. Private to this room.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace mnist {

/// Sum of the leaves [first, first + 2^level); `first` is a multiple of 2^level.
struct SumNode {
    std::size_t first = 0;
    std::size_t level = 0;
    [[nodiscard]] bool operator==(const SumNode&) const = default;
};

/// What happens to a sum when it comes: it is put on a stack at `slot`, and the topmost is added to the one
/// below it so many times.
struct SumMove {
    std::size_t slot = 0;
    std::size_t merges = 0;
    [[nodiscard]] bool operator==(const SumMove&) const = default;
};

struct SumPlan {
    std::vector<SumMove> moves;  ///< one for each sum that comes
    std::vector<SumNode> left;   ///< on the stack, behind the last one
    std::size_t slots = 0;       ///< the most that are on the stack
};

/// For sums that follow each other without a gap. `all`: they are all there are, so one is left.
[[nodiscard]] SumPlan plan_sums(std::span<const SumNode> sums, bool all);

/// The leaves [first, end), as sums of one each.
[[nodiscard]] std::vector<SumNode> leaf_sums(std::size_t first, std::size_t end);

}  // namespace mnist
