// The whole training engine: PyTorch's trajectories and the double-precision reference on awkward extents.
// That its bits do not depend on the threads is in engine_bits_test.cpp.
#include "mnist/step/engine.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "catch.hpp"
#include "step/golden_case.hpp"
#include "step/reference.hpp"
#include "step/samples.hpp"

namespace mnist {
namespace {

OptimizerSettings settings_of(const reference::OptimizerRule& rule) {
    OptimizerNumbers numbers;
    numbers.momentum = rule.momentum;
    numbers.adam_beta1 = rule.beta1;
    numbers.adam_beta2 = rule.beta2;
    numbers.adam_epsilon = rule.epsilon;
    numbers.adamw_weight_decay = rule.weight_decay;
    numbers.rmsprop_alpha = rule.alpha;
    numbers.rmsprop_epsilon = rule.epsilon;
    return {.kind = rule.kind, .lr = rule.lr, .numbers = numbers};
}

double l2_norm(const AlignedVector<float>& values) {
    double sum = 0;
    for (const float v : values) sum += static_cast<double>(v) * static_cast<double>(v);
    return std::sqrt(sum);
}

// Largest difference, relative to the largest magnitude of the reference.
double relative_error(const AlignedVector<float>& got, const std::vector<double>& expected) {
    REQUIRE(got.size() == expected.size());
    double largest = 0;
    double error = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        largest = std::max(largest, std::abs(expected[i]));
        error = std::max(error, std::abs(static_cast<double>(got[i]) - expected[i]));
    }
    return largest > 0 ? error / largest : error;
}

void follow(GoldenCase golden, std::optional<KernelFamily> family, std::size_t most_steps) {
    const bool whole = golden.steps <= most_steps;
    golden.steps = std::min(golden.steps, most_steps);
    Team team(2, {});
    Engine engine(team, {.dims = golden.dims, .batch = golden.batch, .family = family});
    engine.start(golden.initial_model(), settings_of(golden.optimizer));
    const Samples samples{
        .images = golden.images(), .labels = golden.labels(), .pixels = golden.dims.front()};
    const double tolerance = optimizer(golden.optimizer.kind).squares != nullptr ? 1e-2 : 1e-5;
    for (std::size_t s = 0; s < golden.steps; ++s) {
        std::vector<std::uint32_t> order(golden.batch);
        std::iota(order.begin(), order.end(),
                  static_cast<std::uint32_t>(s % GoldenCase::kBatches * golden.batch));
        const EpochOutcome outcome = engine.train_epoch(samples.rows(), order, kNoStop);
        INFO(golden.name << ", step " << s + 1);
        REQUIRE(outcome.steps == 1);
        REQUIRE(outcome.loss == Approx(golden.losses[s]).epsilon(tolerance));
        if (s > 0) continue;
        const ModelParameters gradients = engine.gradients();
        for (std::size_t l = 0; l < gradients.layers.size(); ++l) {
            CHECK(l2_norm(gradients.layers[l].weight) == Approx(golden.gradient_norms[2 * l]).epsilon(1e-5));
            CHECK(l2_norm(gradients.layers[l].bias) ==
                  Approx(golden.gradient_norms[2 * l + 1]).epsilon(1e-5));
        }
    }
    if (!whole) return;
    const ModelParameters weights = engine.weights();
    for (std::size_t l = 0; l < weights.layers.size(); ++l)
        CHECK(l2_norm(weights.layers[l].weight) == Approx(golden.parameter_norms[2 * l]).epsilon(tolerance));
    const std::vector<float> logits = engine.logits(samples.rows());
    const std::size_t classes = golden.dims.back();
    double largest = 0;
    for (const auto& row : golden.logits) {
        for (const double value : row) largest = std::max(largest, std::abs(value));
    }
    for (std::size_t n = 0; n < golden.logits.size(); ++n) {
        for (std::size_t c = 0; c < classes; ++c)
            CHECK(std::abs(static_cast<double>(logits[n * classes + c]) - golden.logits[n][c]) <=
                  tolerance * largest);
    }
}

struct Extents {
    std::vector<std::size_t> dims;
    std::size_t batch;
};

}  // namespace

