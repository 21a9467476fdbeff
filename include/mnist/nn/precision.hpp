// Whether this machine can train in a precision.
#pragma once

#include <optional>
#include <string>

#include "mnist/core/train_config.hpp"
#include "mnist/nn/layer_plan.hpp"

namespace mnist {

/// What is missing for training in `precision`, as a sentence; empty where nothing is. bf16 needs a CPU with
/// AVX512_BF16 and oneDNN's matrix kernels for it, which DNNL_MAX_CPU_ISA may forbid. Cost: some milliseconds
/// at the first call.
[[nodiscard]] std::optional<std::string> precision_obstacle(Precision precision);

/// The kernels that training in bf16 runs fastest with: AMX where CPU, system and oneDNN have it, else
/// AVX512_BF16; empty where precision_obstacle() names something.
[[nodiscard]] std::optional<KernelFamily> bf16_family();

}  // namespace mnist
