// The data set that the words of `train` and `eval` ask for, with what there is to say about it on the
// console.
#pragma once

#include <string>
#include <vector>

#include "console.hpp"
#include "data_options.hpp"
#include "mnist/data/dataset.hpp"

namespace mnist {

/// Loads what the options say; progress, notes and warnings go to standard error. Throws InputError.
[[nodiscard]] Dataset load_data(const DataOptions& options, Console& console);

/// Throws InputError, which names the model's file, where its extents do not fit the data.
void require_fit(const std::vector<std::size_t>& dims, const std::string& model_file, const Dataset& dataset);

}  // namespace mnist
