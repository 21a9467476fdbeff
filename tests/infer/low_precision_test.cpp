// Inference in fewer bits: rounding, calibration, and the int8 and bf16 engines against plain loops.
#include "mnist/infer/low_precision.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "catch.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/infer/quantize.hpp"
#include "mnist/step/precision.hpp"
#include "requantize.hpp"

namespace mnist {
namespace {

std::vector<std::uint8_t> random_pixels(std::size_t count) {
    CounterRng rng(3, RandomPurpose::synthetic, 7);
    std::vector<std::uint8_t> pixels(count);
    // Mostly black, as digits are.
    for (std::uint8_t& pixel : pixels) {
        const double u = rng.next_unit_f64();
        pixel = u < 0.7 ? 0 : static_cast<std::uint8_t>(255 * (u - 0.7) / 0.3);
    }
    return pixels;
}

// As the header of QuantizedLayer says, integers in integers, one rounding after the other.
std::vector<float> int8_logits(const QuantizedModel& model, const std::uint8_t* row) {
    std::vector<int> input(row, row + model.layers[0].in);
    std::vector<float> logits;
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const QuantizedLayer& layer = model.layers[l];
        const bool last = l + 1 == model.layers.size();
        const float next = last ? 1 : model.layers[l + 1].input_scale;
        std::vector<int> output;
        for (std::size_t o = 0; o < layer.out; ++o) {
            int sum = 0;
            for (std::size_t i = 0; i < layer.in; ++i) sum += layer.weight[o * layer.in + i] * input[i];
            const float factor = layer.input_scale * layer.scale[o] / next;
            const float product = static_cast<float>(sum) * factor;
            const float value = product + layer.bias[o] / next;
            if (last) {
                logits.push_back(value);
            } else {
                const float raised = std::clamp(value, 0.0F, 255.0F) + 0.5F;
                output.push_back(static_cast<int>(raised));
            }
        }
        input = output;
    }
    return logits;
}

std::vector<double> f64_logits(const ModelParameters& model, const std::uint8_t* row) {
    std::vector<double> input;
    for (std::size_t i = 0; i < model.layers[0].in; ++i) input.push_back(row[i] * 2.0 / 255 - 1);
    for (std::size_t l = 0; l < model.layers.size(); ++l) {
        const LayerParameters& layer = model.layers[l];
        std::vector<double> output;
        for (std::size_t o = 0; o < layer.out; ++o) {
            double sum = layer.bias[o];
            for (std::size_t i = 0; i < layer.in; ++i)
                sum += static_cast<double>(layer.weight[o * layer.in + i]) * input[i];
            output.push_back(l + 1 < model.layers.size() ? std::max(sum, 0.0) : sum);
        }
        input = output;
    }
    return input;
}

struct Case {
    std::vector<std::size_t> dims;
    std::size_t rows;
    std::size_t tile;
};
const std::vector<Case> kCases{{{784, 128, 64, 10}, 37, 8}, {{49, 20, 7, 3}, 5, 2}, {{33, 16, 4}, 1, 1}};

}  // namespace

TEST_CASE("quantised: weights are rounded with a scale of their output, at most half a step off") {
    const ModelParameters model = initial_parameters({49, 20, 3}, 1);
    const QuantizedModel quantized = quantize(model, std::vector<float>{5.1F});
    for (std::size_t l = 0; l < 2; ++l) {
        const QuantizedLayer& layer = quantized.layers[l];
        for (std::size_t o = 0; o < layer.out; ++o) {
            int largest = 0;
            for (std::size_t i = 0; i < layer.in; ++i) {
                const std::size_t at = o * layer.in + i;
                largest = std::max(largest, std::abs(int{layer.weight[at]}));
                CHECK(std::abs(static_cast<float>(layer.weight[at]) * layer.scale[o] -
                               model.layers[l].weight[at]) <= 0.50001F * layer.scale[o]);
            }
            CHECK(largest == kMostWeight);
        }
    }
    CHECK(quantized.layers[0].input_scale == 2.0F / 255);
    CHECK(quantized.layers[1].input_scale == Approx(0.02));
    CHECK(quantized.layers[1].bias == model.layers[1].bias);
    CHECK(quantized.dims() == std::vector<std::size_t>{49, 20, 3});
}

