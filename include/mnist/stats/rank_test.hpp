// The rank test of whether one of two samples tends to larger values: it asks nothing of the shape of the
// noise, so a few slow repetitions cannot spoil it; and the same over several pairs of samples at once. Pure
// functions; undefined is std::nullopt. How large the difference is stands in hodges_lehmann.hpp, what
// several tests together may claim in multiplicity.hpp.
#pragma once

#include <cstddef>
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

/// The least p that mann_whitney_test has for samples of these sizes without ties: that of samples which do
/// not overlap, 2 n1! n2! / (n1 + n2)!. What is too great even so cannot be shown with so few values. At most
/// 1; 1 with an empty sample. Cost: O(n1 + n2).
[[nodiscard]] double least_mann_whitney_p(std::size_t n1, std::size_t n2);

/// Two samples that are compared with each other and with no others: times of one benchmark.
struct SamplePair {
    std::span<const double> first, second;
};

struct StratifiedRankResult {
    double z = 0;  ///< above 0 where the first samples tend to larger values
    double p = 1;  ///< two-sided
};

/// Van Elteren's test: Mann-Whitney's over several pairs whose values are on different scales. With N = n1 +
/// n2, U as above and V its variance under the null hypothesis (ties corrected) in each pair, w = 1 / (N +
/// 1),
///   z = sum(w (U - n1 n2 / 2)) / sqrt(sum(w^2 V)),  p = 2 P(Z >= |z|);
/// one pair alone has mann_whitney_test's p. The pairs count as independent: what makes a whole run slow
/// makes p too small, so an interval must agree before anything is claimed. Pairs that differ in opposite
/// directions cancel. All values equal in every pair: z is 0 and p 1. Undefined: no pairs, an empty sample, a
/// value that is not finite. Cost: a sort a pair. Source: van Elteren, Bulletin de l'Institut International
/// de Statistique 37 (1960); Lehmann, "Nonparametrics" (1975), 3.3.
[[nodiscard]] std::optional<StratifiedRankResult> stratified_rank_test(std::span<const SamplePair> pairs);

}  // namespace mnist
