// The leaves of a batch that this process computes, dealt to shards: runs of leaves that a team walks through
// side by side. A shard keeps the sums of its gradients in buffers of its own, so several workers add to
// gradients of the same weights and none waits for another; at the end of the step what the shards have is
// joined as the tree says (sum_tree.hpp), so that the bits depend neither on shards nor on ranks. Private to
// this room.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "mnist/step/layer_plan.hpp"
#include "sum_tree.hpp"

namespace mnist {

/// Leaves [first, end) of the batch.
struct Shard {
    std::size_t first = 0, end = 0;
    SumPlan sums;            ///< of its leaves, one after the other
    std::size_t buffer = 0;  ///< of the stack's first slot
};

/// An addition of two buffers' sums, into the first.
struct SumJoin {
    std::size_t to = 0, from = 0;
    [[nodiscard]] bool operator==(const SumJoin&) const = default;
};

struct OwnLeaves {
    std::vector<Shard> shards;
    std::vector<SumJoin> joins;        ///< in their order, once all shards are through
    std::vector<SumNode> left;         ///< then; the whole batch's sum where a process is alone
    std::vector<std::size_t> left_at;  ///< the buffer of each
    std::size_t buffers = 0;

    /// Groups that the shard with most of them walks through, one a turn.
    [[nodiscard]] std::size_t turns(const BatchCut& cut) const;
    /// The group of a shard's turn, if it has so many.
    [[nodiscard]] std::optional<std::size_t> group(const BatchCut& cut, std::size_t shard,
                                                   std::size_t turn) const;
};

/// Those of a rank, in as many shards as asked, or in one for each leaf where there are fewer.
[[nodiscard]] OwnLeaves own_leaves(const BatchCut& cut, std::size_t rank, std::size_t ranks,
                                   std::size_t shards);

}  // namespace mnist
