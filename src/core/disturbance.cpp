// The limits stand here with their reasons, because they are the rule. A comparison takes 5 % for a change
// where nobody asks for another threshold, so what costs less than that is let pass.
#include "mnist/core/disturbance.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mnist {
namespace {

// Threads of a team wait for the slowest, so what is taken from one CPU costs all of them.
constexpr double kTaken = 0.02;
constexpr double kRunQueue = 0.05;
// Other processes that nobody had to wait for were on CPUs that this measurement left free: a benchmark of
// one thread beside another program has the same speed, until so much runs that clock, caches and memory are
// shared with it.
constexpr double kOtherProcesses = 0.05;
constexpr double kOnFreeCpus = 0.25;
// Only for measurements that know nothing of the above. Neither says enough alone: threads that yield while
// they wait count as interrupted thousands of times a second, and small steps wait for each other a third of
// their time. A thread that shares its CPU with another process is interrupted once in 3 to 10 ms, and then
// the others wait for it.
constexpr double kSwitchesPerSecond = 300;
constexpr double kWaiting = 0.4;

bool exceeds(const std::optional<double>& value, double limit) {
    return value && *value > limit;
}

std::optional<double> greater(const std::optional<double>& a, const std::optional<double>& b) {
    return a && b ? std::max(*a, *b) : a ? a : b;
}

}  // namespace

std::optional<std::string> disturbed_by(const Disturbance& d) {
    if (exceeds(d.throttled_share, kTaken))
        return fmt::format(
            "the CPU quota of its control group held it back for {:.0f} % of the time, so try fewer threads",
            100 * *d.throttled_share);
    const bool waited = !d.run_queue_share || exceeds(d.run_queue_share, kRunQueue);
    if (exceeds(d.other_cpu_share, waited ? kOtherProcesses : kOnFreeCpus))
        return fmt::format("other processes took {:.0f} % of the CPUs", 100 * *d.other_cpu_share);
    if (exceeds(d.steal_share, kTaken))
        return fmt::format("the host took {:.0f} % of the CPUs away", 100 * *d.steal_share);
    if (exceeds(d.run_queue_share, kRunQueue))
        return fmt::format("its threads waited for a CPU for {:.0f} % of their time",
                           100 * *d.run_queue_share);
    const bool knows_who_ran = d.other_cpu_share || d.run_queue_share;
    if (!knows_who_ran && exceeds(d.involuntary_switches_per_s, kSwitchesPerSecond) &&
        exceeds(d.waiting_share, kWaiting))
        return fmt::format(
            "its threads were interrupted {:.0f} times a second and waited for each other for {:.0f} % of "
            "their time",
            *d.involuntary_switches_per_s, 100 * *d.waiting_share);
    return std::nullopt;
}

Disturbance worst_of(const Disturbance& a, const Disturbance& b) {
    Disturbance worst;
    for (const DisturbanceFact& fact : kDisturbanceFacts)
        worst.*fact.value = greater(a.*fact.value, b.*fact.value);
    return worst;
}

}  // namespace mnist
