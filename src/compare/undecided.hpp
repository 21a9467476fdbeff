// How many more repetitions would decide a row. Private to this room.
#pragma once

#include <optional>

#include "mnist/compare/comparison.hpp"

namespace mnist {

/// More than this is asked of nobody.
inline constexpr std::size_t kMostAsked = 10'000;

/// For a row whose speed or, where there are accuracies, whose joint verdict is inconclusive: how many more
/// repetitions, or processes where these count, on each side would decide it, if ratio and spread stay what
/// they are. An interval of half-width h (in logarithms, towards what it has to keep away from) from n1 and
/// n2 values has with x more on each side about
///   h(x) = h sqrt((1 / (n1 + x) + 1 / (n2 + x)) / (1 / n1 + 1 / n2)),
/// times what Student's quantiles of few processes have to do with it.
/// A ratio within the threshold is decided (equivalent) where h(x) fits between the two; one beyond it
/// (faster, slower) where h(x), wider by z(alpha / rows) / z(alpha) for the adjustment, is less than its
/// distance from 1, and the least p of so many values is below alpha / rows. Accuracies likewise, between
/// difference and margin. Without an interval, that is with too few repetitions for one, what is usual is
/// missing. Empty: it is decided, disturbed, or would take more than kMostAsked.
/// `judged` is the number of rows that p is adjusted for. Source: the width of an interval of n independent
/// values falls with the root of n.
[[nodiscard]] std::optional<MoreNeeded> more_to_decide(const ComparedRow& row, std::size_t judged,
                                                       const VerdictSettings& settings);

/// How many values a side let each of `rows` rows be called faster or slower, at least `enough`.
[[nodiscard]] std::size_t enough_values(std::size_t enough, double rows, double alpha);

/// That a remedy asks for where these are enough.
inline constexpr std::size_t kUsualRepetitions = 10;

}  // namespace mnist
