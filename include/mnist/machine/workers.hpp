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
    std::size_t cores = 1;  ///< physical cores that they are of; the first `cores` CPUs are on one each
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

}  // namespace mnist
