// Runs of leaves, and the buffers that the tree's sums lie in.
#include "own_leaves.hpp"

#include <algorithm>

namespace mnist {
namespace {

// Dealt in equal runs, as nearly as it comes out.
std::size_t dealt(std::size_t of, std::size_t i, std::size_t shares) {
    return i * of / shares;
}

// The stack of sum_tree.hpp as one of buffers: whatever is added is added to the lower one.
void plan_joins(OwnLeaves& own, const std::vector<SumNode>& sums, const std::vector<std::size_t>& buffers,
                bool all) {
    SumPlan plan = plan_sums(sums, all);
    for (std::size_t s = 0; s < sums.size(); ++s) {
        own.left_at.push_back(buffers[s]);
        for (std::size_t m = 0; m < plan.moves[s].merges; ++m) {
            const std::size_t from = own.left_at.back();
            own.left_at.pop_back();
            own.joins.push_back({.to = own.left_at.back(), .from = from});
        }
    }
    own.left = std::move(plan.left);
}

}  // namespace

std::size_t OwnLeaves::turns(const BatchCut& cut) const {
    std::size_t most = 0;
    for (std::size_t s = 0; s < shards.size(); ++s)
        while (group(cut, s, most)) ++most;
    return most;
}

std::optional<std::size_t> OwnLeaves::group(const BatchCut& cut, std::size_t shard, std::size_t turn) const {
    if (shard >= shards.size()) return std::nullopt;
    const std::size_t group = shards[shard].first * cut.groups_of_leaf() + turn;
    const std::size_t end = std::min(cut.groups(), shards[shard].end * cut.groups_of_leaf());
    return group < end ? std::optional(group) : std::nullopt;
}

OwnLeaves own_leaves(const BatchCut& cut, std::size_t rank, std::size_t ranks, std::size_t shards) {
    const std::size_t first = dealt(cut.leaves(), rank, ranks);
    const std::size_t count = dealt(cut.leaves(), rank + 1, ranks) - first;
    const std::size_t shares = std::min(shards, count);
    OwnLeaves own;
    std::vector<SumNode> sums;
    std::vector<std::size_t> buffers;
    for (std::size_t s = 0; s < shares; ++s) {
        Shard shard{.first = first + dealt(count, s, shares),
                    .end = first + dealt(count, s + 1, shares),
                    .sums = {},
                    .buffer = own.buffers};
        shard.sums = plan_sums(leaf_sums(shard.first, shard.end), false);
        for (std::size_t slot = 0; slot < shard.sums.left.size(); ++slot) {
            sums.push_back(shard.sums.left[slot]);
            buffers.push_back(shard.buffer + slot);
        }
        own.buffers += shard.sums.slots;
        own.shards.push_back(std::move(shard));
    }
    plan_joins(own, sums, buffers, ranks == 1);
    return own;
}

}  // namespace mnist
