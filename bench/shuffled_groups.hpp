// The rows of one group of steps after another, from all over the set as an epoch of training has them: rows
// that lie side by side, or that the last group left in a cache, would come faster than they do there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "mnist/core/checked.hpp"
#include "mnist/core/rng.hpp"

namespace mnist::bench {

class ShuffledGroups {
  public:
    ShuffledGroups(std::size_t rows_of_set, std::size_t rows_of_group, std::uint64_t seed)
        : rows_of_group_(rows_of_group),
          order_(round_up(std::max(rows_of_set, rows_of_group), rows_of_group)) {
        for (std::size_t i = 0; i < order_.size(); ++i)
            order_[i] = static_cast<std::uint32_t>(i % rows_of_set);
        CounterRng rng(seed, RandomPurpose::shuffle, 0);
        shuffle(order_, rng);
    }
    std::span<const std::uint32_t> next() {
        const auto group = std::span(order_).subspan(at_, rows_of_group_);
        at_ = (at_ + rows_of_group_) % order_.size();
        return group;
    }

  private:
    std::size_t rows_of_group_;
    std::vector<std::uint32_t> order_;
    std::size_t at_ = 0;
};

}  // namespace mnist::bench
