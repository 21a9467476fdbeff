// What oneDNN says about itself, in words. One place that knows how the values differ between its versions 2
// and 3.
#pragma once

#include <string>

namespace mnist {

/// The word that the variable ONEDNN_MAX_CPU_ISA takes for a value of dnnl_cpu_isa_t, e.g. "AVX2" or
/// "AVX512_CORE_BF16"; "isa 0x..." for a value that neither version names.
[[nodiscard]] std::string onednn_isa_name(int value);

/// Name of the instruction set that oneDNN really uses on this machine and with this environment.
[[nodiscard]] std::string effective_onednn_isa();

/// Version of the library loaded at run time: "2.6.3 (0123456789abcdef...)", or "2.6.3" where its build does
/// not state a commit.
[[nodiscard]] std::string onednn_version();

/// Threading runtime of that library: "OMP", "TBB", "SEQ", "THREADPOOL" or "NONE".
[[nodiscard]] std::string onednn_cpu_runtime();

}  // namespace mnist
