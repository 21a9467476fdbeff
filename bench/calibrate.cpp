// Calibrate: what the machine can do at best with these threads. FmaPeak bounds arithmetic, TriadBandwidth
// memory, and Barrier is what two phases of a step cost in waiting when there is no work in them, measured
// on the gate that training uses.
#include <fmt/format.h>

#include <algorithm>

#include "families.hpp"
#include "mnist/machine/bandwidth.hpp"
#include "mnist/machine/calibrate.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "mnist/step/phase_gate.hpp"
#include "mnist/step/team.hpp"

namespace mnist::bench {
namespace {

void fma_peak(Call& call, Bench& bench, std::size_t threads) {
    double best = 0;
    while (call.state.KeepRunning()) best = std::max(best, fma_peak_gflops(bench.cpus_for(threads)));
    bench.peaks.offer(threads, best);
    call.count("gflops", best);
}

void triad(Call& call, Bench& bench, std::size_t threads) {
    double best = 0;
    const std::size_t bytes = triad_array_bytes(machine_facts(), threads);
    while (call.state.KeepRunning()) best = std::max(best, triad_bandwidth(bench.cpus_for(threads), bytes));
    call.count("gb_per_second", best);
    call.count("array_bytes", static_cast<double>(bytes));
    call.state.SetLabel(fmt::format("three arrays of {} MiB", bytes >> 20U));
}

void barrier(Call& call, Bench& bench, std::size_t threads) {
    constexpr std::size_t kPhases = 2000;
    Team team(threads, bench.cpus.order);
    PhaseGate gate(threads, team.at_once(), threads);
    const auto walk = [&](std::size_t thread) {
        PhaseGate::Walker walker(gate, thread);
        for (std::size_t phase = 0; phase < kPhases; ++phase)
            if (!walker.phase(threads, [](std::size_t) {})) return;
    };
    const auto begin = std::chrono::steady_clock::now();
    while (call.state.KeepRunningBatch(kPhases)) {
        gate.reset();
        team.run(walk);
    }
    const std::chrono::duration<double, std::nano> elapsed = std::chrono::steady_clock::now() - begin;
    call.count("barrier_ns", elapsed.count() / static_cast<double>(call.state.iterations()));
}

}  // namespace

void add_calibrate(Registry& registry, Bench& bench) {
    for (const std::size_t threads : bench.spread_counts()) {
        const Entry common{
            .threads = threads, .iterations = 1, .usual_s = 0.4, .unit = benchmark::kMillisecond};
        Entry peak = common;
        peak.name = fmt::format("Calibrate/FmaPeak/threads:{}", threads);
        peak.run = [&bench, threads](Call& call) { fma_peak(call, bench, threads); };
        Entry bandwidth = common;
        bandwidth.name = fmt::format("Calibrate/TriadBandwidth/threads:{}", threads);
        bandwidth.run = [&bench, threads](Call& call) { triad(call, bench, threads); };
        Entry gate = common;
        gate.name = fmt::format("Calibrate/Barrier/threads:{}", threads);
        gate.iterations = 0;
        gate.unit = benchmark::kNanosecond;
        gate.run = [&bench, threads](Call& call) { barrier(call, bench, threads); };
        for (Entry* const entry : {&peak, &bandwidth, &gate}) registry.push_back(std::move(*entry));
    }
}

}  // namespace mnist::bench
