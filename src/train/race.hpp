// Which of some ways to do the same thing is fastest, of few and short measurements on a machine that others
// use as well. Pure but for the measuring, which is the caller's. Private to this room.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "mnist/train/tuning.hpp"

namespace mnist {

/// What another way must take at most of the first one's time to be chosen in its place.
inline constexpr double kWorthChanging = 0.97;

/// Index of the winner. `measure(i)` takes a measurement of way i and returns its seconds; measurements go in
/// turns until their sum is `budget_s` or one way is left. Others can only lengthen a measurement, so a way's
/// shortest counts. One that took half as long again as the best is out at once, one that is a tenth behind
/// after two measurements as well; the first way stays, so that another one wins only after the whole time. A
/// way that cannot be taken has taken infinitely long. `more()`: whether to go on at all.
[[nodiscard]] std::size_t race(std::size_t ways, const std::function<double(std::size_t)>& measure,
                               double budget_s, const std::function<bool()>& more);

/// The teams worth trying, the usual one first.
[[nodiscard]] std::vector<TeamChoice> team_candidates(const UsableCpus& cpus, std::size_t loader_threads);

/// Teams side by side that are worth trying for so many runs: as many as there are cores or runs, then those
/// that need twice as many rounds, four times, ..., down to two. `threads` each; 0: as many as there are
/// cores for. Only such as fit on `cores`.
[[nodiscard]] std::vector<TeamChoice> job_candidates(std::size_t cores, std::size_t runs, std::size_t threads,
                                                     std::size_t loader_threads);

/// Rounds of `jobs` side by side that `runs` take.
[[nodiscard]] constexpr std::size_t rounds_of(std::size_t runs, std::size_t jobs) {
    return (runs + jobs - 1) / jobs;
}

}  // namespace mnist
