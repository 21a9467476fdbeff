// What the loaded library says, put into words.
#include "onednn_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <dnnl.hpp>
#include <string_view>

#include "mnist/core/cpu.hpp"
#include "mnist/onednn/isa.hpp"
#include "mnist/onednn/threads.hpp"

namespace mnist {
namespace {

std::string_view own_title(Isa isa) {
    if (!kX86) return "NEON";
    if (isa == Isa::avx512) return "AVX-512";
    return isa == Isa::avx2 ? "AVX2" : "SSE2";
}

std::string_view onednn_title(unsigned value) {
    if (includes(value, dnnl_cpu_isa_avx512_core)) return "AVX-512";
    if (includes(value, dnnl_cpu_isa_avx2)) return "AVX2";
    return includes(value, dnnl_cpu_isa_avx) ? "AVX" : "SSE4.1";
}

}  // namespace

unsigned effective_onednn_isa() {
    limit_onednn();
    return static_cast<unsigned>(dnnl_get_effective_cpu_isa());
}

std::string onednn_isa_name(unsigned value) {
    const auto* const known = std::find_if(kOnednnIsas.begin(), kOnednnIsas.end(),
                                           [&](const OnednnIsa& isa) { return isa.value == value; });
    if (known != kOnednnIsas.end()) return std::string(known->word);
    return value == 0 ? "DEFAULT" : fmt::format("isa {:#x}", value);
}

std::string instructions(Isa own, unsigned onednn) {
    std::string text(own_title(own));
    if (!kX86) return sve_bits() == 0 ? text : fmt::format("{}, SVE of {} bits", text, sve_bits());
    if (onednn_title(onednn) != text) text += fmt::format(" (oneDNN: {})", onednn_title(onednn));
    if (includes(onednn, dnnl_cpu_isa_avx512_core_vnni) || includes(onednn, dnnl_cpu_isa_avx2_vnni))
        text += ", VNNI";
    if (includes(onednn, dnnl_cpu_isa_avx512_core_bf16)) text += ", BF16";
    if (includes(onednn, dnnl_cpu_isa_avx512_core_amx)) text += ", AMX";
    return text;
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
            // libgomp is what every distribution builds with.
            if (const std::string library = onednn::openmp_library();
                !library.empty() && !library.starts_with("libgomp."))
                return fmt::format("OMP ({})", library.substr(0, library.find('.')));
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
