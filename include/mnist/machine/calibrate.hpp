// The machine's measured peaks, in this process and with the same threads as the training, so that a
// throughput can be stated as a share of what the cores can do.
#pragma once

#include <vector>

namespace mnist {

/// f32 fused multiply-add peak in GFLOP/s (a fused operation counts as two) of one thread on each of `cpus`,
/// all at once: twelve or more independent chains of the widest vectors that the CPU has, in registers only.
/// Runs about `seconds` a round, eight rounds, the best counts. An empty list measures one unpinned thread; a
/// CPU that the system does not allow is measured unpinned too. `seconds` is held between 0.001 and 10.
/// Where a CPU quota allows less than the threads, rounds last several of its periods, so that it is the rate
/// that can be kept up. Throws BackendError where a thread cannot be started. Cost: eight times `seconds`;
/// with such a quota fifteen of its periods or more.
[[nodiscard]] double fma_peak_gflops(const std::vector<int>& cpus, double seconds = 0.03);

}  // namespace mnist
