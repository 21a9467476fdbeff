// Our own loops (loss, sums of parts, ReLU) at every level of instructions that this machine has, against
// double-precision references.
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "catch.hpp"
#include "mnist/core/checked.hpp"
#include "mnist/core/rng.hpp"
#include "mnist/step/layer_plan.hpp"
#include "mnist/step/loss.hpp"
#include "part_sums.hpp"
#include "step/random_floats.hpp"
#include "step/reference.hpp"

namespace mnist {
namespace {

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

TEST_CASE("parts: the sum of all parts in their order and the bias, at every level of instructions") {
    constexpr std::size_t kRows = 3;
    constexpr std::size_t kWidth = 48;
    constexpr std::size_t kStride = kRows * kWidth + 16;
    constexpr std::size_t kDstStride = 64;
    std::vector<float> parts = random_floats(3 * kStride, 2.0F, 9);
    std::vector<float> bias = random_floats(kWidth, 2.0F, 10);
    for (const std::size_t p : {0U, 1U, 2U}) parts[p * kStride + 5] = -0.0F;
    bias[5] = -0.0F;
    parts[6] = -std::numeric_limits<float>::infinity();
    parts[7] = std::numeric_limits<float>::quiet_NaN();
    const auto bits = [](float x) { return std::isnan(x) ? 0 : std::bit_cast<std::uint32_t>(x); };
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
                        REQUIRE(std::isnan(dst[r * kDstStride + i]) == std::isnan(sum));
                        REQUIRE(bits(dst[r * kDstStride + i]) == bits(sum));
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
