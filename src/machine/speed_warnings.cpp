// One sentence each: what is the matter, what it does to the figures, what to do.
#include "mnist/machine/speed_warnings.hpp"

#include <fmt/format.h>

namespace mnist {

std::vector<std::string> speed_warnings(const SpeedCircumstances& c) {
    std::vector<std::string> all;
    if (c.governor && *c.governor != "performance") {
        all.push_back(fmt::format(
            "the CPU changes its frequency (governor {}), so times vary: run `cpupower frequency-set -g "
            "performance` as root",
            *c.governor));
    }
    if (c.jobs > 1 && c.jobs * c.threads > c.usable_cpus) {
        all.push_back(
            fmt::format("{} jobs of {} thread{} are more than the {} that this process may run at once, so "
                        "they take turns: "
                        "--jobs auto trains as many side by side as pays",
                        c.jobs, c.threads, c.threads == 1 ? "" : "s", c.usable_cpus));
    } else if (c.threads > c.usable_cpus) {
        all.push_back(fmt::format(
            "--threads {} is more than the {} that this process may run at once: leave the flag out "
            "for the best speed",
            c.threads, c.usable_cpus));
    }
    if (c.quota && *c.quota < static_cast<double>(c.side_by_side)) {
        all.push_back(fmt::format(
            "a quota of {:.2f} CPUs holds back in turn what runs side by side on {}, so speeds say little: "
            "measure without a quota, or with one of whole CPUs",
            *c.quota, c.side_by_side));
    }
    if (c.build_type != "Release" && c.build_type != "RelWithDebInfo") {
        all.push_back(fmt::format("this is a {} build, its speed says little: use cmake --preset release",
                                  c.build_type.empty() ? "plain" : c.build_type));
    }
    if (c.binding) all.push_back(*c.binding);
    if (c.slow_isa) all.push_back(*c.slow_isa);
    return all;
}

}  // namespace mnist
