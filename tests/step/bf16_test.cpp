// Training in bf16: the loops between oneDNN's calls against the conversion's definition, the whole step
// against a reference that rounds where the hardware rounds, and the same bits for every number of threads.
// Where there is no bf16, each test checks that the engine says so.
#include <algorithm>
#include <cmath>

#include "bf16_loops.hpp"
#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/step/engine.hpp"
#include "mnist/step/optimizer.hpp"
#include "mnist/step/precision.hpp"
#include "step/random_floats.hpp"
#include "step/reference.hpp"
#include "step/samples.hpp"

namespace mnist {
namespace {

bool no_bf16() {
    const std::optional<std::string> obstacle = precision_obstacle(Precision::bf16);
    if (!obstacle) return false;
    Team team(1, {});
    CHECK_THROWS_WITH(Engine(team, {.dims = {20, 16, 4}, .batch = 16, .precision = Precision::bf16}),
                      *obstacle);
    return true;
}

// Those whose kernels this machine has, the fastest first.
std::vector<KernelFamily> bf16_families() {
    if (no_bf16()) return {};
    if (bf16_family() == KernelFamily::amx) return {KernelFamily::amx, KernelFamily::blocked};
    return {KernelFamily::blocked};
}

// Length of the difference, relative to the length of the reference.
template <class Values>
double relative_distance(const Values& got, const std::vector<double>& expected) {
    REQUIRE(got.size() == expected.size());
    double error = 0;
    double length = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        error += std::pow(static_cast<double>(got[i]) - expected[i], 2);
        length += std::pow(expected[i], 2);
    }
    return length > 0 ? std::sqrt(error / length) : std::sqrt(error);
}

}  // namespace

TEST_CASE("bf16: without what it needs the engine names it and refuses") {
    CHECK_FALSE(precision_obstacle(Precision::f32).has_value());
    CHECK(precision_obstacle(Precision::bf16).has_value() == !bf16_family().has_value());
    const std::optional<std::string> cpu = avx512_bf16_obstacle();
    if (cpu) CHECK(precision_obstacle(Precision::bf16) == cpu);
    if (!no_bf16()) return;
    CHECK(precision_obstacle(Precision::bf16)->find("bf16") != std::string::npos);
    Team team(1, {});
    CHECK_THROWS_AS(Engine(team, {.dims = {20, 16, 4}, .batch = 16, .precision = Precision::bf16}),
                    BackendError);
}

TEST_CASE("bf16: weights in bf16 are blocked, another layout is refused") {
    if (no_bf16()) return;
    Team team(1, {});
    CHECK_THROWS_AS(
        Engine(
            team,
            {.dims = {20, 16, 4}, .batch = 16, .precision = Precision::bf16, .family = KernelFamily::plain}),
        ShapeError);
}

TEST_CASE("bf16: loops round as the conversion's definition says, sums are f32") {
    if (no_bf16()) return;
    constexpr std::size_t kCount = std::size_t{3} * 32;
    const std::vector<float> parts = random_floats(3 * kCount, 1.0F, 1);
    std::vector<Bf16> found(kCount);
    round_to_bf16(parts.data(), found.data(), kCount);
    for (std::size_t i = 0; i < kCount; ++i) CHECK(found[i].bits == to_bf16(parts[i]).bits);

    for (const bool relu : {false, true}) {
        const std::vector<float> bias = random_floats(32, 1.0F, 4);
        add_parts_bf16({.parts = parts.data(),
                        .count = 3,
                        .stride = kCount,
                        .rows = 3,
                        .width = 32,
                        .dst_stride = 32,
                        .bias = bias.data(),
                        .relu = relu},
                       found.data());
        for (std::size_t i = 0; i < kCount; ++i) {
            const float sum = parts[i] + parts[kCount + i] + parts[2 * kCount + i] + bias[i % 32];
            CHECK(found[i].bits == to_bf16(relu && sum < 0 ? 0.0F : sum).bits);
        }
    }

    std::vector<float> sums = random_floats(32, 1.0F, 2);
    std::vector<float> expected = sums;
    add_column_sums_bf16(found.data(), 3, 32, sums.data());
    for (std::size_t i = 0; i < kCount; ++i) expected[i % 32] += to_f32(found[i]);
    CHECK(sums == expected);

    std::vector<Bf16> dst(kCount);
    round_to_bf16(random_floats(kCount, 1.0F, 3).data(), dst.data(), kCount);
    std::fill_n(dst.begin(), 5, Bf16{});
    std::vector<Bf16> masked = found;
    mask_relu_bf16(dst.data(), masked.data(), kCount);
    for (std::size_t i = 0; i < kCount; ++i)
        CHECK(masked[i].bits == (to_f32(dst[i]) > 0 ? found[i].bits : 0));
}

