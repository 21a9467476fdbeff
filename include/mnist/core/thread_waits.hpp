// How long threads of this process could have run and waited for a CPU, as the kernel counts it. A thread
// takes its count with it when it ends, and teams of threads often end before somebody asks; so the threads
// that compute report themselves here.
#pragma once

#include <sys/types.h>

#include <optional>

namespace mnist {

/// Stands at the top of a thread's function, whose waiting is to count. Cost: at its end a small file.
class TimedThread {
  public:
    TimedThread() noexcept;
    ~TimedThread();
    TimedThread(const TimedThread&) = delete;
    TimedThread& operator=(const TimedThread&) = delete;

  private:
    friend std::optional<double> thread_waits_s() noexcept;

    // A list through the stacks of its threads: nothing that could be refused.
    pid_t thread_;
    TimedThread* before_ = nullptr;
    TimedThread* behind_ = nullptr;
};

/// Seconds of all timed threads so far, those that ended and those that run, and of the calling one. Empty
/// where the kernel does not count. Cost: a small file a thread, some microseconds each.
[[nodiscard]] std::optional<double> thread_waits_s() noexcept;

}  // namespace mnist
