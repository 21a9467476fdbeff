// How many workers compute where nobody says how many, and on which CPUs. A worker is a thread of a team: it
// is pinned, and waits for the others by spinning.
#pragma once

#include <cstddef>
#include <vector>

namespace mnist {

/// Logical CPUs that this process may use: those of its affinity mask, as many as the CPU quota of its
/// control groups is worth, rounded up.
struct UsableCpus {
    /// OS indices in the order in which a team takes them: one of every physical core first, then their
    /// siblings.
    std::vector<int> order;
    std::size_t cores = 1;     ///< physical cores that they are of; the first `cores` CPUs are on one each
    std::vector<int> nodes{};  ///< NUMA node of each, in the same order; none where all memory is equally far
};

/// Of this process, now. The calling thread's mask is what counts, so call this before that thread is pinned.
/// Where the system hides the mask, the CPU that the caller runs on. Cost: some small files a CPU.
[[nodiscard]] UsableCpus usable_cpus();

/// What `--threads auto` means where no training is timed (train/tuning.hpp begins with it): one worker for
/// each physical core that may be used, of whatever kind, at least one. Siblings of a core share its
/// multipliers, so a second worker there takes from the first one and is one more to wait for; a quota is
/// rounded up (1.5 CPUs: two workers), so that no part of it is left unused. The answer depends on the
/// machine alone, not on what is computed, and decides no bit of a result. Pure.
[[nodiscard]] std::size_t auto_workers(const UsableCpus& cpus);

/// CPUs for `teams` teams that compute side by side, `threads` each: no CPU twice while there are enough,
/// whole cores before siblings, a team within one NUMA node where one still has room, and neighbours in the
/// list on different nodes, so that few teams share as little as they can. Where there are too few CPUs,
/// teams share them. Pure.
[[nodiscard]] std::vector<UsableCpus> separate_cpus(const UsableCpus& cpus, std::size_t teams,
                                                    std::size_t threads);

/// Lets the calling thread, and those that it starts, run on these CPUs only; its memory then comes from
/// their node. A refusal of the system costs speed and is no error.
void stay_on(const UsableCpus& cpus);

}  // namespace mnist