TEST_CASE("engine: all of PyTorch's float64 trajectories are followed for 60 steps, whichever layout") {
    const auto cases = golden_cases();
    REQUIRE(cases.size() == 6);
    for (const GoldenCase& golden : cases) {
        follow(golden, std::nullopt, 60);
        follow(golden, KernelFamily::plain, 60);
        // Without a kernel for it oneDNN runs this layout through reference loops, a hundred times slower: a
        // few steps must do.
        follow(golden, KernelFamily::blocked, 3);
    }
}

TEST_CASE("engine: gradients equal the double-precision reference on awkward extents") {
    const std::vector<Extents> all{
        {{784, 128, 64, 10}, 64},
        {{784, 128, 64, 10}, 37},
        {{5, 1, 1, 2}, 1},
        {{33, 17, 10}, 9},
        {{49, 100, 47}, 65},
        {{1, 3, 2}, 7},
        {{20, 130, 70, 3}, 33},
        {{12, 8, 8, 8, 4}, 16},
        // Several groups of rows, with padded inputs and a smaller last group, tile and block.
        {{30, 20, 5}, 300},
        {{67, 130, 10}, 389},
        {{784, 128, 64, 10}, 512},
        {{40, 64, 16, 10}, 1001},
        {{100, 10}, 700},
    };
    for (const Extents& extents : all) {
        for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked}) {
            Team team(2, {});
            Engine engine(team, {.dims = extents.dims, .batch = extents.batch, .family = family});
            const ModelParameters start = initial_parameters(extents.dims, 3);
            const reference::OptimizerRule rule{.kind = OptimizerKind::sgd, .lr = 0.05};
            reference::ReferenceNet net(start, rule);
            engine.start(start, settings_of(rule));
            const Samples samples = random_samples(extents.batch, extents.dims.front(), extents.dims.back());
            const double expected =
                net.compute_gradients(reference::normalised(samples.images), samples.labels);
            const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(extents.batch), kNoStop);

            INFO("first extent " << extents.dims[0] << ", batch " << extents.batch);
            // Sums of up to n terms: an error of a few times sqrt(n) epsilon; n is the longest of the sums.
            const double terms = static_cast<double>(std::max(extents.dims[0], extents.batch));
            const double tolerance =
                32 * std::sqrt(terms) * static_cast<double>(std::numeric_limits<float>::epsilon());
            CHECK(outcome.loss == Approx(expected).epsilon(tolerance));
            const ModelParameters gradients = engine.gradients();
            for (std::size_t l = 0; l < gradients.layers.size(); ++l) {
                INFO("layer " << l + 1);
                CHECK(relative_error(gradients.layers[l].weight, net.gradients()[l].weight) < tolerance);
                CHECK(relative_error(gradients.layers[l].bias, net.gradients()[l].bias) < tolerance);
            }
        }
    }
}

TEST_CASE("engine: an epoch with a smaller last batch equals the reference step by step") {
    const auto dims =
        GENERATE(std::vector<std::size_t>{30, 20, 12, 5}, std::vector<std::size_t>{30, 128, 64, 5});
    const std::size_t batch = 16;
    const Samples samples = random_samples(45, dims.front(), dims.back());
    for (const OptimizerKind kind : kOptimizerKinds) {
        const reference::OptimizerRule rule{.kind = kind, .lr = 0.01};
        const ModelParameters start = initial_parameters(dims, 5);
        reference::ReferenceNet net(start, rule);
        const reference::Tensor images = reference::normalised(samples.images);
        double expected = 0;
        for (std::size_t first = 0; first < 45; first += batch) {
            const std::size_t rows = std::min<std::size_t>(batch, 45 - first);
            const auto at = images.begin() + static_cast<std::ptrdiff_t>(first * dims[0]);
            const reference::Tensor some(at, at + static_cast<std::ptrdiff_t>(rows * dims[0]));
            expected +=
                static_cast<double>(rows) * net.step(some, std::span(samples.labels).subspan(first, rows));
        }
        Team team(2, {});
        Engine engine(team, {.dims = dims, .batch = batch, .last_batch = 45 % batch});
        engine.start(start, settings_of(rule));
        const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(45), kNoStop);
        CHECK(outcome.steps == 3);
        CHECK(outcome.loss == Approx(expected / 45).epsilon(1e-5));
        const ModelParameters weights = engine.weights();
        // RMSprop's first steps are ten times the rate, however small the gradient.
        const double tolerance = kind == OptimizerKind::rmsprop ? 1e-3 : 1e-4;
        for (std::size_t l = 0; l < weights.layers.size(); ++l)
            CHECK(relative_error(weights.layers[l].weight, net.layers()[l].weight) < tolerance);
    }
}

