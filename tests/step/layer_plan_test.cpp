// How layers and batches are cut: nothing is left out, nothing is done twice.
#include "mnist/step/layer_plan.hpp"

#include <algorithm>

#include "catch.hpp"

namespace mnist {

TEST_CASE("plan: weights and gradients have places of their own, padding is a multiple of 16") {
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked, KernelFamily::amx}) {
        std::size_t below = 0;
        for (LayerPlan plan : plan_layers({130, 130, 64, 47, 10}, family)) {
            CHECK(plan.in_padded % (family == KernelFamily::amx ? kAmxInputs : kLane) == 0);
            CHECK(plan.out_padded % kLane == 0);
            CHECK((below == 0 || plan.in_padded == below));
            below = plan.out_padded;
            CHECK(plan.out_padded % plan.panel_width == 0);
            CHECK(plan.cuts.front() == 0);
            CHECK(plan.cuts.back() == plan.in_padded);
            for (const WeightsLayout order : {WeightsLayout::input_major, WeightsLayout::output_major}) {
                plan.gradient_layout = order;
                std::vector<bool> weights(plan.weight_floats(), false);
                std::vector<bool> gradients(plan.weight_floats(), false);
                for (std::size_t i = 0; i < plan.in_padded; ++i) {
                    for (std::size_t o = 0; o < plan.out_padded; ++o) {
                        REQUIRE_FALSE(weights.at(plan.offset(o, i)));
                        REQUIRE_FALSE(gradients.at(plan.gradient_offset(o, i)));
                        weights[plan.offset(o, i)] = gradients[plan.gradient_offset(o, i)] = true;
                    }
                }
            }
        }
    }
}

TEST_CASE("plan: strips take every weight once, however many there are") {
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked, KernelFamily::amx}) {
        for (const LayerPlan& plan : plan_layers({784, 128, 64, 10}, family)) {
            for (const std::size_t count : {1U, 2U, 3U, 5U, 6U, 100U}) {
                for (const auto& strips : {plan.gradient_strips(count), plan.forward_strips(count)}) {
                    std::vector<int> taken(plan.weight_floats(), 0);
                    for (const Strip& strip : strips) {
                        REQUIRE(plan.cuts[strip.chain] <= strip.first_in);
                        REQUIRE(strip.end_in <= plan.cuts[strip.chain + 1]);
                        for (std::size_t i = strip.first_in; i < strip.end_in; ++i) {
                            for (std::size_t o = strip.first_out; o < strip.end_out; ++o)
                                ++taken.at(plan.offset(o, i));
                        }
                    }
                    REQUIRE(std::count(taken.begin(), taken.end(), 1) ==
                            static_cast<std::ptrdiff_t>(taken.size()));
                }
                // What is cut in the forward pass must not be a sum.
                for (const Strip& strip : plan.forward_strips(count))
                    CHECK(strip.inputs() == plan.chain_width(strip.chain));
            }
        }
    }
}

TEST_CASE("plan: the inputs of the first layer are cut into two chains, equal to within a block") {
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked, KernelFamily::amx}) {
        const LayerPlan plan = plan_layers({784, 128, 64, 10}, family).front();
        REQUIRE(plan.chains() == 2);
        for (std::size_t c = 0; c < 2; ++c) {
            CHECK(plan.chain_width(c) % plan.bf16_block == 0);
            CHECK(plan.widest_chain() - plan.chain_width(c) <= plan.bf16_block);
        }
        CHECK(plan_layers({20, 16, 4}, family).front().chains() == 1);
    }
    CHECK(plan_layers({784, 128, 64, 10}, KernelFamily::amx).front().in_padded == 800);
}

TEST_CASE("plan: groups, tiles and blocks take every row of a batch once, in whole blocks") {
    for (std::size_t rows = 1; rows <= 5000; rows += rows < 700 ? 1 : 37) {
        const BatchCut cut = cut_batch(rows);
        INFO(rows << " rows");
        REQUIRE(cut.group % cut.block == 0);
        REQUIRE(cut.tile % cut.block == 0);
        REQUIRE(cut.group % cut.tile == 0);
        REQUIRE(cut.group <= 256);
        std::size_t all = 0;
        std::size_t blocks = 0;
        for (std::size_t g = 0; g < cut.groups(); ++g) {
            REQUIRE(cut.rows_of(g) > 0);
            REQUIRE(cut.rows_of(g) <= cut.group);
            REQUIRE((cut.rows_of(g) == cut.group || g + 1 == cut.groups()));
            REQUIRE(cut.tiles_of(g) <= 4);
            const bool two = g + 1 < cut.groups();
            REQUIRE(cut.rows_of(g, 2) == cut.rows_of(g) + (two ? cut.rows_of(g + 1) : 0));
            REQUIRE(cut.tiles_of(g, 2) == cut.tiles_of(g) + (two ? cut.tiles_of(g + 1) : 0));
            REQUIRE(cut.blocks_of(g, 2) == cut.blocks_of(g) + (two ? cut.blocks_of(g + 1) : 0));
            all += cut.rows_of(g);
            blocks += cut.blocks_of(g);
        }
        REQUIRE(all == rows);
        REQUIRE(blocks == cut.blocks());
    }
    CHECK(cut_batch(64).groups() == 1);
    CHECK(cut_batch(1024).groups() == 4);
    CHECK(cut_batch(300).group == 152);  // no much smaller one is left
}

TEST_CASE("plan: shards are as many as give every worker rows and a gradient, and no more than leaves") {
    const LayerPlan usual = plan_layers({784, 128, 64, 10}, KernelFamily::blocked).front();
    const LayerPlan wide = plan_layers({784, 2000, 10}, KernelFamily::blocked).front();
    const auto shards = [&](std::size_t batch, std::size_t team) {
        return shards_of(usual, cut_batch(batch), team);
    };
    for (const std::size_t batch : {64U, 128U}) CHECK(shards(batch, 64) == 1);
    CHECK(shards(256, 2) == 1);
    CHECK(shards(256, 3) == 2);
    CHECK(shards(256, 64) == 2);
    CHECK(shards(1024, 1) == 1);
    CHECK(shards(1024, 2) == 1);
    CHECK(shards(1024, 3) == 2);
    CHECK(shards(1024, 4) == 2);
    CHECK(shards(1024, 5) == 4);
    CHECK(shards(4096, 64) == 4);
    CHECK(shards(600, 64) == 3);
    // Strips of its chains are worth a product each.
    CHECK(shards_of(wide, cut_batch(4096), 4) == 1);
    CHECK(shards_of(wide, cut_batch(4096), 8) == 2);  // for their rows
}

}  // namespace mnist
