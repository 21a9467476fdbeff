// Several tests at once: with 20 tests at 5 % each, one false finding is to be expected. A pure function;
// undefined is std::nullopt. It adjusts p values only: intervals that agree with Holm's adjusted values do
// not exist in closed form.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace mnist {

/// Holm's step-down adjustment: with the p values in ascending order p(1) ... p(m),
///   adjusted(k) = max over j <= k of min(1, (m - j + 1) p(j)).
/// Rejecting where adjusted <= alpha keeps the chance of any false rejection at or below alpha, whatever the
/// dependence between the tests; it rejects whatever Bonferroni's m p does, and more. The order of the list
/// is kept; equal values stay equal. An empty list gives an empty list. Undefined: a value outside [0, 1].
/// Cost: one sort. Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian
/// Journal of Statistics 6 (1979).
[[nodiscard]] std::optional<std::vector<double>> holm_adjusted(std::span<const double> p_values);

}  // namespace mnist
