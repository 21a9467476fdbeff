// Pinned threads that measure something together, round by round. A round's time is from the first thread's
// start to the last one's end, so that a core that was taken away for a while lowers the round instead of
// hiding in an average; the best round is the least disturbed one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

#include "cgroup.hpp"

namespace mnist {

struct RoundSpan {
    std::chrono::steady_clock::time_point begin;
    std::chrono::steady_clock::time_point end;
    double work = 0;  ///< done in this time, in the caller's unit
};

/// How long and how often to measure.
struct RoundPlan {
    std::chrono::steady_clock::duration duration;
    int rounds;
    bool settles = false;  ///< one more round first, which does not count
};

/// Eight rounds of `seconds`, held between 0.001 and 10 (0.001 for what is no finite number). Where a quota
/// lets `threads` threads run for only a part of each period, what they reach within one is a lie: then a
/// round is whole periods, three at least, after one that uses up what was saved; and there are four, as they
/// are long.
[[nodiscard]] RoundPlan round_plan(double seconds, std::size_t threads, const CgroupLimits& limits);
/// With the limits of this process.
[[nodiscard]] RoundPlan round_plan(double seconds, std::size_t threads);

/// Work per second of the best round of the plan. measure(thread) runs on one thread for each of `cpus` at
/// once (one unpinned thread where the list is empty); prepare(thread) runs there once before the first
/// round. Throws BackendError where a thread cannot be started; `what` names the measurement in it.
[[nodiscard]] double best_rate(const std::vector<int>& cpus, const RoundPlan& plan, const char* what,
                               const std::function<void(std::size_t)>& prepare,
                               const std::function<RoundSpan(std::size_t)>& measure);

}  // namespace mnist
