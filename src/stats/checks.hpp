// What the files of this room ask of their arguments and make of them first, in one place, so that
// "undefined" means the same in all.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

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

/// Logarithms of a positive sample, ascending, so that the order in which its values came changes nothing.
inline std::vector<double> ordered_logarithms(std::span<const double> values) {
    std::vector<double> logarithms(values.size());
    std::transform(values.begin(), values.end(), logarithms.begin(), [](double x) { return std::log(x); });
    std::sort(logarithms.begin(), logarithms.end());
    return logarithms;
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
