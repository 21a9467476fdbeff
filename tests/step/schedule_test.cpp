// Learning rates by step against values computed by hand in double precision (PyTorch's OneCycleLR with
// cycle_momentum=False gives the same), and what each optimizer makes of them.
#include "mnist/step/schedule.hpp"

#include <array>
#include <cmath>

#include "catch.hpp"
#include "mnist/step/optimizer.hpp"
#include "step/reference.hpp"

namespace mnist {
namespace {

Schedule one_cycle(std::uint64_t steps, double warmup) {
    return {.kind = ScheduleKind::one_cycle, .warmup = warmup, .steps = steps};
}

// Ten steps, the peak at the third: 1/25 + (24/25) (1 - cos(pi s/2)) / 2, then down over seven steps.
constexpr std::array kTenSteps{0.04,
                               0.52,
                               1.0,
                               0.9504846320134737,
                               0.8117456539497631,
                               0.6112620219362893,
                               0.38874197806371075,
                               0.18825834605023697,
                               0.049519367986526286,
                               4e-6};

}  // namespace

TEST_CASE("schedule: one-cycle rises from a 25th of the peak and falls to a 10000th of that") {
    for (std::size_t s = 0; s < kTenSteps.size(); ++s) {
        CAPTURE(s);
        CHECK(schedule_factor(one_cycle(10, 0.3), s + 1) == Approx(kTenSteps[s]).epsilon(1e-12));
    }
}

TEST_CASE("schedule: a peak between two steps is passed, not reached") {
    // 0.3 * 8 - 1 = 1.4 is no whole number.
    constexpr std::array kEightSteps{0.04,
                                     0.819275104892192,
                                     0.9719417773875232,
                                     0.811745653949763,
                                     0.5559840141227016,
                                     0.28306099820869923,
                                     0.0766415938342564,
                                     4e-6};
    for (std::size_t s = 0; s < kEightSteps.size(); ++s) {
        CAPTURE(s);
        CHECK(schedule_factor(one_cycle(8, 0.3), s + 1) == Approx(kEightSteps[s]).epsilon(1e-12));
    }
}

TEST_CASE("schedule: runs of one step, without warm-up, and beyond the last step have finite rates") {
    CHECK(schedule_factor(one_cycle(1, 0.3), 1) == 1);
    CHECK(schedule_factor(one_cycle(100, 0), 1) == 1);
    CHECK(schedule_factor(one_cycle(100, 0.009), 1) == 1);
    CHECK(schedule_factor(one_cycle(100, 0), 2) < 1);
    CHECK(schedule_factor(one_cycle(100, 0.999), 99) < 1);
    CHECK(schedule_factor(one_cycle(100, 0.999), 100) == Approx(4e-6).epsilon(1e-9));
    CHECK(schedule_factor(one_cycle(100, 0.3), 101) == schedule_factor(one_cycle(100, 0.3), 100));
}

TEST_CASE("schedule: a constant rate asks for no number of steps") {
    for (const std::uint64_t t : {1U, 2U, 1000000U}) CHECK(schedule_factor({}, t) == 1);
}

TEST_CASE("schedule: every optimizer follows it") {
    TrainConfig config;
    config.schedule = ScheduleKind::one_cycle;
    config.peak_lr = 0.5;
    config.warmup = 0.3;
    config.momentum = 0.9;
    config.adam_beta2 = 0.98;
    for (const OptimizerKind kind : kOptimizerKinds) {
        CAPTURE(name(kind));
        const OptimizerSettings settings = settings_for(kind, config, kTenSteps.size());
        float w = 1;
        float m = 0;
        float v = 0;
        reference::OptimizerRule rule{.kind = kind, .momentum = 0.9, .beta2 = 0.98};
        reference::Tensor expected{1};
        reference::OptimizerState state;
        for (std::size_t s = 0; s < kTenSteps.size(); ++s) {
            const float gradient = s % 2 == 0 ? 0.25F : -0.125F;
            update_function(kind, Isa::baseline)({.w = &w,
                                                  .m = &m,
                                                  .v = &v,
                                                  .g = &gradient,
                                                  .inputs = 1,
                                                  .outputs = 1,
                                                  .stride = 1,
                                                  .gradient_stride = 1},
                                                 scalars_at(settings, s + 1));
            rule.lr = 0.5 * kTenSteps[s];
            reference::optimizer_update(rule, {gradient}, expected, state);
            CHECK(static_cast<double>(w) == Approx(expected[0]).epsilon(1e-5).margin(1e-6));
        }
    }
}

TEST_CASE("schedule: the peak is --peak-lr's for all, or each optimizer's own rate") {
    TrainConfig config;
    config.schedule = ScheduleKind::one_cycle;
    CHECK(settings_for(OptimizerKind::momentum, config, 10).lr == config.momentum_lr);
    config.peak_lr = 0.25;
    for (const OptimizerKind kind : kOptimizerKinds) {
        CHECK(settings_for(kind, config, 10).lr == 0.25);
        CHECK(settings_for(kind, config, 10).schedule.steps == 10);
    }
}

}  // namespace mnist
