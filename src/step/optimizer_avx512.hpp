// The optimizers' updates in AVX-512. Private to this room.
#pragma once

#include "mnist/step/optimizer.hpp"

namespace mnist {

/// Only where detected_isa() is avx512; packed only where has_avx512_bf16().
[[nodiscard]] UpdateFn avx512_update_function(OptimizerKind kind, UpdateLayout layout);

}  // namespace mnist
