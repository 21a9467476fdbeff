// What the compiler cannot check of the table of optimizers: that what is built from it is whole.
#include "mnist/core/optimizers.hpp"

#include "catch.hpp"

namespace mnist {

TEST_CASE("optimizers: the default experiment is SGD, momentum and Adam, whatever else there is") {
    CHECK(usual_optimizers() ==
          std::vector<OptimizerKind>{OptimizerKind::sgd, OptimizerKind::momentum, OptimizerKind::adam});
}

TEST_CASE("optimizers: each is found by its word and by its label, and by no other") {
    for (const Optimizer& one : kOptimizers) {
        CHECK(optimizer_named(one.word) == one.kind);
        CHECK(optimizer_labelled(one.label) == one.kind);
        CHECK(std::string(one.word) + "-lr" ==
              std::find_if(kOptimizerSettings.begin(), kOptimizerSettings.end(),
                           [&](const OptimizerSetting& setting) { return setting.value == one.rate; })
                  ->key);
    }
    CHECK_FALSE(optimizer_labelled("adam"));
    CHECK_FALSE(optimizer_labelled("Adam, seed 0"));
}

TEST_CASE("optimizers: defaults are those of PyTorch") {
    const OptimizerNumbers numbers;
    CHECK(numbers.adamw_lr == 0.001);
    CHECK(numbers.adamw_weight_decay == 0.01);
    CHECK(numbers.rmsprop_alpha == 0.99);
    CHECK(numbers.rmsprop_epsilon == 1e-8);
}

TEST_CASE(
    "optimizers: a result holds the usual ones' numbers, and of the others those that it trained with") {
    for (const OptimizerSetting& setting : kOptimizerSettings) {
        CHECK(is_recorded(setting, {OptimizerKind::sgd}) == optimizer(setting.of).usual);
        CHECK(is_recorded(setting, {setting.of}));
    }
}

}  // namespace mnist
