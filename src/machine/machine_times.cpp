// /proc/stat counts what a CPU did in ticks, each for whoever had the CPU when it ended; what this process
// used is known exactly. The difference is what others used.
#include "machine_times.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <sstream>
#include <string>

#include "cgroup.hpp"
#include "mnist/core/thread_waits.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

constexpr double kTick = 0.01;  // the kernel's unit for programs, whatever its own is

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

std::optional<CpuTicks> ticks_of_line(std::istringstream& line) {
    enum { kUser, kNice, kSystem, kIdle, kIoWait, kInterrupts, kSoftInterrupts, kSteal, kColumns };
    std::array<std::uint64_t, kColumns> columns{};
    for (std::uint64_t& column : columns)
        if (!(line >> column)) return std::nullopt;
    CpuTicks ticks{.stolen = columns[kSteal], .cpus = 1};
    for (const std::uint64_t column : columns) ticks.all += column;
    ticks.busy = ticks.all - columns[kIdle] - columns[kIoWait] - columns[kSteal];
    return ticks;
}

void add(CpuTicks& sum, const CpuTicks& one) {
    sum.all += one.all;
    sum.busy += one.busy;
    sum.stolen += one.stolen;
    sum.cpus += one.cpus;
}

template <class T>
std::optional<double> growth(const std::optional<T>& before, const std::optional<T>& after) {
    if (!before || !after || *after < *before) return std::nullopt;
    return static_cast<double>(*after - *before);
}

// Each CPU's count is rounded, so its growth can be one tick too much.
double at_least(double ticks, std::size_t cpus) {
    return std::max(0.0, ticks - static_cast<double>(cpus));
}

void add_ticks(Disturbance& found, const MachineTimes& before, const MachineTimes& after) {
    if (!before.ticks || !after.ticks || after.ticks->all <= before.ticks->all) return;
    const CpuTicks& a = *before.ticks;
    const CpuTicks& b = *after.ticks;
    const auto all = static_cast<double>(b.all - a.all);
    const double stolen = growth<std::uint64_t>(a.stolen, b.stolen).value_or(0);
    found.steal_share = at_least(stolen, a.cpus) / all;
    const auto own_s = growth(before.own_cpu_s, after.own_cpu_s);
    const double busy = growth<std::uint64_t>(a.busy, b.busy).value_or(0);
    if (own_s) found.other_cpu_share = at_least(busy - *own_s / kTick, a.cpus) / all;
}

// More work than CPUs can do waits, whoever else is there: so much of the waiting is this process's own
// doing.
void add_waits(Disturbance& found, const MachineTimes& before, const MachineTimes& after, double capacity_s) {
    const auto waited_s = growth(before.waited_s, after.waited_s);
    const auto own_s = growth(before.own_cpu_s, after.own_cpu_s);
    if (!waited_s || !own_s) return;
    const double wanted_s = *own_s + *waited_s;
    const double crowding_s = std::max(0.0, wanted_s - capacity_s);
    if (wanted_s > 0) found.run_queue_share = std::max(0.0, *waited_s - crowding_s) / wanted_s;
}

}  // namespace

std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat, const std::vector<int>& cpus) {
    std::istringstream lines{std::string(stat)};
    CpuTicks sum;
    for (std::string text; std::getline(lines, text) && text.starts_with("cpu");) {
        std::istringstream line(text.substr(3));
        if (text.starts_with("cpu ")) continue;  // the sum of all
        int cpu = 0;
        if (!(line >> cpu)) return std::nullopt;
        if (!cpus.empty() && std::find(cpus.begin(), cpus.end(), cpu) == cpus.end()) continue;
        const std::optional<CpuTicks> ticks = ticks_of_line(line);
        if (!ticks) return std::nullopt;
        add(sum, *ticks);
    }
    const bool whole = cpus.empty() ? sum.cpus > 0 : sum.cpus == cpus.size();
    return whole ? std::optional(sum) : std::nullopt;
}

MachineTimes machine_times(const std::vector<int>& cpus,
                           const std::vector<std::filesystem::path>& throttling) {
    const auto clock = std::chrono::steady_clock::now().time_since_epoch();
    MachineTimes times{.clock_s = std::chrono::duration<double>(clock).count()};
    times.ticks = parse_cpu_ticks(read_system_file("/proc/stat").value_or(""), cpus);
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        times.own_cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
        times.involuntary_switches = static_cast<double>(usage.ru_nivcsw);
    }
    times.waited_s = thread_waits_s();
    times.throttled_s = throttled_s(throttling);
    return times;
}

Disturbance disturbance_between(const MachineTimes& before, const MachineTimes& after, std::size_t cpus) {
    constexpr double kShortest = 0.1;
    Disturbance found;
    const double elapsed_s = after.clock_s - before.clock_s;
    if (elapsed_s < kShortest || cpus == 0) return found;
    const double capacity_s = elapsed_s * static_cast<double>(cpus);
    add_ticks(found, before, after);
    add_waits(found, before, after, capacity_s);
    if (const auto throttled = growth(before.throttled_s, after.throttled_s))
        found.throttled_share = std::min(1.0, *throttled / capacity_s);
    if (const auto switches = growth(before.involuntary_switches, after.involuntary_switches))
        found.involuntary_switches_per_s = *switches / elapsed_s;
    return found;
}

}  // namespace mnist
