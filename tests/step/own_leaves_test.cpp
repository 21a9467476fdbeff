// Who has which leaves of a batch, and that all that shards and ranks add up is what the tree adds.
#include "own_leaves.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "catch.hpp"

namespace mnist {
namespace {

// The buffers of a process after a step, as they were added up: "((0+1)+2)".
std::vector<std::string> buffers_after_step(const BatchCut& cut, const OwnLeaves& own) {
    std::vector<std::string> buffers(own.buffers, "nothing");
    const auto add = [&](std::size_t to, std::size_t from) {
        buffers.at(to) = fmt::format("({}+{})", buffers.at(to), buffers.at(from));
        buffers.at(from) = "used";
    };
    const std::size_t of_leaf = cut.groups_of_leaf();
    std::size_t groups = 0;
    for (std::size_t turn = 0; turn < own.turns(cut); ++turn) {
        for (std::size_t s = 0; s < own.shards.size(); ++s) {
            const auto group = own.group(cut, s, turn);
            if (!group) continue;
            ++groups;
            const Shard& shard = own.shards[s];
            const SumMove& move = shard.sums.moves.at(*group / of_leaf - shard.first);
            const std::size_t buffer = shard.buffer + move.slot;
            if (*group % of_leaf == 0) buffers.at(buffer) = std::to_string(*group / of_leaf);
            if ((*group + 1) % of_leaf != 0 && *group + 1 != cut.groups()) continue;
            for (std::size_t from = buffer; from > buffer - move.merges; --from) add(from - 1, from);
        }
    }
    for (const SumJoin& join : own.joins) add(join.to, join.from);
    std::size_t expected = 0;
    for (const Shard& shard : own.shards)
        expected += std::min(cut.groups(), shard.end * of_leaf) - shard.first * of_leaf;
    CHECK(groups == expected);
    return buffers;
}

std::string tree(std::size_t first, std::size_t end) {
    if (end - first == 1) return std::to_string(first);
    std::size_t half = 1;
    while (2 * half < end - first) half *= 2;
    return fmt::format("({}+{})", tree(first, first + half), tree(first + half, end));
}

}  // namespace

TEST_CASE("leaves: shards of a process alone join to the tree's sum, in the first buffer") {
    for (const std::size_t rows : {1U, 64U, 200U, 256U, 600U, 1000U, 1024U, 1280U, 3500U, 4096U, 60000U}) {
        const BatchCut cut = cut_batch(rows);
        for (const std::size_t shards : {1U, 2U, 3U, 4U, 7U, 100U}) {
            CAPTURE(rows, shards);
            const OwnLeaves own = own_leaves(cut, 0, 1, shards);
            CHECK(own.shards.size() == std::min(shards, cut.leaves()));
            CHECK(own.left_at == std::vector<std::size_t>{0});
            CHECK(buffers_after_step(cut, own).front() == tree(0, cut.leaves()));
        }
    }
}

TEST_CASE("leaves: a rank is left with the same sums whatever its shards") {
    for (const std::size_t rows : {1000U, 1280U, 4096U, 60000U}) {
        const BatchCut cut = cut_batch(rows);
        for (const std::size_t ranks : {2U, 3U, 5U}) {
            for (std::size_t rank = 0; rank < ranks; ++rank) {
                std::vector<std::string> expected;
                for (const std::size_t shards : {1U, 2U, 3U, 4U}) {
                    CAPTURE(rows, ranks, rank, shards);
                    const OwnLeaves own = own_leaves(cut, rank, ranks, shards);
                    const std::vector<std::string> buffers = buffers_after_step(cut, own);
                    std::vector<std::string> left;
                    for (const std::size_t buffer : own.left_at) left.push_back(buffers.at(buffer));
                    if (shards == 1) expected = left;
                    CHECK(left == expected);
                    CHECK(own.left == own_leaves(cut, rank, ranks, 1).left);
                }
            }
        }
    }
}

TEST_CASE("leaves: they are dealt in runs, and some ranks have none where leaves are few") {
    const BatchCut cut = cut_batch(1024);
    CHECK(own_leaves(cut, 0, 2, 1).shards.front().end == 2);
    CHECK(own_leaves(cut, 1, 2, 1).shards.front().first == 2);
    CHECK(own_leaves(cut, 0, 8, 4).shards.empty());
    CHECK(own_leaves(cut, 0, 8, 4).turns(cut) == 0);
    CHECK(own_leaves(cut, 7, 8, 4).shards.front().end == 4);
    const BatchCut large = cut_batch(60000);
    CHECK(large.leaves() <= kMostLeaves);
    CHECK(own_leaves(large, 63, 64, 1).group(large, 0, 0).value() +
              own_leaves(large, 63, 64, 1).turns(large) ==
          large.groups());
}

}  // namespace mnist