TEST_CASE("quantised: black pixels lose nothing to the rounding of the weights") {
    const ModelParameters model = initial_parameters({49, 20, 3}, 1);
    const std::vector<std::uint8_t> black(49, 0);
    const LabelledRows rows{.images = black.data(), .labels = nullptr, .count = 1, .pixels = 49};
    for (std::size_t o = 0; o < 20; ++o) {
        double sum = model.layers[0].bias[o];
        for (std::size_t i = 0; i < 49; ++i) sum -= model.layers[0].weight[o * 49 + i];
        CHECK(quantize(model, std::vector<float>{1}).layers[0].bias[o] == static_cast<float>(sum));
    }
    CHECK(largest_activations(model, rows).size() == 1);
}

TEST_CASE("quantised: outputs without weights and layers that were never active have finite scales") {
    ModelParameters model = initial_parameters({4, 3, 2}, 1);
    std::fill(model.layers[0].weight.begin(), model.layers[0].weight.end(), 0.0F);
    std::fill(model.layers[0].bias.begin(), model.layers[0].bias.end(), -1.0F);
    const QuantizedModel quantized = quantize(model, std::vector<float>{0});
    CHECK(quantized.layers[0].scale[0] == 1);
    CHECK(quantized.layers[1].input_scale == 1);
    CHECK_THROWS_AS(quantize(model, {}), ShapeError);
}

TEST_CASE("quantised: calibration finds the largest activation of each hidden layer") {
    const ModelParameters model = initial_parameters({49, 20, 7, 3}, 2);
    const std::vector<std::uint8_t> pixels = random_pixels(std::size_t{49} * 30);
    const std::vector<float> largest =
        largest_activations(model, {.images = pixels.data(), .labels = nullptr, .count = 30, .pixels = 49});
    REQUIRE(largest.size() == 2);
    for (std::size_t l = 0; l < 2; ++l) {
        ModelParameters first;
        first.layers.assign(model.layers.begin(), model.layers.begin() + static_cast<std::ptrdiff_t>(l) + 1);
        double expected = 0;
        for (std::size_t r = 0; r < 30; ++r) {
            const std::vector<double> activations = f64_logits(first, pixels.data() + r * 49);
            expected = std::max(expected, *std::max_element(activations.begin(), activations.end()));
        }
        CHECK(static_cast<double>(largest[l]) == Approx(expected).epsilon(1e-5));
    }
}

TEST_CASE("requantisation: every level of instructions gives the same bytes, halves go up, limits hold") {
    const std::vector<std::int32_t> sums{-5, 0, 1, 3, 510, 511, 12'000'000, -12'000'000};
    const std::vector<float> factor(sums.size(), 0.5F);
    const std::vector<float> offset(sums.size(), 0.0F);
    const std::vector<std::uint8_t> expected{0, 0, 1, 2, 255, 255, 255, 0};
    for (const Isa isa : available_isas()) {
        std::vector<std::uint8_t> found(sums.size());
        requantize(isa)(sums.data(), factor.data(), offset.data(), 1, sums.size(), found.data());
        CHECK(found == expected);
    }
}

