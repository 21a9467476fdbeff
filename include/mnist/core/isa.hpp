// Which vector instructions our own hot loops use on this machine. One binary serves all x86-64 machines:
// each loop is compiled for every level and chosen once, at run time. oneDNN dispatches by itself.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace mnist {

enum class Isa { baseline, avx2, avx512 };

/// Best level that CPU and operating system offer (avx2 includes FMA; avx512 means F, BW, DQ and VL).
[[nodiscard]] Isa detected_isa();

/// All levels up to the detected one, worst first: what tests run a loop with.
[[nodiscard]] std::vector<Isa> available_isas();

/// Whether the CPU multiplies bf16 numbers (AVX512_BF16), beside the level avx512.
[[nodiscard]] bool has_avx512_bf16();

/// "baseline", "avx2", "avx512".
[[nodiscard]] std::string_view name(Isa isa);

}  // namespace mnist
