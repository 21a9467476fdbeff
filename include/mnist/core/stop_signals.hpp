// SIGINT, SIGTERM and a closed terminal (SIGHUP) ask long work to stop, so that what there is so far can be
// kept; a second signal ends the program at once.
#pragma once

#include <csignal>

#include <array>
#include <atomic>
#include <string_view>

namespace mnist {

/// Exit code of a program that was told to stop.
inline constexpr int kExitInterrupted = 130;

/// While an object of this class lives, the signals set its flag instead of ending the program. One object at
/// a time.
class StopOnSignals {
  public:
    /// `notice` and a line break are written to standard error at the first signal; nothing where it is
    /// empty.
    explicit StopOnSignals(std::string_view notice);
    ~StopOnSignals();
    StopOnSignals(const StopOnSignals&) = delete;
    StopOnSignals& operator=(const StopOnSignals&) = delete;

    /// Set by the first signal.
    [[nodiscard]] const std::atomic<bool>& flag() const;

  private:
    std::array<struct sigaction, 3> before_{};
};

}  // namespace mnist
