// What a trained model says about images that have no labels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "mnist/models/model_file.hpp"
#include "mnist/models/quantized_file.hpp"

namespace mnist {

/// Probabilities of the classes, [count, classes] row-major: the softmax of the logits, computed in double;
/// NaN where a logit is no finite number.
///   images  [count, inputs of the model] u8 row-major, 0 = background
/// Throws ShapeError where the images do not fit the model. Cost: milliseconds for the network's primitives,
/// then a forward pass on the calling thread.
[[nodiscard]] std::vector<double> class_probabilities(const ModelParameters& model,
                                                      std::span<const std::uint8_t> images);

/// The same of a quantised model, in int8.
[[nodiscard]] std::vector<double> class_probabilities(const QuantizedModel& model,
                                                      std::span<const std::uint8_t> images);

}  // namespace mnist
