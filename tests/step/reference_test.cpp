// The yardstick itself: hand-computed numbers, finite differences, and the trajectories that PyTorch computed
// in float64.
#include "step/reference.hpp"

#include <cmath>
#include <numeric>

#include "catch.hpp"
#include "mnist/core/rng.hpp"
#include "step/golden_case.hpp"

namespace {

using mnist::GoldenCase;
using mnist::reference::Layer;
using mnist::reference::OptimizerRule;
using mnist::reference::OptimizerState;
using mnist::reference::ReferenceNet;
using mnist::reference::Tensor;

double norm(const Tensor& values) {
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

// Fails where any value differs by more than `tolerance` relative to the expected one.
void check_close(const Tensor& found, const Tensor& expected, double tolerance) {
    REQUIRE(found.size() == expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) {
        INFO("value " << i);
        CHECK(std::abs(found[i] - expected[i]) <= tolerance * std::abs(expected[i]));
    }
}

// One random tensor; every call with another stream gives other numbers.
Tensor random_tensor(std::size_t size, std::uint32_t stream) {
    mnist::CounterRng rng(7, mnist::RandomPurpose::synthetic, stream);
    Tensor values(size);
    for (double& value : values) value = 2.0 * rng.next_unit_f64() - 1.0;
    return values;
}

}  // namespace

TEST_CASE("reference: pixels are normalised to -1 up to 1") {
    const std::vector<std::uint8_t> pixels{0, 51, 255};
    const Tensor values = mnist::reference::normalised(pixels);
    CHECK(values[0] == -1.0);
    CHECK(values[1] == Approx(-0.6).epsilon(1e-14));
    CHECK(values[2] == 1.0);
}

TEST_CASE("reference: an inner product and its gradients on hand-computed numbers") {
    const mnist::reference::InnerProductShape shape{.batch = 2, .in = 3, .out = 2};
    const Tensor src{1, 2, 3, 4, 5, 6};
    const Tensor weights{1, 0, -1, 2, 1, 0.5};
    const Tensor bias{10, 20};
    const Tensor diff_dst{1, 2, 3, -1};

    CHECK(mnist::reference::inner_product_forward(shape, src, weights, bias) == Tensor{8, 25.5, 8, 36});
    CHECK(mnist::reference::inner_product_backward_data(shape, diff_dst, weights) ==
          Tensor{5, 2, 0, 1, -1, -3.5});
    const Layer gradient = mnist::reference::inner_product_backward_weights(shape, src, diff_dst);
    CHECK(gradient.weight == Tensor{13, 17, 21, -2, -1, 0});
    CHECK(gradient.bias == Tensor{4, 1});
}

TEST_CASE("reference: ReLU passes what is positive, forward and backward") {
    const Tensor src{-1, 0, 2};
    CHECK(mnist::reference::relu_forward(src) == Tensor{0, 0, 2});
    CHECK(mnist::reference::relu_backward({5, 6, 7}, src) == Tensor{0, 0, 7});
}

TEST_CASE(
    "reference: cross-entropy of equal logits is ln(classes), and its gradient is divided by the batch") {
    const std::vector<std::uint8_t> labels{2, 0};
    const auto result = mnist::reference::softmax_cross_entropy(Tensor(8, 3.0), labels, 4);
    CHECK(result.loss == Approx(std::log(4.0)).epsilon(1e-14));
    check_close(result.diff_logits, {0.125, 0.125, -0.375, 0.125, -0.375, 0.125, 0.125, 0.125}, 1e-14);
}

TEST_CASE("reference: cross-entropy stays finite for huge logits") {
    const std::vector<std::uint8_t> labels{1};
    const auto result = mnist::reference::softmax_cross_entropy({5000, -5000}, labels, 2);
    CHECK(result.loss == 10000.0);
    CHECK(result.diff_logits == Tensor{1.0, -1.0});
}

TEST_CASE("reference: SGD on hand-computed numbers") {
    Tensor weights{1.0, -2.0};
    OptimizerState state;
    mnist::reference::optimizer_update({.kind = mnist::OptimizerKind::sgd, .lr = 0.5}, {0.25, -1.0}, weights,
                                       state);
    CHECK(weights == Tensor{0.875, -1.5});
}

TEST_CASE("reference: momentum adds the gradient undamped to its velocity") {
    const OptimizerRule rule{.kind = mnist::OptimizerKind::momentum, .lr = 0.5, .momentum = 0.75};
    Tensor weights{1.0};
    OptimizerState state;
    mnist::reference::optimizer_update(rule, {2.0}, weights, state);
    CHECK(weights == Tensor{0.0});  // v = 2
    mnist::reference::optimizer_update(rule, {-1.0}, weights, state);
    CHECK(weights == Tensor{-0.25});  // v = 0.5
}

TEST_CASE("reference: Adam's first two steps on hand-computed numbers, epsilon outside the square root") {
    const OptimizerRule rule{
        .kind = mnist::OptimizerKind::adam, .lr = 0.1, .beta1 = 0.5, .beta2 = 0.75, .epsilon = 1.0};
    Tensor weights{1.0};
    OptimizerState state;
    // m = 1, v = 1; corrected 2 and 4: 0.1 * 2 / (2 + 1).
    mnist::reference::optimizer_update(rule, {2.0}, weights, state);
    CHECK(weights[0] == Approx(1.0 - 0.2 / 3.0).epsilon(1e-14));
    // m = 0.5 + 0.5 * 1 = 1, v = 0.75 + 0.25 = 1; corrected 4/3 and 16/7.
    mnist::reference::optimizer_update(rule, {1.0}, weights, state);
    const double second = 0.1 * (4.0 / 3.0) / (std::sqrt(16.0 / 7.0) + 1.0);
    CHECK(weights[0] == Approx(1.0 - 0.2 / 3.0 - second).epsilon(1e-14));
}

TEST_CASE("reference: AdamW takes its share of the weight before Adam's step, and not through the gradient") {
    const OptimizerRule rule{.kind = mnist::OptimizerKind::adamw,
                             .lr = 0.1,
                             .beta1 = 0.5,
                             .beta2 = 0.75,
                             .epsilon = 1.0,
                             .weight_decay = 0.5};
    Tensor weights{1.0};
    OptimizerState state;
    mnist::reference::optimizer_update(rule, {2.0}, weights, state);
    CHECK(weights[0] == Approx(0.95 - 0.2 / 3.0).epsilon(1e-14));
}

TEST_CASE("reference: RMSprop's first two steps on hand-computed numbers") {
    const OptimizerRule rule{.kind = mnist::OptimizerKind::rmsprop, .lr = 0.1, .epsilon = 1.0, .alpha = 0.75};
    Tensor weights{1.0};
    OptimizerState state;
    // m = 0.25 * 16 = 4: 0.1 * 4 / (2 + 1).
    mnist::reference::optimizer_update(rule, {4.0}, weights, state);
    CHECK(weights[0] == Approx(1.0 - 0.4 / 3.0).epsilon(1e-14));
    // m = 3 + 0.25 * 4 = 4.
    mnist::reference::optimizer_update(rule, {-2.0}, weights, state);
    CHECK(weights[0] == Approx(1.0 - 0.4 / 3.0 + 0.2 / 3.0).epsilon(1e-14));
}

TEST_CASE("reference: the whole network's gradient agrees with central differences") {
    const std::vector<std::size_t> dims{7, 5, 4, 3};
    constexpr std::size_t kBatch = 6;
    std::vector<Layer> layers;
    for (std::uint32_t l = 0; l + 1 < dims.size(); ++l) {
        layers.push_back({.weight = random_tensor(dims[l] * dims[l + 1], 2 * l),
                          .bias = random_tensor(dims[l + 1], 2 * l + 1)});
    }
    ReferenceNet net(dims, layers, {});
    const Tensor images = random_tensor(kBatch * dims.front(), 100);
    const std::vector<std::uint8_t> labels{0, 1, 2, 2, 1, 0};
    net.compute_gradients(images, labels);
    const std::vector<Layer> gradients = net.gradients();

    const auto loss = [&] {
        return mnist::reference::softmax_cross_entropy(net.logits(images), labels, dims.back()).loss;
    };
    const auto check_tensor = [&](Tensor& values, const Tensor& gradient) {
        constexpr double kStep = 1e-5;
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double value = values[i];
            values[i] = value + kStep;
            const double above = loss();
            values[i] = value - kStep;
            const double below = loss();
            values[i] = value;
            INFO("parameter " << i);
            CHECK((above - below) / (2 * kStep) == Approx(gradient[i]).epsilon(1e-6).margin(1e-9));
        }
    };
    for (std::size_t l = 0; l < gradients.size(); ++l) {
        INFO("layer " << l);
        CHECK(norm(gradients[l].weight) > 1e-3);  // otherwise the comparison would be empty
        check_tensor(net.layers()[l].weight, gradients[l].weight);
        check_tensor(net.layers()[l].bias, gradients[l].bias);
    }
}

