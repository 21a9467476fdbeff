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
    passed,     ///< all rows of the base are there, and nothing got worse as far as could be seen
    failed,     ///< something did, or works no longer
    undecided,  ///< nothing that was judged did, and not all could be judged
};

/// "passed", "failed" or "undecided".
[[nodiscard]] std::string_view word(GateOutcome outcome);

struct Gate {
    GateOutcome outcome = GateOutcome::passed;
    std::size_t rows = 0;  ///< that measure the program; no others count here
    std::size_t regressed = 0, traded = 0;
    std::vector<std::string> groups;     ///< titles of the named groups that regressed or traded as a whole
    std::vector<SkippedRow> failures;    ///< skipped in the new file only, though the base measured them
    std::size_t unjudged = 0;            ///< rows with fewer than kLeastRepetitions on a side
    std::vector<std::string> disturbed;  ///< rows of times that were, on either side
    std::vector<std::string> missing;    ///< rows of the base that the new file does not have at all
    bool can_judge = false;              ///< something was said, or could have been
};

/// Failed where a row or a named group regressed, or traded accuracy for speed or speed for accuracy, or
/// where a benchmark that the base measured failed in the new file. Else undecided where a row of the base is
/// missing or was disturbed, where no row measures the program, and where all that is said is "inconclusive"
/// and no row could have been called slower however slow it was. A slower machine closes no gate: no change
/// of the program can mend it.
[[nodiscard]] Gate gate_of(const Comparison& comparison);

}  // namespace mnist
