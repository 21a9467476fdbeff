// Looking at measurements again and again while they go on: each look is another chance of a false claim, so
// each may spend a part of the level only. Pure functions.
#pragma once

#include <cstddef>
#include <vector>

namespace mnist {

/// After how many values a sample is looked at: after `first`, then after half as many more each time,
/// rounded up, and after `most`. In all about 1 + log(most / first) / log(1.5) looks; 10 to 100: 10, 15, 23,
/// 35, 53, 80, 100. Precondition: 0 < first <= most.
[[nodiscard]] std::vector<std::size_t> look_schedule(std::size_t first, std::size_t most);

/// The level of every look so that all `planned` looks together make a false claim with a chance of at most
/// `alpha`, whatever is claimed, whenever it is stopped and however looks depend on each other: alpha /
/// planned (Bonferroni), which is the spending function alpha k / planned of Lan and DeMets, Biometrika 70
/// (1983), without what the dependence between looks would give back. That is little to pay for a rule that
/// holds for rank tests and resampled intervals of ten values, whose joint distribution is not normal. The
/// number is that of planned looks and not of those taken, because the latter depends on what was seen.
[[nodiscard]] double alpha_of_look(double alpha, std::size_t planned);

}  // namespace mnist