TEST_CASE(
    "requantisation: rows of any width have the bytes of plain loops, beyond what integers hold as well") {
    CounterRng rng(5, RandomPurpose::synthetic, 1);
    const auto number = [&](double most) { return most * (2 * rng.next_unit_f64() - 1); };
    for (const std::size_t columns : {1U, 16U, 17U, 31U, 48U, 63U, 64U, 65U, 80U, 128U, 200U}) {
        constexpr std::size_t kRows = 5;
        std::vector<std::int32_t> sums(kRows * columns);
        std::vector<float> factor(columns), offset(columns);
        for (std::int32_t& sum : sums) sum = static_cast<std::int32_t>(number(1e6));
        for (float& one : factor) one = static_cast<float>(number(rng.next_unit_f64() < 0.1 ? 1e38 : 4e-4));
        for (float& one : offset) one = static_cast<float>(number(50));
        std::vector<std::uint8_t> expected(sums.size());
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const float product = static_cast<float>(sums[i]) * factor[i % columns];
            const float limited = std::clamp(product + offset[i % columns], 0.0F, 255.0F);
            expected[i] = static_cast<std::uint8_t>(limited + 0.5F);
        }
        for (const Isa isa : available_isas()) {
            CAPTURE(columns, isa);
            // A byte behind the last row tells of a store that is too wide.
            std::vector<std::uint8_t> found(sums.size() + 1, 77);
            requantize(isa)(sums.data(), factor.data(), offset.data(), kRows, columns, found.data());
            CHECK(found.back() == 77);
            found.pop_back();
            CHECK(found == expected);
        }
    }
}

TEST_CASE("bf16: every pixel is widened to itself, and nothing is stored behind the last") {
    if (!has_avx512_bf16()) return;  // precision_obstacle refuses bf16 there
    std::vector<std::uint8_t> pixels(256);
    std::iota(pixels.begin(), pixels.end(), std::uint8_t{0});
    for (const std::size_t n : {std::size_t{1}, std::size_t{16}, std::size_t{45}, std::size_t{256}}) {
        std::vector<std::uint16_t> found(n + 1, 77);
        widen_to_bf16(pixels.data() + 256 - n, found.data(), n);
        for (std::size_t i = 0; i < n; ++i) {
            const auto bits = static_cast<std::uint32_t>(found[i]) << 16U;
            REQUIRE(std::bit_cast<float>(bits) == static_cast<float>(256 - n + i));
        }
        CHECK(found.back() == 77);
    }
}

TEST_CASE("int8: logits are those of plain integer loops, bit for bit, for any tile and number of threads") {
    for (const Case& one : kCases) {
        const ModelParameters model = initial_parameters(one.dims, 5);
        const std::vector<std::uint8_t> pixels = random_pixels(one.rows * one.dims[0]);
        const LabelledRows rows{
            .images = pixels.data(), .labels = nullptr, .count = one.rows, .pixels = one.dims[0]};
        const QuantizedModel quantized = quantize(model, largest_activations(model, rows));
        for (const std::size_t threads : {std::size_t{1}, std::size_t{2}}) {
            Team team(threads, {});
            LowPrecisionEngine engine(team, quantized, one.tile);
            const std::vector<float> found = engine.logits(rows);
            const std::size_t classes = one.dims.back();
            REQUIRE(found.size() == one.rows * classes);
            for (std::size_t r = 0; r < one.rows; ++r) {
                const std::vector<float> expected = int8_logits(quantized, pixels.data() + r * one.dims[0]);
                for (std::size_t c = 0; c < classes; ++c) REQUIRE(found[r * classes + c] == expected[c]);
            }
        }
    }
}

TEST_CASE("int8: sums at the limits of bytes do not saturate") {
    QuantizedModel model;
    QuantizedLayer layer{.in = 784,
                         .out = 3,
                         .weight = AlignedVector<std::int8_t>(std::size_t{3} * 784, std::int8_t{63}),
                         .scale = AlignedVector<float>(3, 1.0F),
                         .bias = AlignedVector<float>(3, 0.0F),
                         .input_scale = 1};
    std::fill(layer.weight.begin() + 784, layer.weight.end() - 784, std::int8_t{-63});
    model.layers.push_back(layer);
    const std::vector<std::uint8_t> white(784, 255);
    Team team(1, {});
    LowPrecisionEngine engine(team, model, 1);
    const std::vector<float> logits =
        engine.logits({.images = white.data(), .labels = nullptr, .count = 1, .pixels = 784});
    CHECK(logits[0] == 784 * 255 * 63);
    CHECK(logits[1] == -784 * 255 * 63);
}

