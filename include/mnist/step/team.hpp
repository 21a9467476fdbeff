// A team of threads that are started once and pinned, each to a CPU. It runs a function on all of them, in
// which they walk through the phases of phase_gate.hpp, or hands out items that are independent of each
// other, such as tiles of a forward pass.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "mnist/step/lone_member.hpp"

namespace mnist {

/// Threads for a whole experiment. oneDNN runs each one's primitives on it alone (onednn/threads.hpp), and it
/// flushes denormals to zero.
class Team {
  public:
    /// `threads` >= 1; thread t is pinned to cpus[t % cpus.size()], or to nothing where that is negative or
    /// `cpus` is empty. Where the system refuses to pin, the thread runs unpinned. Throws InputError where a
    /// thread cannot be started.
    Team(std::size_t threads, const std::vector<int>& cpus);
    /// One thread, pinned to `cpu`, in place of lone.team; `lone` is not owned.
    Team(LoneMember& lone, int cpu);
    ~Team();
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;

    [[nodiscard]] std::size_t size() const noexcept {
        return lone_ != nullptr ? lone_->team : threads_.size();
    }
    /// Null but for a team that was made from one.
    [[nodiscard]] LoneMember* lone() const noexcept { return lone_; }
    /// Threads that can run at once: fewer than size() where there are more threads than CPUs.
    [[nodiscard]] std::size_t at_once() const noexcept { return at_once_; }
    /// True where more threads than CPUs share the work: then waiting yields at once.
    [[nodiscard]] bool crowded() const noexcept { return at_once_ < size(); }

    /// Calls work(t) on every thread t and returns when all have returned. The first exception is thrown
    /// again here. Cost: one sleep and wake-up; meant for whole epochs.
    void run(const std::function<void(std::size_t)>& work);

    /// What share() hands out: called with the item and the thread.
    using Share = std::function<void(std::size_t, std::size_t)>;

    /// Calls work(item, thread) once for each of `items` items, on whichever threads are free, and returns
    /// when all are done. The first exception is thrown again here. Cost: beside others' calls in
    /// stay_awake() some hundred nanoseconds, else that of run(); a single item is computed by the caller,
    /// whom it costs nothing.
    void share(std::size_t items, const Share& work);

    /// Calls drive() on thread 0 and returns when it has returned. Meanwhile the other threads do not sleep
    /// but spin, so that share(), which only drive() may then call, has them at once: for a stream of calls
    /// that are shorter than a wake-up, 10 to 100 us. Throws ShapeError for a team of a lone member.
    void stay_awake(const std::function<void()>& drive);

  private:
    /// Items of one share(), on the stack of the thread that asked for it.
    struct Shared {
        const Share& work;
        std::exception_ptr failure{};  ///< guarded by mutex_
        std::atomic<std::size_t> done{0};
    };
    void start_threads(std::size_t threads, const std::vector<int>& cpus);
    void serve(std::size_t thread, int cpu);
    void work_until_the_end(std::size_t thread);
    void end_threads();
    bool take_shared(std::size_t thread);

    std::mutex mutex_;
    std::condition_variable start_;
    std::condition_variable finished_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::uint64_t generation_ = 0;
    std::size_t running_ = 0;
    bool ending_ = false;
    std::size_t at_once_ = 0;
    std::exception_ptr failure_;
    LoneMember* lone_ = nullptr;
    std::vector<std::thread> threads_;
    std::atomic<bool> awake_{false};       ///< while drive() of stay_awake() runs
    Shared* shared_ = nullptr;             ///< stays what it is while one of its items is not done
    std::atomic<std::size_t> to_take_{0};  ///< items of shared_ that nobody has taken
};

}  // namespace mnist
