// Whether images are bright on dark, as MNIST's, or dark on bright, as ink on paper: by their outermost
// pixels, which digits and garments seldom reach. A network that learnt one takes the other for noise.
#pragma once

#include "mnist/data/dataset.hpp"

namespace mnist {

/// Mean of the outermost pixels of all images of a split of `dataset`, from 0 (dark) to 1; 0 without images.
/// Cost: reads these pixels.
[[nodiscard]] double background(const Dataset& dataset, const Split& split);

}  // namespace mnist
