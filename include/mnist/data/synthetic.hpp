// Digits that the program draws by itself, for machines without the data: stroke skeletons of the ten digits,
// each sample with its own affine and elastic distortion, stroke thickness, blur and noise. Hard enough that
// the three optimizers order as on MNIST.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mnist/data/dataset.hpp"

namespace mnist {

/// 28x28, 10 classes, facts.synthetic = true, facts.name = "synthetic", facts.sha256 over images and labels
/// in the order of DatasetFacts. The same seed gives the same bytes on every machine and for every thread
/// count. Generated in parallel with TBB: about a second for the default sizes on two cores. Sample i is the
/// same in sets of any size; training and test samples come from different sequences. Throws ShapeError when
/// a split would have more than 2^31 samples.
[[nodiscard]] Dataset synthetic_digits(std::uint64_t seed = 0, std::size_t train_samples = 60000,
                                       std::size_t test_samples = 10000);

}  // namespace mnist
