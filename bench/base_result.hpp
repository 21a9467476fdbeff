// The base of --until-decided, before anything is measured.
#pragma once

#include "bench.hpp"
#include "mnist/compare/measurements.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// The result that --base names. Throws InputError where it cannot be read.
[[nodiscard]] Measurements read_base(const Options& options);

/// Those of `all` that the base has too. Throws InputError where there are none.
[[nodiscard]] Registry in_base(Registry all, const Bench& bench);

/// Throws InputError where nothing that `entries` will measure can be compared with the base: other data than
/// those that are loaded, too few repetitions, several processes beside one of ours. Warns of what will stay
/// unknown.
void require_good_base(const Measurements& base, const Registry& entries, const Bench& bench);

}  // namespace mnist::bench
