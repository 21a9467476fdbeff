// A step put together from shares: the arithmetic on numbers that can be followed by hand, and the family
// once from end to end. How near a prediction comes is no test's: that depends on who else uses the machine.
#include "catch.hpp"
#include "fixtures.hpp"
#include "scaling_model.hpp"

using namespace mnist;
using namespace mnist::bench;

TEST_CASE("scaling: the longest share is that of the worker who ends last") {
    CHECK(longest_share({.items = 3, .own_s = {3, 5, 4}}) == Approx(5));
    // Worker 0 is free first and takes the first item, then worker 2, at 4, before worker 0, at 4.5.
    CHECK(longest_share({.items = 5, .own_s = {3, 5, 4}, .anyones_s = {1.5, 3}}) == Approx(7));
    CHECK(longest_share({.items = 3, .own_s = {2}, .anyones_s = {1, 1}}) == Approx(4));
    CHECK(longest_share({.items = 1, .own_s = {0, 0, 0}, .anyones_s = {2}}) == Approx(2));
}

TEST_CASE("scaling: samples are the steps between the warm-up and the last, by phase and worker") {
    ShareSamples samples(2);
    for (const std::size_t worker : {0U, 1U}) {
        // The epoch's first phase, then two phases a step; worker 0 has both items that are anybody's.
        std::vector<PhaseTimes> log{{.items = 9, .own_s = 99}};
        for (const double step_s : {50.0, 50.0, 3.0, 1.0, 2.0, 70.0}) {
            log.push_back({.items = 2, .own_s = step_s + static_cast<double>(worker)});
            log.push_back({.items = 7, .own_s = 10 * step_s, .anyones = {}});
            if (worker == 0) log.back().anyones = {step_s / 2, step_s / 4};
        }
        samples.add(worker, 6, log);
    }
    const std::vector<PhaseShares> phases = samples.medians();
    REQUIRE(phases.size() == 2);
    CHECK(phases[0].items == 2);
    CHECK(phases[0].own_s == std::vector<double>{2, 3});
    CHECK(phases[0].anyones_s.empty());
    CHECK(phases[1].items == 7);
    CHECK(phases[1].own_s == std::vector<double>{20, 20});
    // A worker's second such item lies a whole team behind its first.
    CHECK(phases[1].anyones_s == std::vector<double>{1, 0, 0.5});
}

TEST_CASE("scaling: a last step without its last phase does not shift the others") {
    ShareSamples samples(1);
    std::vector<PhaseTimes> log{{.items = 9}};
    for (int step = 0; step < 4; ++step)
        for (const double own_s : {1.0, 2.0, 3.0}) log.push_back({.items = 1, .own_s = own_s});
    log.pop_back();
    samples.add(0, 4, log);
    const std::vector<PhaseShares> phases = samples.medians();
    REQUIRE(phases.size() == 3);
    for (std::size_t p = 0; p < 3; ++p)
        CHECK(phases[p].own_s == std::vector<double>{1.0 + static_cast<double>(p)});
}

TEST_CASE(
    "scaling: a gate costs by its items, or by its workers where these are more, and one worker nothing") {
    const GateCost cost{.base_s = 10, .item_s = 2};
    CHECK(gate_seconds(cost, 5, 1) == 0);
    CHECK(gate_seconds(cost, 5, 2) == Approx(20));
    CHECK(gate_seconds(cost, 5, 8) == Approx(26));
}

