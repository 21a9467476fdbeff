// Counts that only grow, and what their growth says. Pure but for machine_times(), so that tests can play
// any machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "mnist/core/disturbance.hpp"

namespace mnist {

/// Ticks of 10 ms of some CPUs since the machine started.
struct CpuTicks {
    std::uint64_t all = 0;
    std::uint64_t busy = 0;    ///< with processes of any user, with the system's and with interrupts
    std::uint64_t stolen = 0;  ///< a hypervisor ran something else
    std::size_t cpus = 0;      ///< how many
};

/// From /proc/stat: lines "cpuN user nice system idle iowait irq softirq steal guest guest_nice" of `cpus`,
/// all where there are none. guest is part of user and is not counted twice. Empty where one of them is
/// missing or the text is something else.
[[nodiscard]] std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat, const std::vector<int>& cpus);

struct MachineTimes {
    double clock_s = 0;
    std::optional<CpuTicks> ticks{};
    std::optional<double> own_cpu_s{};  ///< of all threads of this process
    std::optional<double> waited_s{};   ///< of its timed threads, for a CPU
    std::optional<double> throttled_s{};
    std::optional<double> involuntary_switches{};
};

/// Now. `cpus` as in parse_cpu_ticks, `throttling` from throttling_files().
[[nodiscard]] MachineTimes machine_times(const std::vector<int>& cpus,
                                         const std::vector<std::filesystem::path>& throttling);

/// What happened between two looks at `cpus` CPUs.
[[nodiscard]] Disturbance disturbance_between(const MachineTimes& before, const MachineTimes& after,
                                              std::size_t cpus);

}  // namespace mnist
