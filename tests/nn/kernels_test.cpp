// Our own loops (loss, optimizers) at every level of instructions that this machine has, against
// double-precision references.
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
                    update_function(kind, isa)(w.data(), m.data(), v.data(), g.data(), n,
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
                update_function(OptimizerKind::adam, isa)(w.data(), m.data(), v.data(), gradient.data(),
                                                          kBlock, scalars);
                for (std::size_t i = 0; i < kBlock; ++i) wrong += w[i] != 1.0F / std::sqrt(v[i]) ? 1U : 0U;
            }
            INFO(name(isa) << ", scale " << scale);
            CHECK(wrong == 0);
        }
    }
}

TEST_CASE("optimizer: a gradient that lies output by output gives the bits of one that lies as the weights") {
    for (const Isa isa : available_isas()) {
        for (const OptimizerKind kind : {OptimizerKind::sgd, OptimizerKind::momentum, OptimizerKind::adam}) {
            for (const auto& [inputs, outputs] :
                 {std::pair<std::size_t, std::size_t>{16, 16}, {48, 32}, {784, 64}, {4, 16}}) {
                const std::size_t n = inputs * outputs;
                const auto g = random_floats(n, 0.1F, 1);
                std::vector<float> turned(n);
                for (std::size_t at = 0; at < n; ++at) turned[at % outputs * inputs + at / outputs] = g[at];
                auto w = random_floats(n, 1.0F, 2);
                auto m = random_floats(n, 0.1F, 3);
                auto v = std::vector<float>(n, 0.01F);
                auto turned_w = w;
                auto turned_m = m;
                auto turned_v = v;
                const UpdateScalars scalars = scalars_at({.kind = kind, .lr = 0.01}, 3);
                update_function(kind, isa)(w.data(), m.data(), v.data(), g.data(), n, scalars);
                turned_update_function(kind, isa)(turned_w.data(), turned_m.data(), turned_v.data(),
                                                  turned.data(), inputs, outputs, scalars);
                INFO(name(isa) << ", " << inputs << " x " << outputs);
                // The level without AVX-512 has one body for the turned gradient, compiled for the baseline.
                const double tolerance = isa == Isa::avx2 ? 2e-7 : 0;
                double error = 0;
                for (std::size_t at = 0; at < n; ++at) {
                    error = std::max(
                        error, std::abs(static_cast<double>(turned_w[at]) - static_cast<double>(w[at])));
                    error = std::max(
                        error, std::abs(static_cast<double>(turned_m[at]) - static_cast<double>(m[at])));
                    error = std::max(
                        error, std::abs(static_cast<double>(turned_v[at]) - static_cast<double>(v[at])));
                }
                CHECK(error <= tolerance);
            }
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

TEST_CASE("plan: every weight has a place of its own, panels are whole, padding is a multiple of 16") {
    for (const KernelFamily family : {KernelFamily::gemm, KernelFamily::blocked, KernelFamily::amx}) {
        std::size_t below = 0;
        for (const LayerPlan& plan : plan_layers({30, 130, 64, 47, 10}, family)) {
            CHECK(plan.in_padded % (family == KernelFamily::amx ? kAmxInputs : kLane) == 0);
            CHECK(plan.out_padded % kLane == 0);
            CHECK((below == 0 || plan.in_padded == below));
            below = plan.out_padded;
            CHECK(plan.out_padded % plan.panel_width == 0);
            std::vector<bool> taken(plan.weight_floats(), false);
            for (std::size_t o = 0; o < plan.out_padded; ++o) {
                for (std::size_t i = 0; i < plan.in_padded; ++i) {
                    const std::size_t at = plan.offset(o, i);
                    REQUIRE(at / plan.panel_floats() == o / plan.panel_width);
                    REQUIRE_FALSE(taken[at]);
                    taken[at] = true;
                }
            }
        }
    }
}

TEST_CASE(
    "plan: tiles and chunks depend on the batch and the slices alone and are small enough for a cache") {
    const auto tile = [](std::size_t rows, bool sliced) { return cut_batch(rows, rows, sliced).tile; };
    CHECK(tile(1, false) == 1);
    CHECK(tile(16, false) == 8);
    CHECK(tile(37, false) == 24);
    CHECK(tile(64, false) == 32);
    CHECK(tile(128, false) == 32);
    CHECK(tile(256, false) == 64);
    CHECK(tile(4096, false) == 128);
    CHECK(cut_batch(4096, 4096, false).chunk == 128);
    CHECK(tile(1, true) == 1);
    CHECK(tile(37, true) == 37);
    CHECK(tile(64, true) == 64);
    CHECK(tile(300, true) == 128);
    CHECK(tile(4096, true) == 128);
}

TEST_CASE("plan: large batches are cut into two shards of whole tiles, no larger than a full batch's") {
    CHECK(cut_batch(511, 511, true).shards == 1);
    CHECK(cut_batch(4096, 4096, false).shards == 1);
    for (const std::size_t batch : {512U, 513U, 700U, 1000U, 4096U}) {
        const BatchCut full = cut_batch(batch, batch, true);
        CHECK(full.shards == 2);
        for (std::size_t rows = 1; rows <= batch; rows += rows < 300 ? 1 : 37) {
            INFO(rows << " rows of a batch of " << batch);
            const BatchCut cut = cut_batch(rows, batch, true);
            REQUIRE(cut.chunk == cut.tile);
            REQUIRE(cut.tile <= full.tile);
            REQUIRE(cut.tiles() <= full.tiles());
            REQUIRE(cut.shards == (rows > 1 ? 2 : 1));
            REQUIRE(cut.first_chunk(0) == 0);
            REQUIRE(cut.first_chunk(cut.shards) == cut.chunks());
            for (std::size_t chunk = 0; chunk < cut.chunks(); ++chunk) {
                const std::size_t shard = cut.shard_of(chunk);
                REQUIRE(cut.first_chunk(shard) <= chunk);
                REQUIRE(chunk < cut.first_chunk(shard + 1));
                REQUIRE(cut.begins_shard(chunk) == (chunk == cut.first_chunk(shard)));
            }
        }
    }
}

TEST_CASE("plan: the second layer is sliced where the first has panels and its own outputs fit one") {
    const auto slices = [](const std::vector<std::size_t>& dims, KernelFamily family) {
        return plan_layers(dims, family)[1].slices;
    };
    CHECK(slices({784, 128, 64, 10}, KernelFamily::blocked) == 2);
    CHECK(slices({784, 130, 30, 10}, KernelFamily::blocked) == 9);
    CHECK(slices({784, 128, 10}, KernelFamily::blocked) == 2);
    CHECK(slices({784, 128, 40, 10}, KernelFamily::blocked) == 1);
    CHECK(slices({784, 128, 128, 10}, KernelFamily::blocked) == 1);
    CHECK(slices({784, 16, 64, 10}, KernelFamily::blocked) == 1);
    CHECK(slices({784, 128, 64, 10}, KernelFamily::gemm) == 1);
    CHECK(slices({784, 128, 64, 10}, KernelFamily::amx) == 2);
    const LayerPlan second = plan_layers({784, 128, 64, 10}, KernelFamily::blocked)[1];
    CHECK(second.panels() == 1);
    CHECK(second.slice_width() == 64);
    // A slice is contiguous: the weights of its inputs, and nothing else.
    for (std::size_t o = 0; o < second.out_padded; ++o) {
        for (std::size_t i = 0; i < second.in_padded; ++i)
            REQUIRE(second.offset(o, i) / second.slice_floats() == i / second.slice_width());
    }
}

TEST_CASE("plan: for AMX inputs, and with them slices, come in whole blocks of 32") {
    const std::vector<LayerPlan> usual = plan_layers({784, 128, 64, 10}, KernelFamily::amx);
    CHECK(usual[0].in_padded == 800);
    CHECK(usual[0].panel_width == 64);
    CHECK(usual[2].out_padded == 16);
    // Blocks of 16 inputs would be cut into slices of 16: 130 outputs are nine panels there, five here.
    const std::vector<LayerPlan> odd = plan_layers({784, 130, 30, 10}, KernelFamily::amx);
    CHECK(odd[0].panels() == 5);
    CHECK(odd[1].slices == 5);
    CHECK(odd[1].slice_width() == 32);
    // Too narrow for two panels.
    CHECK(plan_layers({784, 20, 10}, KernelFamily::amx)[0].panels() == 1);
    CHECK(plan_layers({784, 20, 10}, KernelFamily::amx)[1].slices == 1);
}

TEST_CASE("parts: the sum of all parts in their order, at every level of instructions") {
    constexpr std::size_t kFloats = 48;
    constexpr std::size_t kStride = 64;
    const std::vector<float> parts = random_floats(3 * kStride, 2.0F, 9);
    for (const Isa isa : available_isas()) {
        for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
            for (const bool relu : {false, true}) {
                INFO(name(isa) << ", " << count << " parts, ReLU " << relu);
                std::vector<float> dst(kFloats + 1, 77.0F);
                add_parts(isa, {.parts = parts.data(), .count = count, .stride = kStride, .relu = relu},
                          dst.data(), kFloats);
                for (std::size_t i = 0; i < kFloats; ++i) {
                    float sum = parts[i];
                    for (std::size_t p = 1; p < count; ++p) sum += parts[p * kStride + i];
                    REQUIRE(dst[i] == (relu && sum < 0 ? 0.0F : sum));
                }
                CHECK(dst[kFloats] == 77.0F);
            }
        }
    }
}

TEST_CASE("parts: a sum that is no number stays one through ReLU") {
    std::vector<float> parts(kLane, 1.0F);
    parts[3] = std::numeric_limits<float>::quiet_NaN();
    for (const Isa isa : available_isas()) {
        std::vector<float> dst(kLane);
        add_parts(isa, {.parts = parts.data(), .count = 1, .stride = kLane, .relu = true}, dst.data(), kLane);
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