TEST_CASE("engine: a call is cut from 64 rows on, into tiles of 32 to 64") {
    CHECK(inference_tile(1) == 1);
    CHECK(inference_tile(63) == 63);
    CHECK(inference_tile(64) == 32);
    CHECK(inference_tile(100) == 50);
    CHECK(inference_tile(127) == 64);
    CHECK(inference_tile(1024) == 64);
}

TEST_CASE("engine: the loss has all rows of a last batch that is cut into more blocks than a full one") {
    REQUIRE(cut_batch(3904).blocks() > cut_batch(3905).blocks());
    const std::vector<std::size_t> dims{20, 16, 4};
    const Samples samples = random_samples(3905 + 3904, dims.front(), dims.back());
    Team team(2, {});
    Engine engine(team, {.dims = dims, .batch = 3905, .last_batch = 3904});
    engine.start(initial_parameters(dims, 1), {.kind = OptimizerKind::sgd, .lr = 0});
    const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(3905 + 3904), kNoStop);
    CHECK(outcome.loss == Approx(engine.evaluate(samples.rows()).loss).epsilon(1e-6));
}

TEST_CASE("engine: evaluation counts every row once, whatever the tile") {
    const std::vector<std::size_t> dims{20, 16, 4};
    const Samples samples = random_samples(101, dims.front(), dims.back());
    const ModelParameters model = initial_parameters(dims, 1);
    reference::ReferenceNet net(model, {});
    const double expected = net.compute_gradients(reference::normalised(samples.images), samples.labels);
    for (const std::size_t tile : {std::size_t{1}, std::size_t{8}, std::size_t{64}, std::size_t{200}}) {
        Team team(3, {});
        Engine engine(team, {.dims = dims, .batch = 0, .eval_tile = tile});
        engine.start(model, {});
        const EvalOutcome outcome = engine.evaluate(samples.rows());
        CHECK(outcome.loss == Approx(expected).epsilon(1e-6));
        std::uint64_t counted = 0;
        std::uint64_t diagonal = 0;
        for (std::size_t t = 0; t < 4; ++t) {
            counted += std::accumulate(outcome.confusion_matrix[t].begin(), outcome.confusion_matrix[t].end(),
                                       std::uint64_t{0});
            diagonal += outcome.confusion_matrix[t][t];
        }
        CHECK(counted == 101);
        CHECK(diagonal == outcome.correct);
    }
}

TEST_CASE("engine: evaluating between epochs changes no bit of what follows") {
    const Samples samples = random_samples(1100, 784, 10);
    Team team(2, {});
    // Its rows lie where training keeps those of a batch of 512, and find no room there in one of 16.
    for (const std::size_t batch : {std::size_t{16}, std::size_t{512}}) {
        const auto train = [&](bool evaluates) {
            Engine engine(team, {.dims = {784, 128, 64, 10}, .batch = batch, .last_batch = 1100 % batch});
            engine.start(initial_parameters({784, 128, 64, 10}, 2), {.kind = OptimizerKind::adam});
            for (int epoch = 0; epoch < 2; ++epoch) {
                static_cast<void>(engine.train_epoch(samples.rows(), in_order(1100), kNoStop));
                if (evaluates) CHECK(engine.evaluate(samples.rows()).predicted.size() == 1100);
            }
            return weights_sha256(engine.weights());
        };
        CHECK(train(true) == train(false));
    }
}

TEST_CASE("engine: padding stays zero, so dead units never enter the result") {
    // One hidden unit is padded to sixteen: a leak from a dead one would change the loss against the
    // reference after many steps.
    const std::vector<std::size_t> dims{3, 1, 2};
    const Samples samples = random_samples(64, 3, 2);
    const reference::OptimizerRule rule{.kind = OptimizerKind::adam, .lr = 0.01};
    const ModelParameters start = initial_parameters(dims, 11);
    reference::ReferenceNet net(start, rule);
    Team team(1, {});
    Engine engine(team, {.dims = dims, .batch = 64});
    engine.start(start, settings_of(rule));
    const reference::Tensor images = reference::normalised(samples.images);
    for (int s = 0; s < 50; ++s) {
        const double expected = net.step(images, samples.labels);
        const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(64), kNoStop);
        REQUIRE(outcome.loss == Approx(expected).epsilon(1e-4));
    }
}

