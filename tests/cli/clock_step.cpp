// Preloaded into the program by faults_test: the wall clock goes back by an hour at every look, as an
// administrator or a time server might set it. The steady clock is left alone.
#include <dlfcn.h>

#include <atomic>
#include <ctime>

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    using Function = int (*)(clockid_t, timespec*);
    static const auto real = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "clock_gettime"));
    static std::atomic<long> looks{0};
    const int status = real(clock, time);
    if (clock == CLOCK_REALTIME) time->tv_sec -= 3600 * ++looks;
    return status;
}
