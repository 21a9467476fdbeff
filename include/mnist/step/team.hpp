// A team of pinned threads that walk through phases of independent items, and the two classes it is made of:
//   Team        starts the threads once, pins each to a CPU, runs a function on all of them, and hands out
//               items that are independent of each other, such as tiles of a forward pass.
//   PhaseGate   hands out the items of a phase and lets nobody into the next phase before all items are done.
// A phase ends when its *items* are done, not when all threads have arrived: a thread that the system has put
// aside without an item holds nobody up, and any single thread can finish a phase alone. A thread that was
// put aside for long in the middle of an item (another process wants its core) gives the core away between
// items for a while, or leaves the items to the others, so that they need not wait for one again. Each thread
// takes its own items first, so that a piece stays in the same core's cache from step to step, and helps
// others out afterwards.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/step/lone_member.hpp"

namespace mnist {

/// Threads for a whole experiment. Each has one OpenMP thread (oneDNN then runs its primitives on the caller)
/// and flushes denormals to zero.
class Team {
  public:
    /// `threads` >= 1; thread t is pinned to cpus[t % cpus.size()], or to nothing where `cpus` is empty.
    /// Where the system refuses to pin, the thread runs unpinned. Throws InputError where a thread cannot
    /// be started.
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
    /// True where more threads than CPUs share the work: then waiting yields at once.
    [[nodiscard]] bool crowded() const noexcept { return crowded_; }

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
    void end_threads();
    bool take_shared(std::size_t thread);

    std::mutex mutex_;
    std::condition_variable start_;
    std::condition_variable finished_;
    const std::function<void(std::size_t)>* work_ = nullptr;
    std::uint64_t generation_ = 0;
    std::size_t running_ = 0;
    bool ending_ = false;
    bool crowded_ = false;
    std::exception_ptr failure_;
    LoneMember* lone_ = nullptr;
    std::vector<std::thread> threads_;
    std::atomic<bool> awake_{false};       ///< while drive() of stay_awake() runs
    Shared* shared_ = nullptr;             ///< stays what it is while one of its items is not done
    std::atomic<std::size_t> to_take_{0};  ///< items of shared_ that nobody has taken
};

/// Waits in a way that suits a step of a fraction of a millisecond: spins for some microseconds, then gives
/// the CPU away.
class SpinWait {
  public:
    explicit SpinWait(bool crowded) : spins_left_(crowded ? 0 : kSpins) {}
    void pause();

  private:
    static constexpr int kSpins = 4000;
    int spins_left_;
};

/// Items of consecutive phases. All threads must walk the same sequence of phases, each through its own
/// Walker.
class PhaseGate {
  public:
    /// `most_items`: the most items that any phase will have. `lone`: of the team, where it has one.
    PhaseGate(std::size_t threads, std::size_t most_items, bool crowded, LoneMember* lone = nullptr);

    /// Forgets all phases. Only while no thread is in one.
    void reset();
    /// Lets all waiting threads go on at once, with enter() returning false from now on, until reset(). For
    /// failures.
    void abandon() noexcept { abandoned_.store(true, std::memory_order_release); }

    /// A thread's place in the sequence.
    class Walker {
      public:
        Walker(PhaseGate& gate, std::size_t thread) : gate_(gate), thread_(thread) {}

        /// Runs work(item) for the items of the next phase that this thread gets, then waits until all are
        /// done. The first `dealt` items belong to the threads in equal runs, so that a thread meets what is
        /// in its cache again; the others up to `items` are anybody's. Who has done with its own takes those,
        /// and then what others have not begun. Returns false when the gate was abandoned. Everything that
        /// any item wrote is visible afterwards.
        template <class Work>
        bool phase(std::size_t dealt, std::size_t items, Work&& work) {
            ++phase_;
            done_at_end_ += items;
            const std::size_t team = gate_.threads_;
            const auto take = [&](std::size_t begin, std::size_t end) {
                for (std::size_t item = begin; item < end; ++item) {
                    if (!gate_.claim(item, phase_)) continue;
                    const ItemWatch watch = begin_item();
                    work(item);
                    // Before end_item(), which may give the core away: nobody must wait for what is done.
                    gate_.done_.value.fetch_add(1, std::memory_order_acq_rel);
                    end_item(watch);
                }
            };
            if (gate_.lone_ != nullptr) {
                gate_.lone_->phase(dealt, items, take);
                return true;
            }
            const auto run_of = [&](std::size_t t) { take(t * dealt / team, (t + 1) * dealt / team); };
            run_of(thread_);
            take(dealt, items);
            for (std::size_t t = 1; t < team; ++t) run_of((thread_ + t) % team);
            return gate_.wait_for(done_at_end_);
        }

        /// The same where all items are dealt.
        template <class Work>
        bool phase(std::size_t items, Work&& work) {
            return phase(items, items, std::forward<Work>(work));
        }

      private:
        using Clock = std::chrono::steady_clock;
        /// Longer than the items of usual batches take.
        static constexpr std::chrono::microseconds kSuspicious{500};
        static constexpr std::chrono::milliseconds kTurn{1};
        /// Items that are watched closely after a suspicious one.
        static constexpr std::size_t kWatched = 1000;
        struct ItemWatch {
            Clock::time_point begun;
            std::chrono::nanoseconds cpu_time;  ///< of this thread at the beginning; only while watched
        };
        ItemWatch begin_item() {
            return {Clock::now(), watched_ > 0 ? thread_cpu_time() : std::chrono::nanoseconds{0}};
        }
        void end_item(const ItemWatch& watch) {
            if (watched_ > 0) --watched_;
            const auto now = Clock::now();
            if (now - watch.begun > kSuspicious)
                look_closer(watch);
            else
                longest_item_ = std::max<Clock::duration>(longest_item_, now - watch.begun);
            if (turns_left_ > 0 && now > turn_ends_) give_way();
        }
        /// Where the system took the CPU away for long in a watched item: takes turns from here on if items
        /// are long, and rests if they are short; else watches the next items.
        void look_closer(const ItemWatch& watch);
        void give_way();
        static std::chrono::nanoseconds thread_cpu_time();

        PhaseGate& gate_;
        std::size_t thread_;
        std::size_t watched_ = 0;
        Clock::duration longest_item_{};  ///< without what others took of it
        std::size_t turns_left_ = 0;      ///< at whose ends the core is given away
        Clock::time_point turn_ends_{};
        std::uint64_t phase_ = 0;
        std::uint64_t done_at_end_ = 0;
    };

  private:
    struct alignas(kCacheLine) Counter {
        std::atomic<std::uint64_t> value{0};
    };

    bool claim(std::size_t item, std::uint64_t phase) noexcept;
    bool wait_for(std::uint64_t done) const noexcept;

    std::size_t threads_;
    std::vector<Counter> claimed_;  ///< the last phase in which an item was taken
    std::atomic<std::size_t> resting_{0};
    std::atomic<bool> abandoned_{false};
    bool crowded_;
    LoneMember* lone_;
    Counter done_;  ///< items done in all phases; behind the others, in a cache line of its own
};

}  // namespace mnist
