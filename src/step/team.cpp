// Starting and pinning threads, and sharing items among them.
#include "mnist/step/team.hpp"

#include <algorithm>
#include <string>
#include <system_error>

#include "mnist/core/affinity.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/core/error.hpp"
#include "mnist/core/thread_waits.hpp"
#include "mnist/onednn/threads.hpp"
#include "mnist/step/phase_gate.hpp"

namespace mnist {
namespace {

// Calls work() with what a thread must be to compute the same bits as the others. The flags are set inside:
// TBB's arenas set their own.
void as_team_member(const std::function<void()>& work) {
    onednn::on_one_thread([&work] {
        const FlushedDenormals flushed;
        work();
    });
}

}  // namespace

Team::Team(std::size_t threads, const std::vector<int>& cpus) {
    if (threads == 0) throw ShapeError("a team needs at least one thread");
    const std::size_t available =
        cpus.empty() ? std::max(1U, std::thread::hardware_concurrency()) : cpus.size();
    at_once_ = std::min(threads, available);
    start_threads(threads, cpus);
}

Team::Team(LoneMember& lone, int cpu) : at_once_(lone.team), lone_(&lone) {
    start_threads(1, {cpu});
}

void Team::start_threads(std::size_t threads, const std::vector<int>& cpus) {
    static_cast<void>(SpinWait::spins());  // measured before anybody waits
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
    // A refusal (a narrower cgroup, an offline CPU) costs speed, not correctness.
    if (cpu >= 0) static_cast<void>(pin_this_thread({cpu}));
    as_team_member([this, thread] { work_until_the_end(thread); });
}

void Team::work_until_the_end(std::size_t thread) {
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
        if (items == 1) as_team_member([&work] { work(0, 0); });
        return;
    }
    if (!awake_.load(std::memory_order_relaxed)) return stay_awake([&] { share(items, work); });
    Shared shared{.work = work};
    shared_ = &shared;
    to_take_.store(items, std::memory_order_release);
    while (take_shared(0)) {
    }
    SpinWait wait(crowded());
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
        SpinWait wait(crowded());
        while (awake_.load(std::memory_order_acquire)) {
            if (take_shared(thread))
                wait = SpinWait(crowded());
            else
                wait.pause();
        }
    });
}

}  // namespace mnist
