// Plain loops over each thread's own part, which that thread has also written first, so that on a machine
// with several memory nodes its pages are near it. Left out: stores past the cache, which triad in ordinary
// code does not have either.
#include "mnist/machine/bandwidth.hpp"

#include <algorithm>
#include <chrono>

#include "mnist/core/aligned.hpp"
#include "mnist/core/isa_levels.hpp"
#include "rounds.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLeastBytes = std::size_t{64} << 10U;
constexpr double kBytesPerElement = 3 * sizeof(float);

struct Part {
    AlignedVector<float> a, b, c;

    void fill(std::size_t elements) {
        a.assign(elements, 0.0F);
        b.assign(elements, 1.0F);
        c.assign(elements, 2.0F);
    }
};

[[gnu::always_inline]] inline void triad(Part& part, float scale) {
    float* const __restrict out = part.a.data();
    const float* const left = part.b.data();
    const float* const right = part.c.data();
    const std::size_t n = part.a.size();
    for (std::size_t i = 0; i < n; ++i) out[i] = left[i] + scale * right[i];
}

RoundSpan run_for(Part& part, Clock::duration duration) {
    volatile float scale = 3.0F;
    const auto run = compiled_for<triad>(detected_isa());
    RoundSpan span{.begin = Clock::now(), .end = {}, .work = 0};
    do {
        run(part, scale);
        // The sums are read by nobody; this keeps the passes from being merged.
        asm volatile("" : : "r"(part.a.data()) : "memory");
        span.work += kBytesPerElement * static_cast<double>(part.a.size());
        span.end = Clock::now();
    } while (span.end - span.begin < duration);
    return span;
}

}  // namespace

double triad_bandwidth(const std::vector<int>& cpus, std::size_t array_bytes, double seconds) {
    const std::size_t threads = std::max<std::size_t>(1, cpus.size());
    const RoundPlan plan = round_plan(seconds, threads);
    const std::size_t elements = std::max(array_bytes / threads, kLeastBytes) / sizeof(float);
    std::vector<Part> parts(threads);
    return 1e-9 * best_rate(
                      cpus, plan, "bandwidth measurement",
                      [&](std::size_t thread) { parts[thread].fill(elements); },
                      [&](std::size_t thread) { return run_for(parts[thread], plan.duration); });
}

std::size_t triad_array_bytes(const MachineFacts& machine, std::size_t threads) {
    constexpr std::uint64_t kMiB = std::uint64_t{1} << 20U;
    std::uint64_t reached = 0;
    for (const CacheFacts& cache : machine.caches) {
        const auto instances = std::min<std::uint64_t>(threads, static_cast<std::uint64_t>(cache.instances));
        reached = std::max(reached, cache.bytes * instances);
    }
    const std::uint64_t bytes = std::clamp(reached / 3 * 4, 64 * kMiB, 256 * kMiB);
    return machine.memory_bytes ? std::min(bytes, *machine.memory_bytes / 24) : bytes;
}

}  // namespace mnist
