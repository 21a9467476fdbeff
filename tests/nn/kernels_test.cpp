// Our own loops (loss, optimizers) at every level of instructions that this machine has, against
// double-precision references.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/nn/layer_plan.hpp"
#include "mnist/nn/loss.hpp"
#include "mnist/nn/optimizer.hpp"
#include "nn/reference.hpp"
#include "part_sums.hpp"

namespace mnist {
namespace {

std::vector<float> random_floats(std::size_t n, float scale, std::uint32_t stream) {
    CounterRng rng(5, RandomPurpose::synthetic, stream);
    std::vector<float> values(n);
    for (float& v : values) v = (2 * rng.next_unit() - 1) * scale;
    return values;
}

std::vector<double> widened(const std::vector<float>& values) {
    return {values.begin(), values.end()};
}

struct PaddedLogits {
    std::vector<float> padded;
    std::vector<float> dense;
    std::vector<std::uint8_t> labels;
    std::size_t columns;
};

PaddedLogits random_logits(std::size_t rows, std::size_t classes, float scale) {
    PaddedLogits logits{.padded = {},
                        .dense = random_floats(rows * classes, scale, 1),
                        .labels = std::vector<std::uint8_t>(rows),
                        .columns = round_up(classes, kLane)};
    // The dead columns hold something large: they must not matter.
    logits.padded.assign(rows * logits.columns, 1e9F);
    for (std::size_t r = 0; r < rows; ++r) {
        logits.labels[r] = static_cast<std::uint8_t>(r * 7 % classes);
        for (std::size_t c = 0; c < classes; ++c)
            logits.padded[r * logits.columns + c] = logits.dense[r * classes + c];
    }
    return logits;
}

}  // namespace

TEST_CASE("loss: value and gradient equal the reference for any number of classes") {
    for (const Isa isa : available_isas()) {
        for (const std::size_t classes : {std::size_t{1}, std::size_t{2}, std::size_t{10}, std::size_t{16},
                                          std::size_t{17}, std::size_t{47}, std::size_t{256}}) {
            for (const float scale : {0.1F, 3.0F, 80.0F}) {
                const std::size_t rows = 13;
                const PaddedLogits logits = random_logits(rows, classes, scale);
                std::vector<float> diff(rows * logits.columns, -1.0F);
                const double sum = softmax_cross_entropy(isa)({.logits = logits.padded.data(),
                                                               .labels = logits.labels.data(),
                                                               .diff_logits = diff.data(),
                                                               .rows = rows,
                                                               .classes = classes,
                                                               .columns = logits.columns,
                                                               .scale = 1.0F / 13.0F});
                const auto expected =
                    reference::softmax_cross_entropy(widened(logits.dense), logits.labels, classes);
                INFO(name(isa) << ", " << classes << " classes, scale " << scale);
                CHECK(sum / 13 == Approx(expected.loss).epsilon(1e-6).margin(1e-7));
                for (std::size_t r = 0; r < rows; ++r) {
                    for (std::size_t c = 0; c < logits.columns; ++c) {
                        const double got = static_cast<double>(diff[r * logits.columns + c]);
                        if (c >= classes) {
                            REQUIRE(got == 0);
                        } else {
                            REQUIRE(std::abs(got - expected.diff_logits[r * classes + c]) < 1e-7);
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("loss: without a place for the gradient only the loss is computed") {
    const PaddedLogits logits = random_logits(5, 10, 2.0F);
    const double sum = softmax_cross_entropy(detected_isa())({.logits = logits.padded.data(),
                                                              .labels = logits.labels.data(),
                                                              .diff_logits = nullptr,
                                                              .rows = 5,
                                                              .classes = 10,
                                                              .columns = 16,
                                                              .scale = 1});
    CHECK(sum / 5 == Approx(reference::softmax_cross_entropy(widened(logits.dense), logits.labels, 10).loss)
                         .epsilon(1e-6));
}

TEST_CASE("loss: a logit that is not a number, or infinite, shows in the sum") {
    for (const Isa isa : available_isas()) {
        for (const float bad :
             {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            for (std::size_t place = 0; place < 10; ++place) {
                PaddedLogits logits = random_logits(3, 10, 2.0F);
                logits.padded[logits.columns + place] = bad;
                std::vector<float> diff(3 * logits.columns);
                const double sum = softmax_cross_entropy(isa)({.logits = logits.padded.data(),
                                                               .labels = logits.labels.data(),
                                                               .diff_logits = diff.data(),
                                                               .rows = 3,
                                                               .classes = 10,
                                                               .columns = logits.columns,
                                                               .scale = 1});
                INFO(name(isa) << ", place " << place << ", " << static_cast<double>(bad));
                CHECK_FALSE(std::isfinite(sum));
            }
        }
    }
}

TEST_CASE("optimizer: ten steps equal the double-precision rule at every level and awkward length") {
    for (const Isa isa : available_isas()) {
        for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::momentum, OptimizerKind::adam}) {
            for (const std::size_t n :
                 {std::size_t{1}, std::size_t{16}, std::size_t{63}, std::size_t{1000}}) {
                const reference::OptimizerRule rule{.kind = kind, .lr = 0.01};
                const OptimizerSettings settings{.kind = kind, .lr = 0.01};
                std::vector<float> w = random_floats(n, 1.0F, 2);
                std::vector<float> m(n, 0.0F);
                std::vector<float> v(n, 0.0F);
                reference::Tensor expected = widened(w);
                reference::OptimizerState state{
                    .first = reference::Tensor(n, 0.0), .second = reference::Tensor(n, 0.0), .step = 0};
                for (std::uint32_t t = 1; t <= 10; ++t) {
                    const std::vector<float> g = random_floats(n, 0.1F, 100 + t);
                    update_function(kind, isa)({.w = w.data(),
                                                .m = m.data(),
                                                .v = v.data(),
                                                .g = g.data(),
                                                .inputs = 1,
                                                .outputs = n},
                                               scalars_at(settings, t));
                    reference::optimizer_update(rule, widened(g), expected, state);
                }
                INFO(name(isa) << ", " << name(kind) << ", " << n);
                // Ten updates of at most 0.01, each a handful of roundings of numbers below 2.
                const double tolerance = 100 * static_cast<double>(std::numeric_limits<float>::epsilon());
                for (std::size_t i = 0; i < n; ++i)
                    REQUIRE(std::abs(static_cast<double>(w[i]) - expected[i]) < tolerance);
            }
        }
    }
}

TEST_CASE("optimizer: Adam's square root is rounded as the instruction rounds it, for every mantissa") {
    // With these scalars the update is 1/sqrt(v), which shows at least every second bit that is lost.
    const UpdateScalars scalars{.lr = -1.0F,
                                .momentum = 1.0F,
                                .one_minus_beta1 = 0.0F,
                                .beta2 = 1.0F,
                                .one_minus_beta2 = 0.0F,
                                .second_scale = 1.0F,
                                .epsilon = 0.0F};
    constexpr std::size_t kBlock = std::size_t{1} << 12U;
    constexpr std::uint32_t kTwoOctaves = 1U << 24U;
    const std::vector<float> gradient(kBlock, 0.0F);
    for (const Isa isa : available_isas()) {
        for (const float scale : {1.0F, 0x1p-60F, 0x1p60F}) {
            std::size_t wrong = 0;
            for (std::uint32_t at = 0; at < kTwoOctaves; at += kBlock) {
                std::vector<float> w(kBlock, 0.0F);
                std::vector<float> m(kBlock, 1.0F);
                std::vector<float> v(kBlock);
                for (std::uint32_t i = 0; i < kBlock; ++i)
                    v[i] = std::bit_cast<float>(std::bit_cast<std::uint32_t>(1.0F) + at + i) * scale;
                update_function(OptimizerKind::adam, isa)({.w = w.data(),
                                                           .m = m.data(),
                                                           .v = v.data(),
                                                           .g = gradient.data(),
                                                           .inputs = 1,
                                                           .outputs = kBlock},
                                                          scalars);
                for (std::size_t i = 0; i < kBlock; ++i) wrong += w[i] != 1.0F / std::sqrt(v[i]) ? 1U : 0U;
            }
            INFO(name(isa) << ", scale " << scale);
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("optimizer: strips of a matrix, and turned gradients, give the bits of the whole") {
    constexpr std::size_t kInputs = 48;
    constexpr std::size_t kOutputs = 96;
    constexpr std::size_t kAll = kInputs * kOutputs;
    const auto g = random_floats(kAll, 0.1F, 1);
    std::vector<float> turned(kAll);
    for (std::size_t at = 0; at < kAll; ++at) turned[at % kOutputs * kInputs + at / kOutputs] = g[at];
    for (const Isa isa : available_isas()) {
        for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::momentum, OptimizerKind::adam}) {
            const UpdateScalars scalars = scalars_at({.kind = kind, .lr = 0.01}, 3);
            std::vector<std::vector<float>> results;
            for (const bool is_turned : {false, true}) {
                for (const bool by_strip : {false, true}) {
                    auto w = random_floats(kAll, 1.0F, 2);
                    auto m = random_floats(kAll, 0.1F, 3);
                    auto v = std::vector<float>(kAll, 0.01F);
                    const std::size_t width = by_strip ? 32 : kOutputs;
                    for (std::size_t o = 0; o < kOutputs; o += width)
                        update_function(kind, isa, {.turned = is_turned})(
                            {.w = w.data() + o,
                             .m = m.data() + o,
                             .v = v.data() + o,
                             .g = is_turned ? turned.data() + o * kInputs : g.data() + o,
                             .inputs = kInputs,
                             .outputs = width,
                             .stride = kOutputs,
                             .gradient_stride = is_turned ? kInputs : kOutputs},
                            scalars);
                    w.insert(w.end(), m.begin(), m.end());
                    w.insert(w.end(), v.begin(), v.end());
                    results.push_back(std::move(w));
                }
            }
            INFO(name(isa) << ", " << name(kind));
            CHECK(results[1] == results[0]);
            CHECK(results[3] == results[2]);
            // The levels below AVX-512 have one body for the turned gradient, compiled for the baseline.
            if (isa != Isa::avx2) CHECK(results[2] == results[0]);
            for (std::size_t i = 0; i < results[0].size(); ++i)
                REQUIRE(std::abs(results[2][i] - results[0][i]) <= 2e-7F);
        }
    }
}

TEST_CASE("optimizer: settings are taken from the configuration by kind") {
    TrainConfig config;
    config.sgd_lr = 1;
    config.momentum_lr = 2;
    config.adam_lr = 3;
    config.momentum = 0.5;
    CHECK(settings_for(OptimizerKind::sgd, config, 1).lr == 1);
    CHECK(settings_for(OptimizerKind::momentum, config, 1).lr == 2);
    CHECK(settings_for(OptimizerKind::momentum, config, 1).momentum == 0.5);
    CHECK(settings_for(OptimizerKind::adam, config, 1).lr == 3);
}

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

TEST_CASE("plan: the inputs of the first layer are cut into four chains, equal to within a block") {
    for (const KernelFamily family : {KernelFamily::plain, KernelFamily::blocked, KernelFamily::amx}) {
        const LayerPlan plan = plan_layers({784, 128, 64, 10}, family).front();
        REQUIRE(plan.chains() == 4);
        for (std::size_t c = 0; c < 4; ++c) {
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
            REQUIRE(cut.tiles_of(g) <= 2);
            all += cut.rows_of(g);
            blocks += cut.blocks_of(g);
        }
        REQUIRE(all == rows);
        REQUIRE(blocks == cut.blocks());
    }
    CHECK(cut_batch(64).groups() == 1);
    CHECK(cut_batch(1024).groups() == 4);
}

TEST_CASE("parts: the sum of all parts in their order and the bias, at every level of instructions") {
    constexpr std::size_t kRows = 3;
    constexpr std::size_t kWidth = 48;
    constexpr std::size_t kStride = kRows * kWidth + 16;
    constexpr std::size_t kDstStride = 64;
    const std::vector<float> parts = random_floats(3 * kStride, 2.0F, 9);
    const std::vector<float> bias = random_floats(kWidth, 2.0F, 10);
    for (const Isa isa : available_isas()) {
        for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
            for (const bool relu : {false, true}) {
                INFO(name(isa) << ", " << count << " parts, ReLU " << relu);
                std::vector<float> dst(kRows * kDstStride, 77.0F);
                add_parts(isa,
                          {.parts = parts.data(),
                           .count = count,
                           .stride = kStride,
                           .rows = kRows,
                           .width = kWidth,
                           .dst_stride = kDstStride,
                           .bias = bias.data(),
                           .relu = relu},
                          dst.data());
                for (std::size_t r = 0; r < kRows; ++r) {
                    for (std::size_t i = 0; i < kDstStride; ++i) {
                        float sum = 77.0F;
                        if (i < kWidth) {
                            sum = parts[r * kWidth + i];
                            for (std::size_t p = 1; p < count; ++p)
                                sum += parts[p * kStride + r * kWidth + i];
                            sum += bias[i];
                            if (relu && sum < 0) sum = 0;
                        }
                        REQUIRE(dst[r * kDstStride + i] == sum);
                    }
                }
            }
        }
    }
}

TEST_CASE("parts: a sum that is no number stays one through ReLU") {
    std::vector<float> parts(kLane, 1.0F);
    const std::vector<float> bias(kLane, 0.0F);
    parts[3] = std::numeric_limits<float>::quiet_NaN();
    for (const Isa isa : available_isas()) {
        std::vector<float> dst(kLane);
        add_parts(isa,
                  {.parts = parts.data(),
                   .count = 1,
                   .stride = kLane,
                   .rows = 1,
                   .width = kLane,
                   .dst_stride = kLane,
                   .bias = bias.data(),
                   .relu = true},
                  dst.data());
        CHECK(std::isnan(dst[3]));
        CHECK(dst[4] == 1.0F);
    }
}

TEST_CASE("ReLU: its gradient passes where the result is above 0, at every level of instructions") {
    constexpr std::size_t kFloats = 48;
    std::vector<float> results = random_floats(kFloats, 1.0F, 10);
    results[5] = 0.0F;
    const std::vector<float> gradients = random_floats(kFloats, 1.0F, 11);
    for (const Isa isa : available_isas()) {
        INFO(name(isa));
        std::vector<float> diff = gradients;
        mask_relu(isa, results.data(), diff.data(), kFloats);
        for (std::size_t i = 0; i < kFloats; ++i) REQUIRE(diff[i] == (results[i] > 0 ? gradients[i] : 0.0F));
    }
}

}  // namespace mnist