TEST_CASE("engine: a loss that is not finite is reported with its step") {
    const Samples samples = random_samples(64, 20, 4);
    Team team(2, {});
    Engine engine(team, {.dims = {20, 16, 4}, .batch = 16});
    engine.start(initial_parameters({20, 16, 4}, 0), {.kind = OptimizerKind::sgd, .lr = 1e30});
    const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(64), kNoStop);
    REQUIRE(outcome.diverged_at.has_value());
    CHECK(*outcome.diverged_at > 0);
    CHECK_FALSE(std::isfinite(outcome.loss));
}

TEST_CASE("engine: once stop is set no further step begins") {
    const Samples samples = random_samples(64, 20, 4);
    Team team(2, {});
    Engine engine(team, {.dims = {20, 16, 4}, .batch = 16});
    const ModelParameters start = initial_parameters({20, 16, 4}, 0);
    engine.start(start, {.kind = OptimizerKind::sgd, .lr = 0.1});
    const std::atomic<bool> stop{true};
    CHECK(engine.train_epoch(samples.rows(), in_order(64), stop).steps == 0);
    CHECK(weights_sha256(engine.weights()) == weights_sha256(start));
}

TEST_CASE("engine: every primitive names its implementation, and timing covers the phases") {
    const Samples samples = random_samples(64, 20, 4);
    Team team(1, {});
    Engine engine(team, {.dims = {20, 16, 4}, .batch = 16});
    // Three passes of the last layer, two of the first, which has no backward-data.
    CHECK(engine.primitives().size() == 5);
    for (const PrimitiveFacts& facts : engine.primitives()) CHECK_FALSE(facts.implementation.empty());
    engine.start(initial_parameters({20, 16, 4}, 0), {.kind = OptimizerKind::sgd, .lr = 0.1});
    const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(64), kNoStop, true);
    CHECK(outcome.phases.rows > 0);
    CHECK(outcome.phases.weights > 0);
}

TEST_CASE("engine: extents that do not fit are refused") {
    Team team(1, {});
    CHECK_THROWS(Engine(team, {.dims = {20}}));
    CHECK_THROWS(Engine(team, {.dims = {20, 0, 3}}));
    CHECK_THROWS(Engine(team, {.dims = {20, 4, 300}}));
    Engine engine(team, {.dims = {20, 16, 4}, .batch = 16});
    CHECK_THROWS(engine.start(initial_parameters({20, 16, 5}, 0), {}));
    engine.start(initial_parameters({20, 16, 4}, 0), {});
    const Samples samples = random_samples(20, 20, 4);
    CHECK_THROWS(engine.train_epoch(samples.rows(), in_order(20), kNoStop));
}

TEST_CASE("engine: a lone member of one trains as a team does, and one of two changes its own chain alone") {
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const Samples samples = random_samples(128, 784, 10);
    const auto trained = [&](Team& team) {
        Engine engine(team, {.dims = dims, .batch = 64});
        engine.start(initial_parameters(dims, 1), {.kind = OptimizerKind::sgd, .lr = 0.1});
        CHECK(engine.train_epoch(samples.rows(), in_order(128), kNoStop).steps == 2);
        return engine.weights().layers.front().weight;
    };
    Team usual(1, {});
    LoneMember one;
    Team lone_team(one, 0);
    CHECK(trained(lone_team) == trained(usual));
    CHECK(one.phases.size() == 5);  // forward once, then rows and weights of two steps
    LoneMember second{.team = 2, .member = 1};
    Team half(second, 0);
    const AlignedVector<float> after = trained(half);
    const AlignedVector<float> before = initial_parameters(dims, 1).layers.front().weight;
    std::size_t elsewhere = 0;
    std::size_t own = 0;
    for (std::size_t i = 0; i < after.size(); ++i) {
        const std::size_t input = i % 784;
        if (after[i] != before[i]) ++(input >= 384 ? own : elsewhere);
    }
    CHECK(own > 0);
    CHECK(elsewhere == 0);
}

}  // namespace mnist
