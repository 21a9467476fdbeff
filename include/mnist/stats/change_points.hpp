// Where the level of a series changes: E-divisive (Matteson and James, JASA 109 (2014), as MongoDB's and
// Apache Otava's detectors use it) on ranks, with an exact test in place of its permutations. A pure function
// without random numbers.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mnist {

struct ChangePoint {
    std::size_t place = 0;  ///< of the first value after it
    double p = 1;           ///< for all places of the series; never below that of a change found before it
};

/// Fewest values on either side of a change: one or two may be a bad day.
inline constexpr std::size_t kLeastChangeSide = 3;

/// Changes of the level with p <= alpha, in ascending order of place. Within an interval of the series the
/// place is that with the greatest
///   Q = n m / (n + m) (2 mean |x - y| - mean |x - x'| - mean |y - y'|)
/// over ranks, n values x before it and m values y after it; means of different pairs. Whether it is a change
/// is Mann and Whitney's test of the two sides (rank_test.hpp). Intervals are the series, the halves that
/// found changes leave, and, so that a change that is soon undone is not lost in a long series, intervals of
/// half the length, a quarter, ... that overlap by half (seeded binary segmentation: Kovacs, Li, Buhlmann and
/// Munk, Biometrika 110 (2023)). The most significant change is taken first, and places are sought once more
/// between their neighbours at the end.
///
/// The chance of any change in a series without one is at most alpha, whatever the shape of the noise, if all
/// orders of its values are equally likely: p is multiplied by the number of all places tried, of which half
/// of alpha goes to the intervals between changes (whatever was found, these have no more places than the
/// series) and half to the overlapping ones. Permutations as in the original cannot show a p below one in
/// their number, which a correction for hundreds of series asks for; and by ranks no outlier is a change.
///
/// Values that are not finite are the caller's to leave out. Cost: O(n min(n, 2048)): 2,000 values without a
/// change 5 ms, 50 10 us; intervals of more than 2,048 values are searched in parts only.
[[nodiscard]] std::vector<ChangePoint> change_points(std::span<const double> values, double alpha);

/// A place of one step, and the sum of absolute deviations from the medians of both sides: under Laplace's
/// noise the likeliest is that with the least. No value moves it by more than the step, however far out it
/// is.
struct StepFit {
    std::size_t place = 0;
    double deviation = 0;
};

/// The fit with the least deviation and kLeastChangeSide values on either side, the first of equal ones;
/// empty with too few values. O(n log n).
[[nodiscard]] std::optional<StepFit> likeliest_step(std::span<const double> values);

/// The least p that change_points can have for so many values: with 5 % it takes 10. At most 1.
[[nodiscard]] double least_change_point_p(std::size_t values);

}  // namespace mnist
