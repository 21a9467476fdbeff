// The formats of numbers, and whether this machine can train in them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mnist/core/train_config.hpp"
#include "mnist/step/layer_plan.hpp"

namespace mnist {

/// What a product's operands are in; beside the precisions that train there is int8 (u8 by s8).
enum class NumberFormat { f32, bf16, int8 };

/// "f32", "bf16", "int8".
[[nodiscard]] inline std::string_view name(NumberFormat format) {
    if (format == NumberFormat::int8) return "int8";
    return name(format == NumberFormat::bf16 ? Precision::bf16 : Precision::f32);
}

/// What is missing for training in `precision`, as a sentence; empty where nothing is. bf16 needs a CPU with
/// AVX512_BF16 and oneDNN's matrix kernels for it; MNIST_MAX_ISA may forbid both, oneDNN's own variable
/// ONEDNN_MAX_CPU_ISA the latter. Cost: some milliseconds at the first call.
[[nodiscard]] std::optional<std::string> precision_obstacle(Precision precision);

/// The kernels that training in bf16 runs fastest with: AMX where CPU, system and oneDNN have it, else
/// AVX512_BF16; empty where precision_obstacle() names something.
[[nodiscard]] std::optional<KernelFamily> bf16_family();

}  // namespace mnist