TEST_CASE("scaling: lines are those of the network and the batch") {
    const std::vector<LayerPlan> layers = plan_layers({784, 128, 64, 10}, KernelFamily::plain);
    const BatchCut cut = cut_batch(64);  // two blocks of 32 rows
    CHECK(lines_read(layers, cut, {}, 1) == 0);
    // A row's sums of 128 floats are eight lines, from two chains; the upper weights 128 * 64 + 64 * 16
    // floats.
    CHECK(lines_read(layers, cut, {}, 2) == Approx(32 * 2 * 8 / 2.0 + 32 * 8 + 576 / 2.0));
    // With four workers there is one that has no rows.
    CHECK(lines_read(layers, cut, {}, 4) == Approx((32 * 2 * 8 + 576) * 0.75 + 64 * 8));
    const std::vector<LayerPlan> blocked = plan_layers({784, 128, 64, 10}, KernelFamily::blocked);
    // One of four panels of 400 inputs and 64 outputs.
    CHECK(lines_read(blocked, cut, {.forward = true}, 8) - lines_read(blocked, cut, {}, 8) ==
          Approx(400.0 * 64 / 16 * 0.875));
    // Four groups of four blocks side by side: of sixteen workers each has a block, its shard's gradients of
    // sums, a strip of the three other sums, and a panel of its chain.
    const BatchCut groups = cut_batch(1024);
    const StepPhases apart{.shards = 4, .turns = 1, .joins = true, .forward = true};
    CHECK(lines_read(blocked, groups, apart, 16) ==
          Approx((64 * 2 * 8 + 576 + 256 * 8 + 400 * 64 / 16.0) * 15 / 16 + 3 * 784 * 128 / 16.0 / 16));
}

TEST_CASE("scaling: which phases a step has follows from how many there are") {
    const BatchCut groups = cut_batch(1024);
    const auto same = [](const StepPhases& step, std::size_t turns, bool joins, bool forward) {
        return step.turns == turns && step.joins == joins && step.forward == forward;
    };
    CHECK(same(step_phases(groups, 1, 8), 4, false, false));
    CHECK(same(step_phases(groups, 1, 9), 4, false, true));
    CHECK(same(step_phases(groups, 4, 4), 1, true, true));
    CHECK(same(step_phases(groups, 2, 6), 2, true, true));
}

TEST_CASE("scaling: a step is the longest shares, the gates and the lines") {
    const std::vector<PhaseShares> phases{{.items = 2, .own_s = {3, 4}},
                                          {.items = 4, .own_s = {6, 5}, .anyones_s = {2}}};
    const Prediction two = predict_step(phases, {}, 2, {.base_s = 0.5, .item_s = 0.25}, 100, 0.01);
    CHECK(two.shares_s == std::array<double, 3>{4, 7, 0});
    CHECK(two.gates_s == Approx(1 + 1.5));
    CHECK(two.lines_s == Approx(1));
    CHECK(two.step_s() == Approx(14.5));
    // Two turns, and behind them the sums joined and the forward pass.
    const std::vector<PhaseShares> six(6, PhaseShares{.items = 2, .own_s = {1, 2}});
    const StepPhases apart{.shards = 2, .turns = 2, .joins = true, .forward = true};
    CHECK(predict_step(six, apart, 2, {}, 0, 0).shares_s == std::array<double, 3>{4, 6, 2});
    const Prediction one =
        predict_step({{.items = 2, .own_s = {3}}}, {}, 1, {.base_s = 9, .item_s = 9}, 100, 9);
    CHECK(one.step_s() == Approx(3));
}

TEST_CASE("scaling: each number of cores has a prediction, and a measurement where the machine has them") {
    const testing::Workshop workshop;
    const testing::Finished finished =
        workshop.mnist({"--data-dir", "tiny", "--benchmark_filter=^Scaling/Adam/batch:64/cores:(1|64)$",
                        "--benchmark_min_time=0.001", "--benchmark_out=r.json"});
    CAPTURE(finished.output, finished.error);
    REQUIRE(finished.exit_code == 0);
    const auto runs = workshop.json_of("r.json").at("benchmarks");
    REQUIRE(runs.size() == 2);
    for (const auto& run : runs) {
        CAPTURE(run.dump());
        for (const char* const key :
             {"predicted_us", "speedup_predicted", "samples_per_second", "rows_us", "weights_us"})
            CHECK(run.at(key) > 0);
        const double sum = run.at("rows_us").get<double>() + run.at("weights_us").get<double>() +
                           run.at("forward_us").get<double>() + run.at("gates_us").get<double>() +
                           run.at("lines_us").get<double>();
        CHECK(run.at("predicted_us").get<double>() == Approx(sum));
        CHECK(run.at("real_time").get<double>() == Approx(sum));
    }
    CHECK(runs.at(0).at("measured_us") > 0);
    CHECK(runs.at(0).at("gates_us") == 0);
}
