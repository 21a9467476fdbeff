// The peak is counted over one common span, from the first thread's start to the last one's end, so that a
// core that was taken away for a while lowers the round instead of hiding in an average. The best round is
// the least disturbed one.
#include "mnist/machine/calibrate.hpp"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <system_error>
#include <thread>

#include <fmt/format.h>

#include "affinity.hpp"
#include "fma_kernels.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/isa.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kRounds = 8;
constexpr std::uint64_t kIterationsPerCheck = 10000;  // tens of microseconds between two looks at the clock

struct Span {
    Clock::time_point begin;
    Clock::time_point end;
    std::uint64_t iterations = 0;
};

/// Both values come through memory that the optimiser must assume to change, so no iteration can be computed
/// beforehand.
Span run_for(const FmaKernel& kernel, Clock::duration duration) {
    volatile float scale = 0.999F;
    volatile float shift = 0.001F;
    volatile float result = 0;
    Span span{.begin = Clock::now(), .end = {}, .iterations = 0};
    do {
        result = kernel.run(kIterationsPerCheck, scale, shift);
        span.iterations += kIterationsPerCheck;
        span.end = Clock::now();
    } while (span.end - span.begin < duration);
    static_cast<void>(result);
    return span;
}

double gflops(const std::vector<Span>& spans, const FmaKernel& kernel) {
    Clock::time_point begin = spans.front().begin;
    Clock::time_point end = spans.front().end;
    double iterations = 0;
    for (const Span& span : spans) {
        begin = std::min(begin, span.begin);
        end = std::max(end, span.end);
        iterations += static_cast<double>(span.iterations);
    }
    const double flop = iterations * kFmaChains * kernel.lanes * 2;
    return flop / std::chrono::duration<double>(end - begin).count() * 1e-9;
}

}  // namespace

double fma_peak_gflops(const std::vector<int>& cpus, double seconds) {
    const FmaKernel kernel = fma_kernel(detected_isa());
    const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.001, 10.0) : 0.001;
    const auto duration = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(bounded));
    const std::size_t threads = std::max<std::size_t>(1, cpus.size());
    std::vector<Span> spans(threads);
    double best = 0;
    std::barrier start(static_cast<std::ptrdiff_t>(threads));
    const auto measure = [&](std::size_t thread) {
        if (thread < cpus.size()) pin_this_thread(cpus[thread]);
        for (int round = 0; round < kRounds; ++round) {
            start.arrive_and_wait();
            spans[thread] = run_for(kernel, duration);
            start.arrive_and_wait();
            if (thread == 0) best = std::max(best, gflops(spans, kernel));
        }
    };
    {
        std::vector<std::jthread> team;
        team.reserve(threads);
        try {
            for (std::size_t thread = 0; thread < threads; ++thread) team.emplace_back(measure, thread);
        } catch (const std::system_error& error) {
            // Those that did start wait for the missing ones: release them before they are joined.
            for (std::size_t missing = team.size(); missing < threads; ++missing) start.arrive_and_drop();
            throw BackendError(fmt::format("peak measurement: thread {} of {} cannot be started: {}",
                                           team.size() + 1, threads, error.what()));
        }
    }
    return best;
}

}  // namespace mnist
