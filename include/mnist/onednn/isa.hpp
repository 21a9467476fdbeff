// oneDNN's instruction sets by its own words, and MNIST_MAX_ISA for oneDNN. Numbers of the same set differ
// between oneDNN 2 and 3 (0xf is Xeon Phi in one and AVX2-VNNI in the other), so what only one version has is
// compiled for that version alone.
#pragma once

#include <dnnl.h>

#include <array>
#include <string_view>

#include "mnist/core/isa.hpp"

namespace mnist {

struct OnednnIsa {
    std::string_view word;  ///< as ONEDNN_MAX_CPU_ISA takes it
    unsigned value;         ///< of dnnl_cpu_isa_t; a set that includes another has all of its bits
};

#if defined(__aarch64__)
// Debian's headers have no names for these.
inline constexpr std::array kOnednnIsas{OnednnIsa{"ADVANCED_SIMD", 0x1}, OnednnIsa{"SVE_128", 0x3},
                                        OnednnIsa{"SVE_256", 0x7}, OnednnIsa{"SVE_512", 0x27}};
#else
inline constexpr std::array kOnednnIsas {
    OnednnIsa{"SSE41", dnnl_cpu_isa_sse41}, OnednnIsa{"AVX", dnnl_cpu_isa_avx},
        OnednnIsa{"AVX2", dnnl_cpu_isa_avx2}, OnednnIsa{"AVX2_VNNI", dnnl_cpu_isa_avx2_vnni},
        OnednnIsa{"AVX512_CORE", dnnl_cpu_isa_avx512_core},
        OnednnIsa{"AVX512_CORE_VNNI", dnnl_cpu_isa_avx512_core_vnni},
        OnednnIsa{"AVX512_CORE_BF16", dnnl_cpu_isa_avx512_core_bf16},
        OnednnIsa{"AVX512_CORE_AMX", dnnl_cpu_isa_avx512_core_amx},
#if DNNL_VERSION_MAJOR >= 3
        OnednnIsa{"AVX2_VNNI_2", dnnl_cpu_isa_avx2_vnni_2},
        OnednnIsa{"AVX512_CORE_FP16", dnnl_cpu_isa_avx512_core_fp16},
        OnednnIsa{"AVX512_CORE_AMX_FP16", dnnl_cpu_isa_avx512_core_amx_fp16},
#else
        OnednnIsa{"AVX512_MIC", dnnl_cpu_isa_avx512_mic},
        OnednnIsa{"AVX512_MIC_4OPS", dnnl_cpu_isa_avx512_mic_4ops},
#endif
};
#endif

/// What a level allows oneDNN, which knows nothing below SSE4.1. On ARM64 the same bit is NEON alone.
[[nodiscard]] dnnl_cpu_isa_t onednn_isa(IsaLevel level);

/// Whether `value` includes all of `other`.
[[nodiscard]] constexpr bool includes(unsigned value, unsigned other) {
    return (value & other) == other;
}

/// Whether oneDNN's own variable, with the text `own`, allows less than `level`: then it is to stay. oneDNN
/// ignores words that it does not know, in capital letters or not.
[[nodiscard]] bool stays_below(std::string_view own, IsaLevel level);

/// Holds oneDNN to MNIST_MAX_ISA. Called before everything that makes it choose its instructions, which it
/// does once: an engine, a primitive, even the question what it chose. Throws InputError for a word that is
/// no level, BackendError where oneDNN has chosen already. Cost: nothing from the second call on.
void limit_onednn();

}  // namespace mnist
