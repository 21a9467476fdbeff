// Two values of one part of the rows' names, of one result, beside each other: what was measured by one
// process, in random order, had one machine, one build and one hour. A split makes a side of each value;
// everything behind that is compare().
#pragma once

#include <string>
#include <vector>

#include "mnist/compare/ranking.hpp"

namespace mnist {

struct Between {
    std::string part;                 ///< "precision"
    std::vector<std::string> values;  ///< the base's first; two or more
};

/// The rows of `whole` by the value of a part of their names, a side a value, in which rows that differ in it
/// alone have one name. Parts are what names have as "/batch:64", and
///   - optimizer: the one that a name has as "/Adam/";
///   - threads, precision: as matched rows know them, so also where the configuration says it, and f32
///     where nothing does;
///   - library: of our files "ours" where a name says none.
/// Values are found whatever the case of their letters. A side holds no row that no other side has, and
/// nothing that speaks of the whole file: weights, the score, looks that were planned once and not per side.
/// Throws InputError: no such part, fewer than two values, one twice or one that no row has, no pair.
[[nodiscard]] std::vector<Measurements> sides_between(const Measurements& whole, const Between& between);

/// compare_files() of these sides. It is a report unless the settings ask for a gate: another optimizer that
/// takes longer is no regression.
[[nodiscard]] ComparedFiles compare_between(const Measurements& whole, const Between& between,
                                            const CompareSettings& settings);

}  // namespace mnist
