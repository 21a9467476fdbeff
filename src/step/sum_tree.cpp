// A stack of sums is a binary number: adding a leaf is counting, and a carry is an addition.
#include "sum_tree.hpp"

#include <algorithm>

namespace mnist {
namespace {

bool siblings(const SumNode& left, const SumNode& right) {
    return left.level == right.level && (left.first >> left.level) % 2 == 0;
}

}  // namespace

SumPlan plan_sums(std::span<const SumNode> sums, bool all) {
    SumPlan plan;
    std::vector<SumNode>& stack = plan.left;
    for (const SumNode& sum : sums) {
        SumMove move{.slot = stack.size()};
        stack.push_back(sum);
        plan.slots = std::max(plan.slots, stack.size());
        for (; stack.size() > 1 && siblings(stack.end()[-2], stack.back()); ++move.merges) {
            stack.pop_back();
            ++stack.back().level;
        }
        plan.moves.push_back(move);
    }
    if (all && !stack.empty()) {
        plan.moves.back().merges += stack.size() - 1;
        stack.resize(1);
    }
    return plan;
}

std::vector<SumNode> leaf_sums(std::size_t first, std::size_t end) {
    std::vector<SumNode> sums;
    for (std::size_t leaf = first; leaf < end; ++leaf) sums.push_back({.first = leaf});
    return sums;
}

}  // namespace mnist