TEST_CASE("bf16: an update leaves the same weights as in f32, and a copy of them in pairs of rows") {
    if (no_bf16()) return;
    for (const OptimizerKind kind : kOptimizerKinds) {
        for (const bool turned : {false, true}) {
            for (const auto& [inputs, outputs] :
                 {std::pair<std::size_t, std::size_t>{4, 16}, {32, 32}, {208, 64}}) {
                // In a panel that is wider by a lane on the right.
                const std::size_t stride = outputs + 16;
                const std::size_t n = inputs * stride;
                const std::vector<float> g = random_floats(inputs * outputs, 1.0F, 1);
                std::vector<std::vector<float>> results;
                std::vector<Bf16> copy(n);
                for (const bool packed : {false, true}) {
                    std::vector<float> w = random_floats(n, 1.0F, 2);
                    std::vector<float> m = random_floats(n, 1.0F, 3);
                    for (float& value : m) value = std::abs(value);  // RMSprop's is a mean of squares
                    std::vector<float> v(n, 0.25F);
                    update_function(kind, Isa::avx512, {.turned = turned, .packed = packed})(
                        {.w = w.data(),
                         .m = m.data(),
                         .v = v.data(),
                         .g = g.data(),
                         .copy = packed ? copy.data() : nullptr,
                         .inputs = inputs,
                         .outputs = outputs,
                         .stride = stride,
                         .gradient_stride = turned ? inputs : outputs},
                        scalars_at({.kind = kind, .lr = 0.01}, 3));
                    results.push_back(w);
                    results.push_back(m);
                    results.push_back(v);
                }
                INFO(name(kind) << ", " << inputs << " x " << outputs << (turned ? ", turned" : ""));
                for (std::size_t i = 0; i < 3; ++i) CHECK(results[3 + i] == results[i]);
                for (std::size_t i = 0; i < n; ++i) {
                    const std::size_t row = i / stride;
                    const bool there = i % stride < outputs;
                    const Bf16 found = copy[(row / 2 * stride + i % stride) * 2 + row % 2];
                    REQUIRE(found.bits == (there ? to_bf16(results[0][i]).bits : 0));
                }
            }
        }
    }
}

TEST_CASE("bf16: gradients equal a reference that rounds where the hardware rounds, on awkward extents") {
    if (no_bf16()) return;
    struct Extents {
        std::vector<std::size_t> dims;
        std::size_t batch;
    };
    const std::vector<Extents> all{
        {{784, 128, 64, 10}, 64}, {{784, 128, 64, 10}, 37}, {{5, 1, 1, 2}, 1},      {{33, 17, 10}, 9},
        {{49, 100, 47}, 65},      {{1, 3, 2}, 7},           {{20, 130, 70, 3}, 33}, {{12, 8, 8, 8, 4}, 16},
        {{30, 20, 5}, 300},       {{67, 130, 10}, 389},     {{40, 10}, 21},         {{784, 256, 32, 10}, 257},
    };
    const KernelFamily family = GENERATE(from_range(bf16_families()));
    for (const Extents& extents : all) {
        for (const std::size_t threads : {std::size_t{2}, std::size_t{9}}) {
            Team team(threads, {});
            Engine engine(team, {.dims = extents.dims,
                                 .batch = extents.batch,
                                 .precision = Precision::bf16,
                                 .family = family});
            const ModelParameters start = initial_parameters(extents.dims, 3);
            reference::ReferenceNet net(start, {}, Precision::bf16);
            engine.start(start, {.kind = OptimizerKind::sgd, .lr = 0.05});
            const Samples samples = random_samples(extents.batch, extents.dims.front(), extents.dims.back());
            const double expected =
                net.compute_gradients(reference::normalised(samples.images), samples.labels);
            const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(extents.batch), kNoStop);

            INFO("first extents " << extents.dims[0] << ", " << extents.dims[1] << ", batch " << extents.batch
                                  << ", threads " << threads << (family == KernelFamily::amx ? ", AMX" : ""));
            // Sums differ in their last bits, by order and precision, so that now and then one is rounded to
            // the neighbour: a part in 256 of one number in some thousands.
            constexpr double kEpsilon = 1.0 / 256;
            CHECK(outcome.loss == Approx(expected).epsilon(kEpsilon / 64));
            const ModelParameters gradients = engine.gradients();
            for (std::size_t l = 0; l < gradients.layers.size(); ++l) {
                INFO("layer " << l + 1);
                CHECK(relative_distance(gradients.layers[l].weight, net.gradients()[l].weight) <
                      kEpsilon / 8);
                CHECK(relative_distance(gradients.layers[l].bias, net.gradients()[l].bias) < kEpsilon / 8);
            }
        }
    }
}

TEST_CASE("bf16: the reference without rounding is further away, so that the one above can fail") {
    if (no_bf16()) return;
    const std::vector<std::size_t> dims{784, 128, 64, 10};
    const ModelParameters start = initial_parameters(dims, 3);
    const Samples samples = random_samples(64, dims.front(), dims.back());
    reference::ReferenceNet exact(start, {});
    static_cast<void>(exact.compute_gradients(reference::normalised(samples.images), samples.labels));
    Team team(2, {});
    Engine engine(team, {.dims = dims, .batch = 64, .precision = Precision::bf16});
    engine.start(start, {.kind = OptimizerKind::sgd, .lr = 0.05});
    static_cast<void>(engine.train_epoch(samples.rows(), in_order(64), kNoStop));
    const ModelParameters gradients = engine.gradients();
    const double distance = relative_distance(gradients.layers[0].weight, exact.gradients()[0].weight);
    CHECK(distance > 1.0 / 256 / 4);
    CHECK(distance < 16.0 / 256);
}

