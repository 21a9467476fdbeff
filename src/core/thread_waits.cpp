// /proc/self/task/N/schedstat: nanoseconds that the thread ran, nanoseconds that it waited, and how often.
#include "mnist/core/thread_waits.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <mutex>

namespace mnist {
namespace {

std::mutex waits_mutex;
TimedThread* newest_thread = nullptr;
double ended_threads_s = 0;

pid_t this_thread() noexcept {
    return static_cast<pid_t>(::syscall(SYS_gettid));
}

std::optional<double> waits_of(pid_t thread) noexcept {
    std::array<char, 64> name{};
    static_cast<void>(std::snprintf(name.data(), name.size(), "/proc/self/task/%d/schedstat", thread));
    const int file = ::open(name.data(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::nullopt;
    std::array<char, 128> text{};
    const ssize_t bytes = ::read(file, text.data(), text.size() - 1);
    ::close(file);
    std::uint64_t ran_ns = 0;
    std::uint64_t waited_ns = 0;
    if (bytes <= 0 || std::sscanf(text.data(), "%" SCNu64 " %" SCNu64, &ran_ns, &waited_ns) != 2)
        return std::nullopt;
    // A kernel that does not count writes zeros, and this thread has run.
    if (ran_ns == 0) return std::nullopt;
    return 1e-9 * static_cast<double>(waited_ns);
}

}  // namespace

TimedThread::TimedThread() noexcept : thread_(this_thread()) {
    const std::lock_guard lock(waits_mutex);
    behind_ = newest_thread;
    if (behind_ != nullptr) behind_->before_ = this;
    newest_thread = this;
}

TimedThread::~TimedThread() {
    const std::lock_guard lock(waits_mutex);
    ended_threads_s += waits_of(thread_).value_or(0);
    if (behind_ != nullptr) behind_->before_ = before_;
    (before_ != nullptr ? before_->behind_ : newest_thread) = behind_;
}

std::optional<double> thread_waits_s() noexcept {
    const pid_t caller = this_thread();
    const std::optional<double> of_caller = waits_of(caller);
    if (!of_caller) return std::nullopt;
    const std::lock_guard lock(waits_mutex);
    double sum_s = ended_threads_s + *of_caller;
    for (const TimedThread* thread = newest_thread; thread != nullptr; thread = thread->behind_)
        if (thread->thread_ != caller) sum_s += waits_of(thread->thread_).value_or(0);
    return sum_s;
}

}  // namespace mnist
