// SIGINT, SIGTERM and a closed terminal (SIGHUP) ask the training to stop, so that the result so far is
// written; a second signal ends the program at once.
#pragma once

#include <csignal>

#include <array>
#include <atomic>

namespace mnist {

/// While an object of this class lives, the signals set its flag instead of ending the program. One object at
/// a time.
class StopOnSignals {
  public:
    StopOnSignals();
    ~StopOnSignals();
    StopOnSignals(const StopOnSignals&) = delete;
    StopOnSignals& operator=(const StopOnSignals&) = delete;

    /// Set by the first signal.
    [[nodiscard]] const std::atomic<bool>& flag() const;

  private:
    std::array<struct sigaction, 3> before_{};
};

/// A closed pipe becomes an error of the write instead of the program's end.
void ignore_broken_pipes();

}  // namespace mnist
