// Waiting, the hand-out of items, and what a displaced thread does.
#include "mnist/step/phase_gate.hpp"

#include <sched.h>
#include <time.h>

#include <algorithm>
#include <thread>

#include "mnist/core/cpu.hpp"

namespace mnist {

// The shortest of some measurements, since the thread may be displaced in one.
int SpinWait::spins() {
    static const int spins = [] {
        constexpr int kPauses = 1000;
        std::chrono::nanoseconds shortest = std::chrono::seconds{1};
        for (int round = 0; round < 3; ++round) {
            const auto begin = std::chrono::steady_clock::now();
            for (int i = 0; i < kPauses; ++i) spin_pause();
            shortest = std::min<std::chrono::nanoseconds>(shortest, std::chrono::steady_clock::now() - begin);
        }
        constexpr std::chrono::nanoseconds kLeast{kPauses};  // where a clock stands still
        return static_cast<int>(kPauses * kSpin / std::max(shortest, kLeast));
    }();
    return spins;
}

void SpinWait::pause() {
    if (spins_left_ > 0) {
        --spins_left_;
        spin_pause();
    } else {
        sched_yield();
    }
}

std::chrono::nanoseconds PhaseGate::Walker::thread_cpu_time() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// Turns are shorter than the time slices that the system gives, so that these end between items.
Displacement displacement(std::chrono::nanoseconds lost, std::chrono::nanoseconds longest_item) {
    constexpr std::chrono::microseconds kLost{300};
    constexpr std::chrono::microseconds kLongItem{200};
    if (lost < kLost) return Displacement::none;
    return longest_item > kLongItem ? Displacement::turns : Displacement::rest;
}

// The time on the CPU is a system call, so only items that follow a long one are measured with it: large
// batches have long items by nature, and a process that wants the core will displace the thread again.
void PhaseGate::Walker::look_closer(const ItemWatch& watch, Clock::duration elapsed) {
    constexpr std::chrono::nanoseconds kLongestRest = std::chrono::milliseconds{20};  // several time slices
    constexpr int kRestPerLoss = 10;
    constexpr std::size_t kTurns = 50;
    const bool was_watched = watch.cpu_time.count() > 0;
    watched_ = elapsed > kSuspicious ? kWatched : watched_ - 1;
    if (!was_watched) return;
    const std::chrono::nanoseconds own = thread_cpu_time() - watch.cpu_time;
    longest_item_ = std::max(longest_item_, own);
    const std::chrono::nanoseconds lost = elapsed - own;
    switch (displacement(lost, longest_item_)) {
        case Displacement::none:
            return;
        case Displacement::turns:
            if (turns_left_ == 0) turn_ends_ = Clock::now() + kTurn;
            turns_left_ = kTurns;
            return;
        case Displacement::rest:
            // At least one thread must stay.
            if (gate_.resting_.fetch_add(1) + 1 < gate_.threads_)
                std::this_thread::sleep_for(std::min(kRestPerLoss * lost, kLongestRest));
            gate_.resting_.fetch_sub(1);
    }
}

void PhaseGate::Walker::give_way() {
    --turns_left_;
    sched_yield();
    turn_ends_ = Clock::now() + kTurn;
}

PhaseGate::PhaseGate(std::size_t threads, std::size_t at_once, std::size_t most_items, LoneMember* lone)
    : threads_(threads), at_once_(at_once), claimed_(most_items), lone_(lone) {}

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
    SpinWait wait(at_once_ < threads_);
    while (done_.value.load(std::memory_order_acquire) < done) {
        if (abandoned_.load(std::memory_order_acquire)) return false;
        wait.pause();
    }
    return !abandoned_.load(std::memory_order_acquire);
}

}  // namespace mnist
