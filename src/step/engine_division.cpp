// How a step's work is divided among the team: shards of the batch, strips of the weights, and the items of
// each phase. The bits do not depend on it.
#include <algorithm>

#include "engine_impl.hpp"

namespace mnist {
namespace {

// As few strips of each of so many pieces as come out even, or nearly: of some numbers that which leaves the
// least to the one worker that has most.
std::size_t strips_of(std::size_t pieces, std::size_t team) {
    constexpr std::size_t kMost = 6;
    const auto most_of_one = [&](std::size_t strips) { return (pieces * strips + team - 1) / team; };
    std::size_t strips = 1;
    for (std::size_t n = 2; n <= kMost; ++n)
        if (most_of_one(n) * strips < most_of_one(strips) * n) strips = n;
    return strips;
}

}  // namespace

OwnLeaves Engine::Impl::leaves_of(const BatchCut& cut) const {
    const Exchange* const exchange = options_.exchange;
    return exchange == nullptr ? own_leaves(cut, 0, 1, strips_.shards)
                               : own_leaves(cut, exchange->rank(), exchange->ranks(), strips_.shards);
}

// Gradients in bf16 are not divided: oneDNN computes a strip of a matrix by other kernels than the whole,
// which sum in another order on AMX.
void Engine::Impl::divide_work() {
    const LayerPlan& first = plans.front();
    const std::size_t chains = first.chains();
    const std::size_t team = team_.at_once();
    const BatchCut cut = cut_batch(options_.batch);
    strips_.shards = shards_of(first, cut, team);
    strips_.shards = std::max<std::size_t>(1, leaves_of(cut).shards.size());
    const std::size_t of_chain = strips_of(chains * strips_.shards, team);
    const bool divided = options_.precision == Precision::f32;
    strips_.forward = first.forward_strips(of_chain);
    strips_.gradient.push_back(first.gradient_strips(divided ? of_chain : 1));
    forward_too_ =
        strips_.shards == 1 && strips_.forward == strips_.gradient.front() && team <= strips_.forward.size();
    constexpr std::size_t kUpperFloats = 4096;  // of a strip; less is not worth a product of its own
    for (std::size_t l = 1; l < plans.size(); ++l) {
        const std::size_t worth = std::max<std::size_t>(1, plans[l].weight_floats() / kUpperFloats);
        strips_.gradient.push_back(plans[l].gradient_strips(divided ? std::min(worth, team) : 1));
    }
    strips_.update = strips_.gradient;
    if (strips_.shards > 1) strips_.update.front() = first.gradient_strips(strips_of(chains, team));
    list_items();
}

// Chains of a shard follow each other, and strips of a chain: what a worker is dealt shares rows and weights,
// and what few workers are dealt shares blocks as well.
void Engine::Impl::list_items() {
    const std::size_t chains = plans.front().chains();
    const std::size_t tiles = cut_batch(options_.batch).tiles_of(0);
    const auto add = [&](std::size_t l, std::size_t shard, std::size_t chain) {
        const auto [first, end] = strips_of_chain(strips_.gradient[l], chain);
        const auto [first_forward, end_forward] = strips_of_chain(strips_.forward, chain);
        for (std::size_t s = first; s < end; ++s)
            weights_items_.push_back({.layer = l,
                                      .strip = s,
                                      .rows = {.chain = chain,
                                               .shard = shard,
                                               .first_strip = first_forward,
                                               .end_strip = end_forward,
                                               .share = s - first,
                                               .shares = end - first}});
        const std::size_t shares = (end_forward - first_forward) * tiles;
        for (std::size_t s = 0; l == 0 && s < shares; ++s)
            forward_items_.push_back({chain, shard, first_forward, end_forward, s, shares});
    };
    for (std::size_t shard = 0; shard < strips_.shards; ++shard)
        for (std::size_t c = 0; c < chains; ++c) add(0, shard, c);
    dealt_weights_ = weights_items_.size();
    for (std::size_t l = 1; l < plans.size(); ++l)
        for (std::size_t shard = 0; shard < strips_.shards; ++shard) add(l, shard, 0);
    for (std::size_t l = 0; l < plans.size(); ++l)
        for (std::size_t s = 0; s < strips_.update[l].size(); ++s) update_items_.emplace_back(l, s);
}

// What a worker is dealt for the weights it meets in the next turn again.
RowPlaces Engine::Impl::row_places() const {
    RowPlaces places;
    const auto pair = [&](std::size_t item) {
        const ForwardItem& rows = weights_items_[item].rows;
        return rows.shard * plans.front().chains() + rows.chain;
    };
    const std::size_t team = team_.at_once();
    for (std::size_t t = 0; t < team; ++t) {
        const std::size_t begin = t * dealt_weights_ / team;
        const std::size_t end = (t + 1) * dealt_weights_ / team;
        if (begin == end) continue;
        places.pairs = std::max(places.pairs, pair(end - 1) + 1 - pair(begin));
        for (std::size_t item = begin + 1; item < end; ++item)
            if (pair(item) == pair(item - 1)) places.turns = 2;
    }
    return places;
}

}  // namespace mnist
