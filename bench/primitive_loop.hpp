// Timing of what one thread does in one call: on a pinned thread of a team, because such a thread has one
// OpenMP thread and flushes denormals, as in training.
#pragma once

#include <chrono>

#include "bench.hpp"
#include "mnist/core/facts.hpp"
#include "registry.hpp"

namespace mnist::bench {

/// What one call costs, from the shapes.
struct CallCost {
    double flop = 0;   ///< 0: no gflops
    double bytes = 0;  ///< read and written; 0: no gb_per_second
};

/// Runs work() as often as the library wants and counts gflops, peak_fraction and gb_per_second. `prepare`
/// makes and checks, on the same thread, and returns work.
template <class Prepare>
void time_calls(Call& call, Bench& bench, const CallCost& cost, Prepare&& prepare) {
    using Clock = std::chrono::steady_clock;
    double elapsed_s = 0;
    Team team(1, bench.cpus_for(1));
    team.run([&](std::size_t) {
        auto work = prepare();
        const auto begin = Clock::now();
        while (call.state.KeepRunning()) work();
        elapsed_s = std::chrono::duration<double>(Clock::now() - begin).count();
    });
    const double per_second = static_cast<double>(call.state.iterations()) / elapsed_s;
    if (cost.flop > 0) {
        const double gflops = 1e-9 * cost.flop * per_second;
        call.count("gflops", gflops);
        call.count("peak_gflops", bench.peaks.first(1));
        call.count("peak_fraction", gflops / bench.peaks.first(1));
    }
    if (cost.bytes > 0) call.count("gb_per_second", 1e-9 * cost.bytes * per_second);
}

/// Label "brgemm:avx512_core, OI16i64o" and, where oneDNN has no kernel of its own for it, a flag in the
/// label and the counter `fallback` = 1.
void describe_primitive(Call& call, const PrimitiveFacts& facts);

}  // namespace mnist::bench
