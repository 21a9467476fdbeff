// Which pictures of the data a result keeps for its readers: what the digits look like, and what the network
// was surest of when it was wrong.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "mnist/data/dataset.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// Mistakes that a run keeps, and sample images that a result keeps of each class.
inline constexpr std::size_t kWorstMistakes = 25;
inline constexpr std::size_t kSamplesPerClass = 3;

/// The wrong predictions of the test split to which the network gave the highest probability, highest first;
/// of equal ones the earlier image first. A prediction is the first class with the greatest logit, as in the
/// confusion matrix; probabilities are the softmax of the logits, computed in double.
///   logits  [test images, classes] f32 row-major, finite
///   most    mistakes that are returned at most
/// Throws ShapeError where the logits do not fit the data. Cost: one pass over the logits.
[[nodiscard]] std::vector<Mistake> worst_mistakes(const Dataset& dataset, std::span<const float> logits,
                                                  std::size_t most = kWorstMistakes);

/// The first `per_class` training images of each class, class by class.
[[nodiscard]] std::vector<SampleImage> sample_images(const Dataset& dataset,
                                                     std::size_t per_class = kSamplesPerClass);

}  // namespace mnist
