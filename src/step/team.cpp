// Pinning, waiting and the hand-out of items.
#include "mnist/step/team.hpp"

#include <pmmintrin.h>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <xmmintrin.h>

#include <algorithm>
#include <string>
#include <system_error>

#include "mnist/core/error.hpp"
#include "mnist/core/thread_waits.hpp"
#include "mnist/onednn/primitives.hpp"

namespace mnist {
namespace {

// What a thread must be to compute the same bits as the others, until the end of the scope.
class AsTeamMember {
  public:
    AsTeamMember() : before_(_mm_getcsr()) {
        _MM_SET_FLUSH_ZERO_MODE(_MM_FLUSH_ZERO_ON);
        _MM_SET_DENORMALS_ZERO_MODE(_MM_DENORMALS_ZERO_ON);
    }
    ~AsTeamMember() { _mm_setcsr(before_); }
    AsTeamMember(const AsTeamMember&) = delete;
    AsTeamMember& operator=(const AsTeamMember&) = delete;

  private:
    onednn::OneThreadScope one_thread_;
    unsigned before_;
};

void pin_to(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<std::size_t>(cpu), &set);
    // A refusal (a narrower cgroup, an offline CPU) costs speed, not correctness.
    pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

}  // namespace

Team::Team(std::size_t threads, const std::vector<int>& cpus) {
    if (threads == 0) throw ShapeError("a team needs at least one thread");
    const std::size_t available =
        cpus.empty() ? std::max(1U, std::thread::hardware_concurrency()) : cpus.size();
    crowded_ = threads > available;
    start_threads(threads, cpus);
}

Team::Team(LoneMember& lone, int cpu) : lone_(&lone) {
    start_threads(1, {cpu});
}

void Team::start_threads(std::size_t threads, const std::vector<int>& cpus) {
    threads_.reserve(threads);
    try {
        for (std::size_t t = 0; t < threads; ++t) {
            const int cpu = cpus.empty() ? -1 : cpus[t % cpus.size()];
            threads_.emplace_back([this, t, cpu] { serve(t, cpu); });
        }
    } catch (const std::system_error& error) {
        const std::size_t started = threads_.size();
        end_threads();
        throw InputError(
            {.where = "--threads",
             .expected = std::to_string(threads) + " threads",
             .found = "room for " + std::to_string(started) + " (" + error.code().message() + ")",
             .remedy = "Choose fewer, or raise the limits of processes and memory (ulimit -u, ulimit -v)"});
    }
}

Team::~Team() {
    end_threads();
}

void Team::end_threads() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    start_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
}

void Team::serve(std::size_t thread, int cpu) {
    const TimedThread timed;
    if (cpu >= 0) pin_to(cpu);
    const AsTeamMember member;
    std::uint64_t seen = 0;
    std::unique_lock lock(mutex_);
    while (true) {
        start_.wait(lock, [&] { return ending_ || generation_ != seen; });
        if (ending_) return;
        seen = generation_;
        const auto* const work = work_;
        lock.unlock();
        std::exception_ptr failure;
        try {
            (*work)(lone_ != nullptr ? lone_->member : thread);
        } catch (...) {
            failure = std::current_exception();
        }
        lock.lock();
        if (failure && !failure_) failure_ = failure;
        if (--running_ == 0) finished_.notify_one();
    }
}

void Team::run(const std::function<void(std::size_t)>& work) {
    std::unique_lock lock(mutex_);
    work_ = &work;
    running_ = threads_.size();
    failure_ = nullptr;
    ++generation_;
    start_.notify_all();
    finished_.wait(lock, [&] { return running_ == 0; });
    work_ = nullptr;
    if (failure_) std::rethrow_exception(failure_);
}

// Nothing of a call is looked at before one of its items was taken, and a call lasts until all were done: a
// thread that comes late finds nothing left, or items of the next call.
bool Team::take_shared(std::size_t thread) {
    std::size_t left = to_take_.load(std::memory_order_relaxed);
    do {
        if (left == 0) return false;
    } while (!to_take_.compare_exchange_weak(left, left - 1, std::memory_order_acq_rel));
    Shared& shared = *shared_;
    try {
        shared.work(left - 1, thread);
    } catch (...) {
        const std::lock_guard lock(mutex_);
        if (!shared.failure) shared.failure = std::current_exception();
    }
    shared.done.fetch_add(1, std::memory_order_release);
    return true;
}

