// How much memory a call has at once: the program's operator new counts. What C libraries take for themselves
// is left out (zlib's 40 kB, libc's buffers), and pages that are never touched count as well: the measure is
// what is asked for.
#pragma once

#include <cstddef>

namespace mnist {

/// The most bytes that were allocated at one time since the last reset, beyond what was allocated then.
[[nodiscard]] std::size_t peak_allocated_bytes();
void reset_peak_allocated_bytes();

}  // namespace mnist
