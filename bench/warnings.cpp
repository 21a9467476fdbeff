// One sentence each: what is the matter, what it does to the figures, what to do.
#include "warnings.hpp"

#include <fmt/format.h>

#include "mnist/core/remedies.hpp"

namespace mnist::bench {

std::vector<std::string> warnings(const Circumstances& c) {
    // A machine that has nothing else to do is well below half a process a core.
    constexpr double kBusyShare = 0.5;
    std::vector<std::string> all;
    if (c.governor && *c.governor != "performance") {
        all.push_back(fmt::format(
            "the CPU changes its frequency (governor {}), so times vary: run `cpupower frequency-set -g "
            "performance` as root",
            *c.governor));
    }
    if (c.load_average && *c.load_average > kBusyShare * static_cast<double>(c.usable_cpus)) {
        all.push_back(fmt::format(
            "the machine is busy (load average {:.2f} on {} CPUs): stop what else runs, or wait, and look "
            "at steal_share and involuntary_switches in the result",
            *c.load_average, c.usable_cpus));
    }
    if (c.most_threads > c.usable_cpus) {
        all.push_back(
            fmt::format("{} threads share {} CPUs that this process may use: leave out --threads or lower it",
                        c.most_threads, c.usable_cpus));
    }
    if (c.build_type != "Release" && c.build_type != "RelWithDebInfo") {
        all.push_back(fmt::format(
            "this is a {} build of mnist_bench, its speed says little: use cmake --preset release",
            c.build_type.empty() ? "plain" : c.build_type));
    }
    if (c.synthetic) {
        all.push_back(
            "the data are drawn digits, not MNIST: speeds are comparable, losses and accuracies are not. "
            "Name a folder with --data-dir or run " +
            fetch_words("mnist"));
    }
    return all;
}

}  // namespace mnist::bench
