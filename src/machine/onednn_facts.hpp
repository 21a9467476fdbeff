// What oneDNN says about itself, in words.
#pragma once

#include <string>

#include "mnist/core/isa.hpp"

namespace mnist {

/// The word that the variable ONEDNN_MAX_CPU_ISA takes for a value of dnnl_cpu_isa_t, e.g. "AVX2" or
/// "AVX512_CORE_BF16"; "isa 0x..." for a value that neither version names.
[[nodiscard]] std::string onednn_isa_name(unsigned value);

/// The instruction set, a value of dnnl_cpu_isa_t, that oneDNN really uses on this machine and with this
/// environment.
[[nodiscard]] unsigned effective_onednn_isa();

/// Both levels for people: "AVX-512, VNNI, BF16, AMX", or "AVX-512 (oneDNN: AVX2)" where oneDNN's is another.
/// What is named behind the width is what oneDNN multiplies with.
[[nodiscard]] std::string instructions(Isa own, unsigned onednn);

/// Version of the library loaded at run time: "2.6.3 (0123456789abcdef...)", or "2.6.3" where its build does
/// not state a commit.
[[nodiscard]] std::string onednn_version();

/// Threading runtime of that library: "OMP", "OMP (libiomp5)" where it is not GCC's, "TBB", "SEQ",
/// "THREADPOOL" or "NONE".
[[nodiscard]] std::string onednn_cpu_runtime();

}  // namespace mnist
