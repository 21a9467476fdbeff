// How much else went on while something was measured, so that a disturbed repetition can be told from a slow
// one later. Plain readers of /proc; what the system does not say is empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mnist::bench {

/// Clock ticks of all CPUs since the machine started.
struct CpuTicks {
    std::uint64_t all = 0;
    std::uint64_t stolen = 0;  ///< a hypervisor ran something else
};

/// The first line of /proc/stat, "cpu  user nice system idle iowait irq softirq steal guest guest_nice".
/// guest is part of user and is not counted twice. Empty where the text is something else.
[[nodiscard]] std::optional<CpuTicks> parse_cpu_ticks(std::string_view stat);
/// First number of /proc/loadavg: processes that ran or wanted to, mean over a minute.
[[nodiscard]] std::optional<double> parse_load_average(std::string_view loadavg);
/// Share of stolen ticks between two looks; empty where no tick has passed.
[[nodiscard]] std::optional<double> steal_share(const CpuTicks& before, const CpuTicks& after);

[[nodiscard]] std::optional<double> load_average_now();

struct Load {
    std::optional<double> load_average;
    std::optional<double> steal_share;
    std::optional<double> involuntary_switches;  ///< times a thread of ours had to make way
};

/// From its making to now().
class LoadWatch {
  public:
    LoadWatch();
    [[nodiscard]] Load now() const;

  private:
    std::optional<CpuTicks> ticks_;
    std::optional<long> switches_;
};

}  // namespace mnist::bench
