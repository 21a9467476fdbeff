// The tree of a batch's leaves: whoever has which of them, the same numbers are added in the same order.
#include "sum_tree.hpp"

#include <string>

#include "catch.hpp"

namespace mnist {
namespace {

// A sum as it was added up: "((0+1)+2)".
class Stack {
  public:
    void take(std::string sum, const SumMove& move) {
        REQUIRE(move.slot == sums_.size());
        sums_.push_back(std::move(sum));
        for (std::size_t m = 0; m < move.merges; ++m) {
            const std::string top = sums_.back();
            sums_.pop_back();
            sums_.back() = "(" + sums_.back() + "+" + top + ")";
        }
    }
    [[nodiscard]] const std::vector<std::string>& sums() const { return sums_; }

  private:
    std::vector<std::string> sums_;
};

std::vector<std::string> sums_of(std::size_t first, std::size_t end, bool all) {
    Stack stack;
    const SumPlan plan = plan_sums(leaf_sums(first, end), all);
    for (std::size_t leaf = first; leaf < end; ++leaf)
        stack.take(std::to_string(leaf), plan.moves[leaf - first]);
    REQUIRE(stack.sums().size() == plan.left.size());
    return stack.sums();
}

}  // namespace

TEST_CASE("tree: neighbours are added first, and what is left over from the right") {
    CHECK(sums_of(0, 1, true) == std::vector<std::string>{"0"});
    CHECK(sums_of(0, 3, true) == std::vector<std::string>{"((0+1)+2)"});
    CHECK(sums_of(0, 7, true) == std::vector<std::string>{"(((0+1)+(2+3))+((4+5)+6))"});
    CHECK(sums_of(1, 4, false) == std::vector<std::string>{"1", "(2+3)"});
    CHECK(plan_sums(leaf_sums(0, 64), true).slots == 7);
    CHECK(plan_sums({}, true).moves.empty());
}

TEST_CASE("tree: leaves that are dealt to several are added as one alone adds them") {
    for (std::size_t leaves = 1; leaves <= 64; ++leaves) {
        const std::string expected = sums_of(0, leaves, true).front();
        for (const std::size_t ranks : {1U, 2U, 3U, 4U, 5U, 8U, 64U, 100U}) {
            std::vector<SumNode> nodes;
            std::vector<std::string> sums;
            for (std::size_t rank = 0; rank < ranks; ++rank) {
                const std::size_t first = rank * leaves / ranks;
                const std::size_t end = (rank + 1) * leaves / ranks;
                const SumPlan plan = plan_sums(leaf_sums(first, end), false);
                nodes.insert(nodes.end(), plan.left.begin(), plan.left.end());
                const std::vector<std::string> own = sums_of(first, end, false);
                sums.insert(sums.end(), own.begin(), own.end());
            }
            const SumPlan plan = plan_sums(nodes, true);
            Stack stack;
            for (std::size_t n = 0; n < nodes.size(); ++n) stack.take(sums[n], plan.moves[n]);
            INFO(leaves << " leaves, " << ranks << " ranks");
            REQUIRE(stack.sums() == std::vector<std::string>{expected});
        }
    }
}

}  // namespace mnist