TEST_CASE("int8: evaluation counts what the logits say") {
    const ModelParameters model = initial_parameters({49, 20, 3}, 2);
    const std::vector<std::uint8_t> pixels = random_pixels(std::size_t{49} * 11);
    const std::vector<std::uint8_t> labels{0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1};
    const LabelledRows rows{.images = pixels.data(), .labels = labels.data(), .count = 11, .pixels = 49};
    Team team(2, {});
    LowPrecisionEngine engine(team, quantize(model, largest_activations(model, rows)), 4);
    const std::vector<float> logits = engine.logits(rows);
    const EvalOutcome outcome = engine.evaluate(rows);
    std::uint64_t correct = 0;
    double loss = 0;
    for (std::size_t r = 0; r < 11; ++r) {
        const float* row = logits.data() + r * 3;
        double sum = 0;
        for (std::size_t c = 0; c < 3; ++c) sum += std::exp(static_cast<double>(row[c]));
        loss += std::log(sum) - static_cast<double>(row[labels[r]]);
        correct += std::max_element(row, row + 3) - row == labels[r] ? 1U : 0U;
    }
    CHECK(outcome.correct == correct);
    CHECK(outcome.loss == Approx(loss / 11).epsilon(1e-5));
    CHECK_THROWS_AS(engine.logits({.images = pixels.data(), .labels = nullptr, .count = 1, .pixels = 48}),
                    ShapeError);
}

TEST_CASE("int8 and bf16: logits are the same bits for every number of threads") {
    const ModelParameters model = initial_parameters({784, 128, 64, 10}, 4);
    const std::vector<std::uint8_t> pixels = random_pixels(std::size_t{784} * 256);
    const LabelledRows all{.images = pixels.data(), .labels = nullptr, .count = 256, .pixels = 784};
    const QuantizedModel quantized = quantize(model, largest_activations(model, all));
    const bool bf16 = !precision_obstacle(Precision::bf16);
    for (const std::size_t batch : std::vector<std::size_t>{3, 64, 256}) {
        LabelledRows rows = all;
        rows.count = batch;
        std::vector<float> expected_int8;
        std::vector<float> expected_bf16;
        for (const std::size_t threads : std::vector<std::size_t>{1, 2, 7}) {
            INFO("batch " << batch << ", threads " << threads);
            Team team(threads, {});
            const auto compare = [&](LowPrecisionEngine&& engine, std::vector<float>& expected) {
                team.stay_awake([&] {
                    if (expected.empty()) expected = engine.logits(rows);
                    CHECK(engine.logits(rows) == expected);
                });
            };
            compare(LowPrecisionEngine(team, quantized, inference_tile(batch)), expected_int8);
            if (bf16) compare(LowPrecisionEngine(team, model, inference_tile(batch)), expected_bf16);
        }
    }
}

TEST_CASE(
    "bf16: logits are the double-precision ones within its eight bits, or the error says what is missing") {
    const ModelParameters model = initial_parameters({784, 128, 64, 10}, 5);
    const std::vector<std::uint8_t> pixels = random_pixels(std::size_t{9} * 784);
    const LabelledRows rows{.images = pixels.data(), .labels = nullptr, .count = 9, .pixels = 784};
    Team team(1, {});
    if (precision_obstacle(Precision::bf16)) {
        CHECK_THROWS_AS(LowPrecisionEngine(team, model, 4), BackendError);
        return;
    }
    LowPrecisionEngine engine(team, model, 4);
    const std::vector<float> found = engine.logits(rows);
    for (std::size_t r = 0; r < 9; ++r) {
        const std::vector<double> expected = f64_logits(model, pixels.data() + r * 784);
        for (std::size_t c = 0; c < 10; ++c)
            CHECK(std::abs(static_cast<double>(found[r * 10 + c]) - expected[c]) < 0.01);
    }
}

}  // namespace mnist
