// The rank test of whether one of two samples tends to larger values: it asks nothing of the shape of the
// noise, so a few slow repetitions cannot spoil it. A pure function; undefined is std::nullopt. How large the
// difference is stands in hodges_lehmann.hpp, what several tests together may claim in multiplicity.hpp.
#pragma once

#include <optional>
#include <span>

namespace mnist {

struct MannWhitneyResult {
    double u = 0;        ///< of the first sample, in [0, n1 n2]
    double p = 1;        ///< two-sided
    bool exact = false;  ///< p from the exact null distribution, not from the normal one
};

/// Mann-Whitney's test, two-sided. With R1 the sum of the first sample's ranks among all values (equal values
/// share their mean rank),
///   u = R1 - n1 (n1 + 1) / 2: the pairs in which the first value is the larger, ties counting half.
/// Exact, where no two values are equal and min(n1, n2)^2 max(n1, n2) <= 1,000,000 (100 against 100, 1
/// against a million): p = 2 P(U <= min(u, n1 n2 - u)), at most 1, all orders of the n1 + n2 values being
/// equally likely. The limit bounds the cost, at most about a million additions: wherever exact is affordable
/// there is no reason to approximate, and the tail is where the approximation is worst and where adjusted p
/// values of many tests live (10 against 10, fully apart: 1.1e-5 exact, 1.8e-4 approximate). Otherwise
///   z = (|u - n1 n2 / 2| - 1/2) / sqrt(n1 n2 / 12 ((N + 1) - sum(t^3 - t) / (N (N - 1)))),  p = 2 P(Z >= z),
/// at most 1, with N = n1 + n2 and t the size of each group of equal values. All values equal: p is 1.
/// With so few values that p cannot get small, no difference is ever found: 3 against 3 has p >= 0.1,
/// 4 against 4 p >= 0.029, 5 against 5 p >= 0.0079.
/// Undefined: an empty sample, a value that is not finite. Cost: one sort, and the million above.
/// Source: Mann and Whitney, Annals of Mathematical Statistics 18 (1947); ties: Lehmann, "Nonparametrics"
/// (1975), 1.5.
[[nodiscard]] std::optional<MannWhitneyResult> mann_whitney_test(std::span<const double> first,
                                                                 std::span<const double> second);

}  // namespace mnist
