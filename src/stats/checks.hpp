// What the files of this room ask of their arguments, in one place, so that "undefined" means the same in
// all.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace mnist {

/// At least one value, and all of them finite.
inline bool is_finite_sample(std::span<const double> values) {
    return !values.empty() &&
           std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

/// At least one value, and all of them positive and finite, so that logarithms exist.
inline bool is_positive_sample(std::span<const double> values) {
    return is_finite_sample(values) &&
           std::all_of(values.begin(), values.end(), [](double x) { return x > 0; });
}

/// Inside (0, 1); false for NaN too.
inline bool is_share(double value) {
    return value > 0 && value < 1;
}

/// Upper tail point of an interval that leaves (1 - confidence) / 2 on either side.
inline double upper_probability(double confidence) {
    return 1 - (1 - confidence) / 2;
}

}  // namespace mnist
