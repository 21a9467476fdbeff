// Threads meet before and after every round.
#include "rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <cmath>
#include <system_error>
#include <thread>

#include "mnist/core/affinity.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/thread_waits.hpp"

namespace mnist {
namespace {

using Clock = std::chrono::steady_clock;

double rate(const std::vector<RoundSpan>& spans) {
    Clock::time_point begin = spans.front().begin;
    Clock::time_point end = spans.front().end;
    double work = 0;
    for (const RoundSpan& span : spans) {
        begin = std::min(begin, span.begin);
        end = std::max(end, span.end);
        work += span.work;
    }
    return work / std::chrono::duration<double>(end - begin).count();
}

}  // namespace

RoundPlan round_plan(double seconds, std::size_t threads, const CgroupLimits& limits) {
    constexpr double kPeriods = 3;
    const double wanted_s = std::isfinite(seconds) ? std::clamp(seconds, 0.001, 10.0) : 0.001;
    const auto duration = [](double s) {
        return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
    };
    if (!limits.cpu_quota || *limits.cpu_quota >= static_cast<double>(threads))
        return {.duration = duration(wanted_s), .rounds = 8};
    const double periods = std::max(kPeriods, std::ceil(wanted_s / limits.cpu_period_s));
    return {.duration = duration(periods * limits.cpu_period_s), .rounds = 4, .settles = true};
}

RoundPlan round_plan(double seconds, std::size_t threads) {
    return round_plan(seconds, threads, cgroup_limits("/"));
}

double best_rate(const std::vector<int>& cpus, const RoundPlan& plan, const char* what,
                 const std::function<void(std::size_t)>& prepare,
                 const std::function<RoundSpan(std::size_t)>& measure) {
    const std::size_t threads = std::max<std::size_t>(1, cpus.size());
    std::vector<RoundSpan> spans(threads);
    double best = 0;
    std::barrier start(static_cast<std::ptrdiff_t>(threads));
    const auto walk = [&](std::size_t thread) {
        const TimedThread timed;
        if (thread < cpus.size()) pin_this_thread({cpus[thread]});
        prepare(thread);
        for (int round = plan.settles ? -1 : 0; round < plan.rounds; ++round) {
            start.arrive_and_wait();
            spans[thread] = measure(thread);
            start.arrive_and_wait();
            if (thread == 0 && round >= 0) best = std::max(best, rate(spans));
        }
    };
    {
        std::vector<std::jthread> team;
        team.reserve(threads);
        try {
            for (std::size_t thread = 0; thread < threads; ++thread) team.emplace_back(walk, thread);
        } catch (const std::system_error& error) {
            // Those that did start wait for the missing ones: release them before they are joined.
            for (std::size_t missing = team.size(); missing < threads; ++missing) start.arrive_and_drop();
            throw BackendError(fmt::format("{}: thread {} of {} cannot be started: {}", what, team.size() + 1,
                                           threads, error.what()));
        }
    }
    return best;
}

}  // namespace mnist
