// Whether a gate opens: what a comparison on one machine means for a change that waits to be let in. Only
// counts and names; the words are for `report`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "mnist/compare/comparison.hpp"

namespace mnist {

enum class GateOutcome : std::uint8_t {
    passed,     ///< nothing got worse, as far as could be seen
    failed,     ///< something did, or works no longer
    undecided,  ///< nothing could be judged, so nothing is known
};

/// "passed", "failed" or "undecided".
[[nodiscard]] std::string_view word(GateOutcome outcome);

struct Gate {
    GateOutcome outcome = GateOutcome::passed;
    std::size_t rows = 0;  ///< that measure the program; no others count here
    std::size_t regressed = 0, traded = 0;
    std::vector<std::string> groups;   ///< titles of the named groups that regressed or traded as a whole
    std::vector<SkippedRow> failures;  ///< skipped in the new file only, though the base measured them
    std::size_t unjudged = 0;          ///< rows with fewer than kLeastRepetitions on a side
    std::size_t missing = 0;           ///< rows of the base that the new file does not have at all
};

/// Failed where a row or a named group regressed, or traded accuracy for speed or speed for accuracy, or
/// where a benchmark that the base measured failed in the new file. Undecided where all that is said is
/// "inconclusive", and no row could have been called slower however slow it was. A slower machine closes no
/// gate: no change of the program can mend it. Rows that are missing do not either: files may be of different
/// filters; they are counted, so that they can be told.
[[nodiscard]] Gate gate_of(const Comparison& comparison);

}  // namespace mnist
