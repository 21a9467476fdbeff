// The optimizers' loops at every level of instructions that this machine has, against double-precision rules.
#include "mnist/step/optimizer.hpp"

#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "step/random_floats.hpp"
#include "step/reference.hpp"

namespace mnist {

TEST_CASE("optimizer: ten steps equal the double-precision rule at every level and awkward length") {
    for (const Isa isa : available_isas()) {
        for (const OptimizerKind kind : kOptimizerKinds) {
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
                                .memory = 1.0F,
                                .one_minus_memory = 0.0F,
                                .squares = 1.0F,
                                .one_minus_squares = 0.0F,
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
        for (const OptimizerKind kind : kOptimizerKinds) {
            const UpdateScalars scalars = scalars_at({.kind = kind, .lr = 0.01}, 3);
            std::vector<std::vector<float>> results;
            for (const bool is_turned : {false, true}) {
                for (const bool by_strip : {false, true}) {
                    auto w = random_floats(kAll, 1.0F, 2);
                    auto m = random_floats(kAll, 0.1F, 3);
                    for (float& value : m) value = std::abs(value);  // RMSprop's is a mean of squares
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
    CHECK(settings_for(OptimizerKind::momentum, config, 1).numbers.momentum == 0.5);
    CHECK(settings_for(OptimizerKind::adam, config, 1).lr == 3);
}

}  // namespace mnist
