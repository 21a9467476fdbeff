// sched_getaffinity and pthread_setaffinity_np with masks that grow: the fixed cpu_set_t ends at 1024 CPUs.
#include "mnist/core/affinity.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

namespace mnist {
namespace {

struct FreeMask {
    void operator()(cpu_set_t* mask) const { CPU_FREE(mask); }
};
using Mask = std::unique_ptr<cpu_set_t, FreeMask>;

}  // namespace

std::vector<int> allowed_cpus() {
    constexpr int kMostCpus = 1 << 20;
    for (int cpus = 1024; cpus <= kMostCpus; cpus *= 2) {
        const Mask mask(CPU_ALLOC(cpus));
        const std::size_t bytes = CPU_ALLOC_SIZE(cpus);
        if (!mask) return {};
        if (sched_getaffinity(0, bytes, mask.get()) == 0) {
            std::vector<int> allowed;
            for (int cpu = 0; cpu < cpus; ++cpu) {
                if (CPU_ISSET_S(static_cast<std::size_t>(cpu), bytes, mask.get())) allowed.push_back(cpu);
            }
            return allowed;
        }
        if (errno != EINVAL) return {};  // EINVAL: the kernel's mask is longer than ours
    }
    return {};
}

bool pin_this_thread(const std::vector<int>& cpus) {
    if (cpus.empty() || *std::min_element(cpus.begin(), cpus.end()) < 0) return false;
    const int count = *std::max_element(cpus.begin(), cpus.end()) + 1;
    const Mask mask(CPU_ALLOC(count));
    const std::size_t bytes = CPU_ALLOC_SIZE(count);
    if (!mask) return false;
    CPU_ZERO_S(bytes, mask.get());
    for (const int cpu : cpus) CPU_SET_S(static_cast<std::size_t>(cpu), bytes, mask.get());
    return pthread_setaffinity_np(pthread_self(), bytes, mask.get()) == 0;
}

}  // namespace mnist
