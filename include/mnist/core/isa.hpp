// Which vector instructions our own hot loops use on this machine. One binary serves all x86-64 machines,
// another all of ARM64: each loop is compiled for every level and chosen once, at run time. oneDNN dispatches
// by itself; the variable MNIST_MAX_ISA holds both to a level (onednn/isa.hpp tells oneDNN).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// Baseline is SSE2, on ARM64 NEON, which is all that our own loops use there.
enum class Isa { baseline, avx2, avx512 };

/// Levels that MNIST_MAX_ISA can name, each with all before it. Our own loops know the first three, and bf16.
enum class IsaLevel { baseline, avx2, avx512, avx512_vnni, avx512_bf16, amx };

/// The level that MNIST_MAX_ISA names; empty where it is not set or empty. A level beyond the CPU's is no
/// limit. Throws InputError for any other word, as does everything below; programs ask first.
[[nodiscard]] std::optional<IsaLevel> isa_limit();

/// A paragraph about MNIST_MAX_ISA for --help.
[[nodiscard]] std::string isa_limit_help();

/// Best level that CPU, operating system and MNIST_MAX_ISA offer (avx2 includes FMA; avx512 means F, BW, DQ
/// and VL).
[[nodiscard]] Isa detected_isa();

/// A sentence where there is no AVX2: everything runs there, several times slower than with it. Empty
/// elsewhere.
[[nodiscard]] std::optional<std::string> slow_isa_warning();

/// Bits of an SVE register here; 0 on a CPU without SVE.
[[nodiscard]] int sve_bits();

/// All levels up to the detected one, worst first: what tests run a loop with.
[[nodiscard]] std::vector<Isa> available_isas();

/// Whether the CPU multiplies bf16 numbers (AVX512_BF16), beside the level avx512, and MNIST_MAX_ISA lets it.
[[nodiscard]] bool has_avx512_bf16();

/// Why has_avx512_bf16() is false, as a sentence; empty where it is true.
[[nodiscard]] std::optional<std::string> avx512_bf16_obstacle();

/// "baseline", "avx2", "avx512"; "neon".
[[nodiscard]] std::string_view name(Isa isa);

/// The word that MNIST_MAX_ISA takes.
[[nodiscard]] std::string_view name(IsaLevel level);

}  // namespace mnist
