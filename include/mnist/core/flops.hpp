// How much arithmetic training costs, from the shapes alone, so that a throughput can be stated as a share of
// the machine's peak. Counts the matrix products only (a fused multiply-add is two operations); biases, ReLU,
// loss and optimizer are left out: they are below one percent, and leaving them out keeps the share
// comparable with published ones.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace mnist {

/// Floating-point operations to train on one sample: over the layers, 2 * in * out each for forward, for the
/// gradient in the weights and, in all layers but the first (nobody needs the gradient in the pixels), for
/// the gradient in the inputs.
///   dims  extents from input to output, e.g. {784, 128, 64, 10}, which costs 454,400
/// 0 with fewer than two extents. A double, so that no extents overflow.
[[nodiscard]] constexpr double training_flop_per_sample(std::span<const std::size_t> dims) noexcept {
    double flop = 0;
    for (std::size_t layer = 0; layer + 1 < dims.size(); ++layer) {
        const double product = 2.0 * static_cast<double>(dims[layer]) * static_cast<double>(dims[layer + 1]);
        flop += (layer == 0 ? 2 : 3) * product;
    }
    return flop;
}

/// Floating-point operations of one direction of an inner product of `rows` rows: 2 * rows * in * out, for
/// forward, backward-data and backward-weights alike.
[[nodiscard]] constexpr double inner_product_flop(std::size_t rows, std::size_t in,
                                                  std::size_t out) noexcept {
    return 2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out);
}

/// What `rate` is of the machine's `peak`, in the same unit. Empty where there is no peak, and where it would
/// be more than all of it: then the machine was busy with something else whenever the peak was measured, and
/// it is none.
[[nodiscard]] constexpr std::optional<double> share_of_peak(double rate, double peak) noexcept {
    if (!(peak > 0) || !(rate <= peak)) return std::nullopt;
    return rate / peak;
}

}  // namespace mnist
