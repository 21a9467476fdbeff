// Threads meet before and after every round.
#include "rounds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <barrier>
#include <cmath>
#include <system_error>
#include <thread>

#include "affinity.hpp"
#include "mnist/core/error.hpp"

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

Clock::duration round_duration(double seconds) {
    const double bounded = std::isfinite(seconds) ? std::clamp(seconds, 0.001, 10.0) : 0.001;
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(bounded));
}

double best_rate(const std::vector<int>& cpus, int rounds, const char* what,
                 const std::function<void(std::size_t)>& prepare,
                 const std::function<RoundSpan(std::size_t)>& measure) {
    const std::size_t threads = std::max<std::size_t>(1, cpus.size());
    std::vector<RoundSpan> spans(threads);
    double best = 0;
    std::barrier start(static_cast<std::ptrdiff_t>(threads));
    const auto walk = [&](std::size_t thread) {
        if (thread < cpus.size()) pin_this_thread(cpus[thread]);
        prepare(thread);
        for (int round = 0; round < rounds; ++round) {
            start.arrive_and_wait();
            spans[thread] = measure(thread);
            start.arrive_and_wait();
            if (thread == 0) best = std::max(best, rate(spans));
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
