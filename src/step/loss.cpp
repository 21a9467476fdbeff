// Works on chunks of 16 columns held in small arrays, which the compiler turns into vector registers at each
// level. The exponential is the classic range reduction by ln 2 in two parts and a polynomial of degree 6 for
// the rest (Cody and Waite 1980, chapter 6).
#include "mnist/step/loss.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "mnist/core/isa_levels.hpp"

namespace mnist {
namespace {

constexpr std::size_t kChunk = 16;
// A logarithm takes two fifths of a row's time, and that of a product is the sum. Each factor is at most
// the number of classes, 2^8 at the most, so that the product stays in a double's range.
constexpr std::size_t kRowsPerLogarithm = 64;

// e^x for x <= 0. Adding 1.5 * 2^23 rounds to an integer and leaves it in the low bits, without a conversion
// that not-a-number would make undefined.
[[gnu::always_inline]] inline float exp_nonpositive(float x) {
    constexpr float kShift = 12582912.0F;
    x = x < -87.0F ? -87.0F : x;
    const float shifted = x * 1.44269504F + kShift;
    const float n = shifted - kShift;
    const float r = (x - n * 0.693359375F) - n * -2.12194440e-4F;
    float p = 1.0F / 720.0F;
    p = p * r + 1.0F / 120.0F;
    p = p * r + 1.0F / 24.0F;
    p = p * r + 1.0F / 6.0F;
    p = p * r + 0.5F;
    p = p * r + 1.0F;
    p = p * r + 1.0F;
    const auto scale = std::bit_cast<float>((std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U);
    return p * scale;
}

// Largest live logit of a row.
[[gnu::always_inline]] inline float row_maximum(const float* row, std::size_t classes) {
    float maximum = row[0];
    for (std::size_t c = 1; c < classes; ++c) maximum = row[c] > maximum ? row[c] : maximum;
    return maximum;
}

// The exponentials wait in the gradient's place until their sum is known. A NaN anywhere in the row reaches
// the sum.
[[gnu::always_inline]] inline double body(const LossArguments& a) {
    double total = 0;
    double product = 1;
    for (std::size_t r = 0; r < a.rows; ++r) {
        const float* const row = a.logits + r * a.columns;
        float* const diff = a.diff_logits == nullptr ? nullptr : a.diff_logits + r * a.columns;
        const float maximum = row_maximum(row, a.classes);
        float sum = 0;
        for (std::size_t c = 0; c < a.columns; c += kChunk) {
            float e[kChunk];
            for (std::size_t k = 0; k < kChunk; ++k) e[k] = exp_nonpositive(row[c + k] - maximum);
            const std::size_t live = std::min(kChunk, a.classes - std::min(a.classes, c));
            for (std::size_t k = 0; k < live; ++k) sum += e[k];
            if (diff == nullptr) continue;
            for (std::size_t k = 0; k < kChunk; ++k) diff[c + k] = k < live ? e[k] : 0.0F;
        }
        const std::size_t label = a.labels[r];
        total += static_cast<double>(maximum) - static_cast<double>(row[label]);
        product *= static_cast<double>(sum);
        if ((r + 1) % kRowsPerLogarithm == 0 || r + 1 == a.rows) {
            total += std::log(product);
            product = 1;
        }
        if (diff == nullptr) continue;
        const float factor = a.scale / sum;
        for (std::size_t c = 0; c < a.columns; ++c) diff[c] *= factor;
        diff[label] -= a.scale;
    }
    return total;
}

}  // namespace

LossFn softmax_cross_entropy(Isa isa) {
    return compiled_for<body>(isa);
}

}  // namespace mnist
