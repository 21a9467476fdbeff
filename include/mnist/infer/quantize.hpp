// Makes a network whose weights are small integers from a trained one, without any further training. Left
// out: training with the rounding in the loop.
#pragma once

#include <span>
#include <vector>

#include "mnist/models/model_file.hpp"
#include "mnist/models/quantized_file.hpp"
#include "mnist/step/engine.hpp"

namespace mnist {

/// Makes a layer's normalisation its own: pixels p stand for 2 p / 255 - 1, so the weights w become 2/255 w
/// and the bias b - sum(w). The sum is taken over the exact weights, in double: MNIST's pixels are mostly 0,
/// and there nothing of the rounding of the weights is left.
[[nodiscard]] LayerParameters with_raw_pixels(const LayerParameters& first);

/// Largest activation of each hidden layer over `rows`, in f32: what calibration looks at. The largest, not a
/// percentile, so that nothing is cut off: with the 99.99th percentile 13 of MNIST's 10,000 test predictions
/// differed from those in f32, with the largest 11. Cost: a plain forward pass, some 100 us a row for the
/// default network.
[[nodiscard]] std::vector<float> largest_activations(const ModelParameters& model, const LabelledRows& rows);

/// Rounds the model. `largest` is what largest_activations returns for it; a hidden layer that was never
/// active gets the scale 1. Weights that are all 0 get the scale 1 as well. Throws ShapeError where sizes do
/// not fit.
[[nodiscard]] QuantizedModel quantize(const ModelParameters& model, std::span<const float> largest);

}  // namespace mnist
