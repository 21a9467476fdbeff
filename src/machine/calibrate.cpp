// Multiply-adds in registers on all threads at once; rounds.hpp says how rounds are timed.
#include "mnist/machine/calibrate.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "fma_kernels.hpp"
#include "mnist/core/isa.hpp"
#include "rounds.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kIterationsPerCheck = 10000;  // tens of microseconds between two looks at the clock

/// Both values come through memory that the optimiser must assume to change, so no iteration can be computed
/// beforehand.
RoundSpan run_for(const FmaKernel& kernel, Clock::duration duration) {
    volatile float scale = 0.999F;
    volatile float shift = 0.001F;
    volatile float result = 0;
    const double flop = static_cast<double>(kIterationsPerCheck) * kFmaChains * kernel.lanes * 2;
    RoundSpan span{.begin = Clock::now(), .end = {}, .work = 0};
    do {
        result = kernel.run(kIterationsPerCheck, scale, shift);
        span.work += flop;
        span.end = Clock::now();
    } while (span.end - span.begin < duration);
    static_cast<void>(result);
    return span;
}

}  // namespace

double fma_peak_gflops(const std::vector<int>& cpus, double seconds) {
    const FmaKernel kernel = fma_kernel(detected_isa());
    const RoundPlan plan = round_plan(seconds, std::max<std::size_t>(1, cpus.size()));
    return 1e-9 * best_rate(
                      cpus, plan, "peak measurement", [](std::size_t) {},
                      [&](std::size_t) { return run_for(kernel, plan.duration); });
}

}  // namespace mnist
