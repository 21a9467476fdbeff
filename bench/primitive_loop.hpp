// Timing of what one thread does in one call: on pinned threads of a team, because such a thread has one
// OpenMP thread and flushes denormals, as in training. Several threads run the same call side by side, each
// on operands of its own: what is left of N times the speed is lost to shared caches, bandwidth and clock.
#pragma once

#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <type_traits>
#include <vector>

#include "bench.hpp"
#include "mnist/core/facts.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// What one call costs, from the shapes.
struct CallCost {
    double flop = 0;   ///< 0: no gflops
    double bytes = 0;  ///< read and written; 0: no gb_per_second
};

/// Counts gflops and gb_per_second of this many calls a second, by all threads together.
void count_calls(Call& call, const CallCost& cost, double per_second);

/// Calls a second of works[t]() on every thread t of the team, summed. The library decides how often the
/// first thread calls and has its time; the others call from the same moment until the first has ended.
template <class Work>
double calls_per_second(Call& call, Team& team, std::vector<std::optional<Work>>& works) {
    using Clock = std::chrono::steady_clock;
    std::vector<double> rates(team.size());
    std::barrier begin(static_cast<std::ptrdiff_t>(team.size()));
    std::atomic<bool> ended{false};
    const auto call_first = [&](Work& work) {
        struct End {  // also where a call throws: the others must not go on for ever
            std::atomic<bool>& flag;
            ~End() { flag = true; }
        } const end{ended};
        while (call.state.KeepRunning()) work();
        return static_cast<std::uint64_t>(call.state.iterations());
    };
    const auto call_beside = [&](Work& work) {
        std::uint64_t calls = 0;
        for (; !ended.load(std::memory_order_relaxed); ++calls) work();
        return calls;
    };
    team.run([&](std::size_t thread) {
        Work& work = *works[thread];
        begin.arrive_and_wait();
        const auto started = Clock::now();
        const std::uint64_t calls = thread == 0 ? call_first(work) : call_beside(work);
        const std::chrono::duration<double> elapsed = Clock::now() - started;
        rates[thread] = static_cast<double>(calls) / elapsed.count();
    });
    return std::accumulate(rates.begin(), rates.end(), 0.0);
}

/// Runs the work of `threads` threads side by side, as often as the library wants, and counts. On every
/// thread `prepare` makes and checks what that thread needs, and returns its work.
template <class Prepare>
void time_calls(Call& call, Bench& bench, std::size_t threads, const CallCost& cost, Prepare&& prepare) {
    std::vector<std::optional<std::invoke_result_t<Prepare&, std::size_t>>> works(threads);
    Team team(threads, bench.cpus_for(threads));
    team.run([&](std::size_t thread) { works[thread].emplace(prepare(thread)); });
    count_calls(call, cost, calls_per_second(call, team, works));
}

/// Label "brgemm:avx512_core, OI16i64o" and, where oneDNN has no kernel of its own for it, a flag in the
/// label and the counter `fallback` = 1.
void describe_primitive(Call& call, const PrimitiveFacts& facts);

}  // namespace mnist::bench
