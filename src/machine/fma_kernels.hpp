// Loops that do nothing but multiply and add in registers, one for each level of vector instructions.
#pragma once

#include <cstdint>

#include "mnist/core/isa.hpp"

namespace mnist {

/// Independent chains of each loop: at least latency times issue width of every x86-64 core so far (4 to 6
/// cycles, 2 a cycle).
inline constexpr int kFmaChains = 12;

struct FmaKernel {
    /// Runs `iterations` rounds of kFmaChains vector multiply-adds x = x * scale + shift, in NEON x = x +
    /// scale * shift, and returns the sum of the chains' first elements, so that none of it can be left out.
    float (*run)(std::uint64_t iterations, float scale, float shift);
    int lanes = 0;  ///< f32 in a vector
};

/// The loop for a level that this CPU has. Baseline (SSE2) has no fused operation: its multiplication and
/// addition count as two.
[[nodiscard]] FmaKernel fma_kernel(Isa isa);

}  // namespace mnist
