// Hands out the items of a phase and lets nobody into the next phase before all items are done. A phase ends
// when its *items* are done, not when all threads have arrived: a thread that the system has put aside
// without an item holds nobody up, and any single thread can finish a phase alone. A thread that was put
// aside for long in the middle of an item (another process wants its core) gives the core away between items
// for a while, or leaves the items to the others, so that they need not wait for one again. Each thread takes
// its own items first, so that a piece stays in the same core's cache from step to step, and helps others out
// afterwards.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mnist/core/aligned.hpp"
#include "mnist/step/lone_member.hpp"

namespace mnist {

/// Waits in a way that suits a step of a fraction of a millisecond: spins for kSpin, then gives the CPU away
/// at each call. What a pause takes differs tenfold between CPUs, so it is measured, once in a process.
class SpinWait {
  public:
    /// Longer than the threads of a step wait for each other while none is displaced.
    static constexpr std::chrono::microseconds kSpin{100};

    explicit SpinWait(bool crowded) : spins_left_(crowded ? 0 : spins()) {}
    void pause();
    /// Pauses that take kSpin. Cost: some 100 us, the first time.
    static int spins();

  private:
    int spins_left_;
};

/// What a thread does that lost its CPU for a time in the middle of an item.
enum class Displacement {
    none,   ///< nothing: the system's own small work
    turns,  ///< gives the core away between items for a while
    rest,   ///< leaves its items to the others for some time slices
};
/// `longest_item`: CPU time, so far. Turns pay where items take longer than to bring what they read from
/// another core's cache, which each change of turns costs.
[[nodiscard]] Displacement displacement(std::chrono::nanoseconds lost, std::chrono::nanoseconds longest_item);

/// Items of consecutive phases. All threads must walk the same sequence of phases, each through its own
/// Walker.
class PhaseGate {
  public:
    /// `at_once`: threads that can run at a time; where these are fewer, thread t is on the CPU of thread
    /// t + at_once, and waiting yields at once. `most_items`: the most that any phase will have. `lone`: of
    /// the team, where it has one.
    PhaseGate(std::size_t threads, std::size_t at_once, std::size_t most_items, LoneMember* lone = nullptr);

    /// Forgets all phases. Only while no thread is in one.
    void reset();
    /// Lets all waiting threads go on at once, with phase() returning false from now on, until reset(). For
    /// failures.
    void abandon() noexcept { abandoned_.store(true, std::memory_order_release); }

    /// A thread's place in the sequence.
    class Walker {
      public:
        Walker(PhaseGate& gate, std::size_t thread) : gate_(gate), thread_(thread) {}

        /// Runs work(item) for the items of the next phase that this thread gets, then waits until all are
        /// done. The first `dealt` items belong to the CPUs in equal runs, so that a thread meets what is in
        /// its cache again; the others up to `items` are anybody's. Who has done with its own takes those,
        /// and then what others have not begun. Returns false when the gate was abandoned. Everything that
        /// any item wrote is visible afterwards.
        template <class Work>
        bool phase(std::size_t dealt, std::size_t items, Work&& work) {
            ++phase_;
            done_at_end_ += items;
            const std::size_t team = gate_.at_once_;
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
            run_of(thread_ % team);
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
            const auto now = Clock::now();
            if (watched_ > 0 || now - watch.begun > kSuspicious) look_closer(watch, now - watch.begun);
            if (turns_left_ > 0 && now > turn_ends_) give_way();
        }
        /// Watches the next items after a suspicious one, and gives the core away as displacement() says.
        void look_closer(const ItemWatch& watch, Clock::duration elapsed);
        void give_way();
        static std::chrono::nanoseconds thread_cpu_time();

        PhaseGate& gate_;
        std::size_t thread_;
        std::size_t watched_ = 0;
        std::chrono::nanoseconds longest_item_{0};  ///< CPU time, of watched ones
        std::size_t turns_left_ = 0;                ///< at whose ends the core is given away
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

    std::size_t threads_, at_once_;
    std::vector<Counter> claimed_;  ///< the last phase in which an item was taken
    std::atomic<std::size_t> resting_{0};
    std::atomic<bool> abandoned_{false};
    LoneMember* lone_;
    Counter done_;  ///< items done in all phases; behind the others, in a cache line of its own
};

}  // namespace mnist
