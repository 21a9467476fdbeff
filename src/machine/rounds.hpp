// Pinned threads that measure something together, round by round. A round's time is from the first thread's
// start to the last one's end, so that a core that was taken away for a while lowers the round instead of
// hiding in an average; the best round is the least disturbed one.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <vector>

namespace mnist {

struct RoundSpan {
    std::chrono::steady_clock::time_point begin;
    std::chrono::steady_clock::time_point end;
    double work = 0;  ///< done in this time, in the caller's unit
};

/// `seconds` held between 0.001 and 10; 0.001 for what is no finite number.
[[nodiscard]] std::chrono::steady_clock::duration round_duration(double seconds);

/// Work per second of the best of `rounds` rounds. measure(thread) runs on one thread for each of `cpus` at
/// once (one unpinned thread where the list is empty); prepare(thread) runs there once before the first
/// round. Throws BackendError where a thread cannot be started; `what` names the measurement in it.
[[nodiscard]] double best_rate(const std::vector<int>& cpus, int rounds, const char* what,
                               const std::function<void(std::size_t)>& prepare,
                               const std::function<RoundSpan(std::size_t)>& measure);

}  // namespace mnist
