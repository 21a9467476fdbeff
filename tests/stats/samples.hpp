// Samples and limits that several tests of statistics begin with.
#pragma once

#include <limits>
#include <vector>

namespace mnist_test {

using Values = std::vector<double>;

inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Seconds of one program, with an outlier, and of a faster one.
inline const Values kBase{10.31, 10.12, 10.55, 10.07, 10.93, 10.18, 10.24, 11.41, 10.02, 10.29};
inline const Values kNew{9.48, 9.71, 9.35, 9.62, 10.15, 9.41, 9.55, 9.38, 10.61, 9.44};

}  // namespace mnist_test
