// Medians of rounds, since others may take a core meanwhile.
#include "scaling_costs.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>

#include "mnist/core/aligned.hpp"
#include "mnist/stats/summary.hpp"
#include "mnist/step/phase_gate.hpp"

namespace mnist::bench {
namespace {

using CostClock = std::chrono::steady_clock;

double seconds_from(CostClock::time_point begin) {
    return std::chrono::duration<double>(CostClock::now() - begin).count();
}

// Items have some work, since a thread that finds the others' not begun does them and passes the gate alone.
double phase_s(Team& team, std::size_t items_of_one) {
    constexpr std::size_t kPhases = 200;
    constexpr double kItem = 2e-6;
    const std::size_t items = items_of_one * team.size();
    PhaseGate gate(team.size(), team.at_once(), items);
    std::vector<double> phases;
    team.run([&](std::size_t thread) {
        PhaseGate::Walker walker(gate, thread);
        for (std::size_t p = 0; p < kPhases; ++p) {
            const auto begin = CostClock::now();
            walker.phase(items, [](std::size_t) {
                const auto started = CostClock::now();
                while (seconds_from(started) < kItem) {
                }
            });
            if (thread == 0) phases.push_back(seconds_from(begin));
        }
    });
    return median(phases).value_or(0);
}

GateCost gate_cost(Team& one, Team& team) {
    constexpr std::size_t kMore = 8;
    const auto size = static_cast<double>(team.size());
    // What items take a thread that is alone is in its share already.
    const auto beyond_s = [&](std::size_t items) {
        return std::max(0.0, phase_s(team, items) - phase_s(one, items));
    };
    const double few = beyond_s(1);
    const double item_s = std::max(0.0, beyond_s(kMore) - few) / ((kMore - 1) * size);
    return {.base_s = std::max(0.0, few - item_s * size), .item_s = item_s};
}

// Each thread writes lines, then reads the other's twice: a share's own time has the second reading. Where
// one thread did it all, because the other was displaced, nothing travelled.
double line_seconds(Team& two) {
    constexpr std::size_t kLines = 1024;
    constexpr std::size_t kWords = kCacheLine / sizeof(std::uint64_t);
    constexpr std::size_t kEnough = 200;
    AlignedVector<std::uint64_t> words(2 * kLines * kWords);
    std::array<std::vector<double>, 2> extra;
    std::array<std::size_t, 2> writers{};
    PhaseGate gate(2, two.at_once(), 2);
    std::atomic<std::uint64_t> seen{0};
    const auto read_s = [&](std::size_t whose) {
        const auto begin = CostClock::now();
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < kLines; ++i) sum += words[(whose * kLines + i) * kWords];
        seen.fetch_add(sum, std::memory_order_relaxed);
        return seconds_from(begin);
    };
    const auto exchange = [&](std::size_t thread) {
        PhaseGate::Walker walker(gate, thread);
        for (std::size_t round = 0; round < kEnough; ++round) {
            walker.phase(2, [&](std::size_t mine) {
                writers[mine] = thread;
                for (std::size_t i = 0; i < kLines; ++i) words[(mine * kLines + i) * kWords] = round;
            });
            walker.phase(2, [&](std::size_t mine) {
                const double first = read_s(1 - mine);
                if (writers[1 - mine] != thread) extra[thread].push_back(first - read_s(1 - mine));
            });
        }
    };
    for (std::size_t turn = 0; turn < kEnough && extra[0].size() + extra[1].size() < kEnough; ++turn) {
        gate.reset();
        two.run(exchange);
    }
    return std::max({0.0, median(extra[0]).value_or(0), median(extra[1]).value_or(0)}) / kLines;
}

}  // namespace

WorkerCosts::WorkerCosts(std::size_t threads, const std::vector<int>& cpus)
    : one_(1, cpus), two_(2, cpus), team_(threads, cpus) {}

void WorkerCosts::measure() {
    const GateCost gate = gate_cost(one_, team_);
    bases_s_.push_back(gate.base_s);
    items_s_.push_back(gate.item_s);
    lines_s_.push_back(line_seconds(two_));
}

GateCost WorkerCosts::gate() const {
    return {.base_s = median(bases_s_).value_or(0), .item_s = median(items_s_).value_or(0)};
}

double WorkerCosts::line_s() const {
    return median(lines_s_).value_or(0);
}

}  // namespace mnist::bench
