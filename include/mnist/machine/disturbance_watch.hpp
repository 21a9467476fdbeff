// What else happens on this machine while something is measured: looks before and after, and nothing between.
// What the system does not say stays empty.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "mnist/core/disturbance.hpp"

namespace mnist {

class DisturbanceWatch {
  public:
    /// `cpus`: OS indices of those that the measured threads run on; none: all CPUs.
    explicit DisturbanceWatch(std::vector<int> cpus);
    ~DisturbanceWatch();
    DisturbanceWatch(const DisturbanceWatch&) = delete;
    DisturbanceWatch& operator=(const DisturbanceWatch&) = delete;

    /// From now on. Cost, as of the others: some small files of /proc, a fraction of a millisecond.
    void begin();
    /// Since begin(), without waiting_share. The system counts in ticks of 10 ms: shares of other processes
    /// and of the host are at least so great, less what rounding alone can make. Empty within the first
    /// 100 ms, in which a single tick would be a share.
    [[nodiscard]] Disturbance so_far() const;
    /// Threads of this process that lost their CPU unasked since begin(), or gave it away while they had
    /// work.
    [[nodiscard]] std::optional<double> involuntary_switches() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Processes that ran or wanted to, mean over the last minute.
[[nodiscard]] std::optional<double> load_average();

}  // namespace mnist