TEST_CASE("bf16: an epoch with a smaller last batch equals the rounding reference step by step") {
    if (no_bf16()) return;
    const auto dims =
        GENERATE(std::vector<std::size_t>{30, 20, 12, 5}, std::vector<std::size_t>{30, 128, 64, 5});
    const std::size_t batch = 16;
    const Samples samples = random_samples(45, dims.front(), dims.back());
    for (const OptimizerKind kind : kOptimizerKinds) {
        const ModelParameters start = initial_parameters(dims, 5);
        reference::ReferenceNet net(start, {.kind = kind, .lr = 0.01}, Precision::bf16);
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
        Engine engine(team,
                      {.dims = dims, .batch = batch, .last_batch = 45 % batch, .precision = Precision::bf16});
        engine.start(start, {.kind = kind, .lr = 0.01});
        const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(45), kNoStop);
        INFO(name(kind));
        CHECK(outcome.steps == 3);
        CHECK(outcome.loss == Approx(expected / 45).epsilon(1.0 / 256 / 64));
        // Adam divides by the gradient's size: where that is near 0 a rounding decides a whole step.
        const double tolerance = optimizer(kind).squares != nullptr ? 1.0 / 64 : 1.0 / 256 / 16;
        const ModelParameters weights = engine.weights();
        for (std::size_t l = 0; l < weights.layers.size(); ++l)
            CHECK(relative_distance(weights.layers[l].weight, net.layers()[l].weight) < tolerance);
    }
}

TEST_CASE("bf16: evaluation reads the f32 weights, so a saved model has the accuracy that was reported") {
    if (no_bf16()) return;
    const std::vector<std::size_t> dims{20, 16, 4};
    const Samples samples = random_samples(64, 20, 4);
    Team team(2, {});
    Engine trained(team, {.dims = dims, .batch = 16, .precision = Precision::bf16});
    trained.start(initial_parameters(dims, 1), {.kind = OptimizerKind::adam, .lr = 0.01});
    static_cast<void>(trained.train_epoch(samples.rows(), in_order(64), kNoStop));
    Engine reader(team, {.dims = dims, .batch = 0});
    reader.start(trained.weights(), {});
    CHECK(reader.logits(samples.rows()) == trained.logits(samples.rows()));
}

TEST_CASE("bf16: primitives name their kernels and the layouts of both weights") {
    if (no_bf16()) return;
    Team team(1, {});
    const Engine engine(team, {.dims = {784, 128, 64, 10}, .batch = 64, .precision = Precision::bf16});
    for (const PrimitiveFacts& facts : engine.primitives()) {
        CAPTURE(facts.operation, facts.implementation);
        // oneDNN 3.7 names AMX without the type of its numbers.
        CHECK((facts.implementation.find("bf16") != std::string::npos ||
               facts.implementation.find("amx") != std::string::npos));
        const bool gradient = facts.operation.find("backward_weights") != std::string::npos;
        CHECK((facts.weights_layout.find("o2i") == std::string::npos) == gradient);
    }
}

TEST_CASE("bf16: where there is AMX, its kernels run every product that is large enough for a tile") {
    Team team(1, {});
    if (bf16_family() != KernelFamily::amx) {
        CHECK_THROWS_AS(Engine(team, {.dims = {784, 128, 64, 10},
                                      .batch = 64,
                                      .precision = Precision::bf16,
                                      .family = KernelFamily::amx}),
                        BackendError);
        return;
    }
    const Engine engine(team, {.dims = {784, 128, 64, 10}, .batch = 64, .precision = Precision::bf16});
    for (const PrimitiveFacts& facts : engine.primitives()) {
        CAPTURE(facts.operation, facts.implementation);
        CHECK(facts.implementation.find("amx") != std::string::npos);
    }
    CHECK_THROWS_AS(Engine(team, {.dims = {784, 128, 64, 10}, .batch = 64, .family = KernelFamily::amx}),
                    ShapeError);
}

TEST_CASE("bf16: a loss that is not finite is reported with its step") {
    if (no_bf16()) return;
    const Samples samples = random_samples(64, 20, 4);
    Team team(2, {});
    Engine engine(team, {.dims = {20, 16, 4}, .batch = 16, .precision = Precision::bf16});
    engine.start(initial_parameters({20, 16, 4}, 0), {.kind = OptimizerKind::sgd, .lr = 1e30});
    const EpochOutcome outcome = engine.train_epoch(samples.rows(), in_order(64), kNoStop);
    REQUIRE(outcome.diverged_at.has_value());
    CHECK_FALSE(std::isfinite(outcome.loss));
}

}  // namespace mnist
