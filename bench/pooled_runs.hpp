// Repetitions of several processes or rounds as one run of the library would report them: a group a
// benchmark, repetitions numbered on, statistics over all of them. The library computes statistics of what it
// ran itself only; here they are computed as it does, from times and counters of an iteration, because
// processes may differ in their numbers of iterations.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "context_facts.hpp"
#include "reporters.hpp"

namespace mnist::bench {

class PooledRuns {
  public:
    /// `names` are those of all benchmarks, in the order that they are to have.
    explicit PooledRuns(std::vector<std::string> names);
    /// Adds the repetitions among `runs`, behind those that are there, marked with their process where there
    /// are several. Statistics among them are left out.
    void add(std::vector<Run> runs, std::optional<std::size_t> process);
    /// Repetitions, and behind them mean, median, stddev and cv where two or more have no error. Benchmarks
    /// without any are not there.
    [[nodiscard]] std::vector<std::vector<Run>> groups() const;

  private:
    std::vector<std::string> names_;
    std::vector<std::vector<Run>> repetitions_;  ///< by name
};

/// What a process of this program printed: the rows, and the facts of ours in the context.
struct PrintedResult {
    ContextFacts facts;
    std::vector<Run> runs;
};

/// Empty where the text is no whole result.
[[nodiscard]] std::optional<PrintedResult> printed_result(const std::string& text);

}  // namespace mnist::bench