void Team::share(std::size_t items, const Share& work) {
    if (items < 2) {
        const AsTeamMember member;
        if (items == 1) work(0, 0);
        return;
    }
    if (!awake_.load(std::memory_order_relaxed)) return stay_awake([&] { share(items, work); });
    Shared shared{.work = work};
    shared_ = &shared;
    to_take_.store(items, std::memory_order_release);
    while (take_shared(0)) {
    }
    SpinWait wait(crowded_);
    while (shared.done.load(std::memory_order_acquire) < items) wait.pause();
    if (shared.failure) std::rethrow_exception(shared.failure);
}

void Team::stay_awake(const std::function<void()>& drive) {
    // Its thread is no thread 0, so nobody would drive.
    if (lone_ != nullptr) throw ShapeError("a lone member of a team shares nothing");
    struct Until {
        std::atomic<bool>& awake;
        ~Until() { awake.store(false, std::memory_order_release); }
    };
    awake_.store(true);
    run([&](std::size_t thread) {
        if (thread == 0) {
            const Until end{awake_};
            return drive();
        }
        SpinWait wait(crowded_);
        while (awake_.load(std::memory_order_acquire)) {
            if (take_shared(thread))
                wait = SpinWait(crowded_);
            else
                wait.pause();
        }
    });
}

void SpinWait::pause() {
    if (spins_left_ > 0) {
        --spins_left_;
        _mm_pause();
    } else {
        sched_yield();
    }
}

std::chrono::nanoseconds PhaseGate::Walker::thread_cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// The time on the CPU is a system call, so only items that follow a long one are measured with it: large
// batches have long items by nature, and a process that wants the core will displace the thread again. Turns
// are shorter than the time slices that the system gives, so that these end between items. They pay where
// items take longer than to bring what they read from another core's cache, which each change of turns costs;
// elsewhere the thread leaves its items to the others for some slices.
void PhaseGate::Walker::look_closer(const ItemWatch& watch) {
    constexpr std::chrono::nanoseconds kLost =
        std::chrono::microseconds{300};  // shorter: the system's own small work
    constexpr std::chrono::nanoseconds kLongestRest = std::chrono::milliseconds{20};  // several time slices
    constexpr int kRestPerLoss = 10;
    constexpr std::chrono::nanoseconds kLongItem = std::chrono::microseconds{200};
    constexpr std::size_t kTurns = 50;
    const bool was_watched = watch.cpu_time.count() > 0;
    watched_ = kWatched;
    if (!was_watched) return;
    const std::chrono::nanoseconds own = thread_cpu_time() - watch.cpu_time;
    longest_item_ = std::max<Clock::duration>(longest_item_, own);  // all items may be longer than suspicious
    const std::chrono::nanoseconds lost = (Clock::now() - watch.begun) - own;
    if (lost < kLost) return;
    if (longest_item_ > kLongItem) {
        if (turns_left_ == 0) turn_ends_ = Clock::now() + kTurn;
        turns_left_ = kTurns;
        return;
    }
    // At least one thread must stay.
    if (gate_.resting_.fetch_add(1) + 1 < gate_.threads_)
        std::this_thread::sleep_for(std::min(kRestPerLoss * lost, kLongestRest));
    gate_.resting_.fetch_sub(1);
}

void PhaseGate::Walker::give_way() {
    --turns_left_;
    sched_yield();
    turn_ends_ = Clock::now() + kTurn;
}

PhaseGate::PhaseGate(std::size_t threads, std::size_t most_items, bool crowded, LoneMember* lone)
    : threads_(threads), claimed_(most_items), crowded_(crowded), lone_(lone) {}

void PhaseGate::reset() {
    for (Counter& counter : claimed_) counter.value.store(0, std::memory_order_relaxed);
    done_.value.store(0, std::memory_order_relaxed);
    abandoned_.store(false, std::memory_order_release);
}

bool PhaseGate::claim(std::size_t item, std::uint64_t phase) noexcept {
    std::atomic<std::uint64_t>& last = claimed_[item].value;
    std::uint64_t seen = last.load(std::memory_order_relaxed);
    // A thread that lags behind finds the item taken in its phase or in a later one.
    return seen < phase && last.compare_exchange_strong(seen, phase, std::memory_order_acq_rel);
}

bool PhaseGate::wait_for(std::uint64_t done) const noexcept {
    SpinWait wait(crowded_);
    while (done_.value.load(std::memory_order_acquire) < done) {
        if (abandoned_.load(std::memory_order_acquire)) return false;
        wait.pause();
    }
    return !abandoned_.load(std::memory_order_acquire);
}

}  // namespace mnist
