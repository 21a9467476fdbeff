// `--score`: the fixed set as flags of this program, and what is said of it at the end. The figures come from
// the result as it was written, by the function that reads files (compare/score.hpp), so that a file always
// says what its run said. Left out: any flag that would make it another set.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench.hpp"
#include "mnist/report/train_text.hpp"
#include "options.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// What --score sets, flag by flag.
[[nodiscard]] std::span<const std::pair<std::string_view, const char*>> score_defaults();

/// Throws InputError for a flag beside --score that would change what is measured or how.
void require_beside_score(std::string_view flag, const std::vector<std::string>& values);

/// The set: the rows of `alone` that this machine can run (why there are no others stands in the result), the
/// record's with as many repetitions as it has seeds, and the trainings side by side.
[[nodiscard]] Registry score_rows(Registry alone, Bench& bench);

/// "score 1: 236 measurements of 38 benchmarks in random order, about 120 s".
[[nodiscard]] std::string score_announcement(const Registry& rows, const Options& options);

struct ScoreEnd {
    std::string text;  ///< for people
    bool refused = false;
};

/// Of a whole run: `result` is what stands in its file, `style` that of the output.
[[nodiscard]] ScoreEnd score_at_end(const std::string& result, const TextStyle& style);

}  // namespace mnist::bench