TEST_CASE("reference: PyTorch's float64 trajectories are followed step by step") {
    const std::vector<GoldenCase> cases = mnist::golden_cases();
    REQUIRE(cases.size() == 6);
    for (const GoldenCase& golden : cases) {
        INFO("case " << golden.name);
        ReferenceNet net(golden.dims, golden.initial_layers(), golden.optimizer);
        const Tensor images = mnist::reference::normalised(golden.images());
        const std::vector<std::uint8_t> labels = golden.labels();
        REQUIRE(golden.losses.size() == golden.steps);

        const auto batch_values = static_cast<std::ptrdiff_t>(golden.batch * golden.dims.front());
        Tensor losses;
        Tensor gradient_norms;
        for (std::size_t s = 0; s < golden.steps; ++s) {
            const std::size_t b = s % GoldenCase::kBatches;
            const auto first = images.begin() + static_cast<std::ptrdiff_t>(b) * batch_values;
            losses.push_back(net.step(Tensor(first, first + batch_values),
                                      std::span(labels).subspan(b * golden.batch, golden.batch)));
            if (s > 0) continue;
            for (const Layer& gradient : net.gradients()) {
                gradient_norms.push_back(norm(gradient.weight));
                gradient_norms.push_back(norm(gradient.bias));
            }
        }
        Tensor parameter_norms;
        for (const Layer& layer : net.layers()) {
            parameter_norms.push_back(norm(layer.weight));
            parameter_norms.push_back(norm(layer.bias));
        }
        check_close(losses, golden.losses, 1e-9);
        check_close(gradient_norms, golden.gradient_norms, 1e-9);
        check_close(parameter_norms, golden.parameter_norms, 1e-9);
        const Tensor logits = net.logits(images);
        const std::size_t classes = golden.dims.back();
        REQUIRE(golden.logits.size() == 2);
        for (std::size_t n = 0; n < golden.logits.size(); ++n) {
            const auto row = logits.begin() + static_cast<std::ptrdiff_t>(n * classes);
            check_close(Tensor(row, row + static_cast<std::ptrdiff_t>(classes)), golden.logits[n], 1e-8);
        }
    }
}

TEST_CASE("reference: a float model gives the golden network rounded to float") {
    const GoldenCase golden = mnist::golden_cases().front();
    const mnist::ModelParameters model = golden.initial_model();
    CHECK(model.dims() == golden.dims);
    const ReferenceNet net(model, golden.optimizer);
    const std::vector<Layer> exact = golden.initial_layers();
    for (std::size_t l = 0; l < exact.size(); ++l)
        check_close(net.layers()[l].weight, exact[l].weight, 0x1p-24);
}
