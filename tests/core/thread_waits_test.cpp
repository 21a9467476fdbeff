// Two threads on one CPU must wait for each other, whatever else the machine does.
#include "mnist/core/thread_waits.hpp"

#include <sched.h>
#include <time.h>

#include <latch>
#include <thread>

#include "catch.hpp"

using mnist::thread_waits_s;
using mnist::TimedThread;

namespace {

constexpr double kWork = 0.04;

void use_cpu() {
    const auto used_s = [] {
        timespec time{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
    };
    const double end = used_s() + kWork;
    while (used_s() < end) {
    }
}

}  // namespace

TEST_CASE("thread waits: what two threads on one CPU waited counts while they live and after, but once") {
    const auto before = thread_waits_s();
    if (!before) return;  // this kernel does not count
    cpu_set_t one_cpu;
    CPU_ZERO(&one_cpu);
    CPU_SET(static_cast<std::size_t>(sched_getcpu()), &one_cpu);
    std::latch begin(2);
    std::latch worked(3);
    std::latch looked(1);
    const auto work = [&] {
        const TimedThread timed;
        sched_setaffinity(0, sizeof one_cpu, &one_cpu);
        begin.arrive_and_wait();
        use_cpu();
        worked.arrive_and_wait();
        looked.wait();
    };
    std::thread one(work);
    std::thread other(work);
    worked.arrive_and_wait();
    const double alive_s = *thread_waits_s() - *before;
    looked.count_down();
    one.join();
    other.join();
    const double ended_s = *thread_waits_s() - *before;
    // The first to end has waited for about as long as it ran.
    CHECK(alive_s >= kWork / 2);
    CHECK(ended_s >= alive_s);
    CHECK(ended_s < 1.9 * alive_s);
}
