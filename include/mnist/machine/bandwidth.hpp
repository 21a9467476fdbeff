// The memory bandwidth that threads reach together, by the loop that everybody compares: STREAM's triad.
#pragma once

#include <cstddef>
#include <vector>

#include "mnist/core/facts.hpp"

namespace mnist {

/// GB/s (10^9 bytes) of a[i] = b[i] + s * c[i] in f32, one thread on each of `cpus`, each on its own part of
/// three arrays of `array_bytes` each. Counts twelve bytes an element, as STREAM does; the read of a line
/// before it is written is not counted. About `seconds` a round, eight rounds, the best counts. For memory,
/// not caches, choose arrays that together are four times the largest cache or more. An empty list measures
/// one unpinned thread. `seconds` is held between 0.001 and 10, array_bytes to at least 64 KiB a thread.
/// Under a CPU quota rounds are as fma_peak_gflops says. Throws BackendError where a thread cannot be
/// started. Cost: three arrays; eight times `seconds`. Source: McCalpin, "Memory bandwidth and machine
/// balance in current high performance computers" (1995).
[[nodiscard]] double triad_bandwidth(const std::vector<int>& cpus, std::size_t array_bytes,
                                     double seconds = 0.03);

/// Bytes of each of the three arrays that measure the memory and not the caches: together four times the
/// caches that `threads` threads reach (one instance of each level a thread, as far as there are as many),
/// but from 64 to 256 MiB, and a twenty-fourth of the memory at most. The upper limit is for virtual
/// machines, whose hypervisors claim caches that no guest has.
[[nodiscard]] std::size_t triad_array_bytes(const MachineFacts& machine, std::size_t threads);

}  // namespace mnist
