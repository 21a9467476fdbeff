// The words for optimizers, and the defaults that make the original experiment.
#include "mnist/core/train_config.hpp"

#include "catch.hpp"

using mnist::OptimizerKind;

TEST_CASE("train config: every optimizer has its word and its title") {
    CHECK(mnist::name(OptimizerKind::sgd) == "sgd");
    CHECK(mnist::name(OptimizerKind::momentum) == "momentum");
    CHECK(mnist::name(OptimizerKind::adam) == "adam");
    CHECK(mnist::title(OptimizerKind::sgd) == "SGD");
    CHECK(mnist::title(OptimizerKind::momentum) == "SGD + Momentum");
    CHECK(mnist::title(OptimizerKind::adam) == "Adam");
}

TEST_CASE("train config: an optimizer is found by its exact word only") {
    for (const OptimizerKind kind : mnist::kOptimizerKinds)
        CHECK(mnist::optimizer_named(mnist::name(kind)) == kind);
    for (const char* word : {"", "SGD", "Adam", "sgd ", "adamw ", "AdamW", "SGD + Momentum"})
        CHECK_FALSE(mnist::optimizer_named(word).has_value());
}

TEST_CASE("train config: a precision is found by its exact word only") {
    CHECK(mnist::name(mnist::Precision::f32) == "f32");
    CHECK(mnist::name(mnist::Precision::bf16) == "bf16");
    for (const auto precision : {mnist::Precision::f32, mnist::Precision::bf16})
        CHECK(mnist::precision_named(mnist::name(precision)) == precision);
    for (const char* word : {"", "F32", "bf16 ", "f16", "float"})
        CHECK_FALSE(mnist::precision_named(word).has_value());
}

TEST_CASE("train config: the defaults are the original experiment's") {
    const mnist::TrainConfig config;
    CHECK(config.optimizers ==
          std::vector<OptimizerKind>{OptimizerKind::sgd, OptimizerKind::momentum, OptimizerKind::adam});
    CHECK(config.epochs == 25);
    CHECK(config.batch_size == 64);
    CHECK(config.test_batch_size == 1000);
    CHECK(config.hidden == std::vector<std::size_t>{128, 64});
    CHECK(config.precision == mnist::Precision::f32);
    CHECK(config.sgd_lr == 0.011);
    CHECK(config.momentum_lr == 0.005);
    CHECK(config.momentum == 0.9);
    CHECK(config.adam_lr == 0.001);
    CHECK(config.adam_beta1 == 0.9);
    CHECK(config.adam_beta2 == 0.999);
    CHECK(config.adam_epsilon == 1e-8);
    CHECK(config.schedule == mnist::ScheduleKind::constant);
    CHECK_FALSE(config.peak_lr);
    CHECK(config.shuffle);
    CHECK(config.target_accuracy == 97.0);
}

TEST_CASE("train config: the rate of a run and the flag that sets it") {
    mnist::TrainConfig config;
    CHECK(learning_rate(config, OptimizerKind::momentum) == 0.005);
    CHECK(learning_rate_flag(config, OptimizerKind::momentum) == "--momentum-lr");
    config.schedule = mnist::ScheduleKind::one_cycle;
    CHECK(learning_rate(config, OptimizerKind::adam) == 0.001);
    CHECK(learning_rate_flag(config, OptimizerKind::adam) == "--adam-lr");
    config.peak_lr = 0.25;
    CHECK(learning_rate(config, OptimizerKind::adam) == 0.25);
    CHECK(learning_rate_flag(config, OptimizerKind::adam) == "--peak-lr");
}

TEST_CASE("train config: words of schedules are read back") {
    for (const auto kind : {mnist::ScheduleKind::constant, mnist::ScheduleKind::one_cycle})
        CHECK(mnist::schedule_named(name(kind)) == kind);
    CHECK_FALSE(mnist::schedule_named("one_cycle"));
}
