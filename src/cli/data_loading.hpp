// The data set that the words of `train` and `eval` ask for, with what there is to say about it on the
// console.
#pragma once

#include "console.hpp"
#include "data_options.hpp"
#include "mnist/data/dataset.hpp"

namespace mnist {

/// Loads what the options say; progress, notes and warnings go to standard error. Throws InputError.
[[nodiscard]] Dataset load_data(const DataOptions& options, Console& console);

}  // namespace mnist
