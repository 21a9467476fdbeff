// The rank test of whether a series rises or falls as it goes on: whether repetitions depend on when they
// were measured. It asks nothing of the shape of the noise and finds any trend that keeps to one direction;
// what goes up and down again it does not. A pure function; undefined is std::nullopt.
#pragma once

#include <optional>
#include <span>

namespace mnist {

struct TrendResult {
    double tau = 0;      ///< Kendall's with the position (tau-a): 1 where every value exceeds all before it
    double p = 1;        ///< two-sided
    bool exact = false;  ///< p from the exact null distribution, not from the normal one
};

/// Mann and Kendall's test. With S = (pairs in which the later value is greater) - (pairs in which it is
/// smaller), tau = S / (n (n - 1) / 2). Exact, where no two values are equal and n <= 100: p = 2 P(S >= |S|),
/// at most 1, all orders of the n values being equally likely. Otherwise, with t the size of each group of
/// equal values,
///   z = (|S| - 1) / sqrt((n (n - 1) (2 n + 5) - sum(t (t - 1) (2 t + 5))) / 18),  p = 2 P(Z >= z),
/// at most 1. All values equal: p is 1. The least p of 4 values is 0.083, of 5 0.017, of 10 5.5e-7.
/// Undefined: fewer than three values, or one that is not finite. Cost: a sort, and at most 250,000
/// additions. Source: Mann, Econometrica 13 (1945); Kendall, "Rank Correlation Methods" (1975).
[[nodiscard]] std::optional<TrendResult> mann_kendall_test(std::span<const double> values);

}  // namespace mnist
