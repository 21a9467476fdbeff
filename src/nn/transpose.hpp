// Turning a block of a gradient from output by output to input by input, which is how weights lie. Private to
// this room.
#pragma once

#include <cstddef>

#include "mnist/core/isa.hpp"
#include "mnist/nn/layer_plan.hpp"

namespace mnist {

/// The most outputs of a block: the widest panel.
inline constexpr std::size_t kMostBlockOutputs = 64;

/// dst[i][o] = src[o * stride + i] for kLane inputs i and `outputs` outputs o.
///   src      rows of `stride` floats, one an output, read
///   outputs  a multiple of kLane, at most kMostBlockOutputs
///   dst      [kLane, outputs], overwritten
/// Cost: no allocation; with AVX-512 four shuffles for sixteen floats.
void transpose_block(Isa isa, const float* src, std::size_t stride, std::size_t outputs, float* dst);

}  // namespace mnist
