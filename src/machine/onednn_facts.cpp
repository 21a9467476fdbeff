// Numbers of the same instruction set differ between oneDNN 2 and 3 (0xf is Xeon Phi in one and AVX2-VNNI in
// the other), so the names of the values that only one version has are compiled for that version alone.
#include "onednn_facts.hpp"

#include <fmt/format.h>

#include <dnnl.hpp>
#include <string_view>

namespace mnist {

std::string onednn_isa_name(int value) {
    switch (value) {
        case 0:
            return "DEFAULT";
        case dnnl_cpu_isa_sse41:
            return "SSE41";
        case dnnl_cpu_isa_avx:
            return "AVX";
        case dnnl_cpu_isa_avx2:
            return "AVX2";
        case dnnl_cpu_isa_avx2_vnni:
            return "AVX2_VNNI";
        case dnnl_cpu_isa_avx512_core:
            return "AVX512_CORE";
        case dnnl_cpu_isa_avx512_core_vnni:
            return "AVX512_CORE_VNNI";
        case dnnl_cpu_isa_avx512_core_bf16:
            return "AVX512_CORE_BF16";
        case dnnl_cpu_isa_avx512_core_amx:
            return "AVX512_CORE_AMX";
#if DNNL_VERSION_MAJOR >= 3
        case dnnl_cpu_isa_avx2_vnni_2:
            return "AVX2_VNNI_2";
        case dnnl_cpu_isa_avx512_core_fp16:
            return "AVX512_CORE_FP16";
        case dnnl_cpu_isa_avx512_core_amx_fp16:
            return "AVX512_CORE_AMX_FP16";
#else
        case dnnl_cpu_isa_avx512_mic:
            return "AVX512_MIC";
        case dnnl_cpu_isa_avx512_mic_4ops:
            return "AVX512_MIC_4OPS";
#endif
        default:
            return fmt::format("isa {:#x}", static_cast<unsigned>(value));
    }
}

std::string effective_onednn_isa() {
    return onednn_isa_name(static_cast<int>(dnnl::get_effective_cpu_isa()));
}

std::string onednn_version() {
    const dnnl_version_t& version = *dnnl_version();
    const std::string numbers = fmt::format("{}.{}.{}", version.major, version.minor, version.patch);
    const std::string_view hash = version.hash == nullptr ? "" : version.hash;
    // Distributions build from archives, where the library cannot know its commit.
    return hash.empty() || hash == "N/A" ? numbers : fmt::format("{} ({})", numbers, hash);
}

std::string onednn_cpu_runtime() {
    const unsigned runtime = dnnl_version()->cpu_runtime;
    switch (runtime) {
        case DNNL_RUNTIME_NONE:
            return "NONE";
        case DNNL_RUNTIME_SEQ:
            return "SEQ";
        case DNNL_RUNTIME_OMP:
            return "OMP";
        case DNNL_RUNTIME_TBB:
            return "TBB";
        case DNNL_RUNTIME_THREADPOOL:
            return "THREADPOOL";
        default:
            return fmt::format("runtime {:#x}", runtime);
    }
}

}  // namespace mnist
