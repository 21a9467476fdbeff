// The rows of a result that a column of the score is made of. Private to this room.
#pragma once

#include <span>
#include <vector>

#include "mnist/compare/score.hpp"

namespace mnist {

/// In the order of the reference. Null where a row cannot be used, which the column's refusals say.
struct ScoreRows {
    std::vector<const MeasuredRow*> alone, side_by_side;
    const MeasuredRow* record = nullptr;
};

/// Of the column's precision; adds to the column how many copies there were, its refusals and its remarks.
[[nodiscard]] ScoreRows score_rows(const Measurements& measured, std::span<const ScoreReference> reference,
                                   ScoreColumn& column);

}  // namespace mnist
