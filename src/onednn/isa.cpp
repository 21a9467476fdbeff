// Both of oneDNN's variables are read as it reads them: the new name counts before the old one.
#include "mnist/onednn/isa.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "mnist/core/environment.hpp"
#include "mnist/core/error.hpp"

namespace mnist {

dnnl_cpu_isa_t onednn_isa(IsaLevel level) {
    constexpr std::array kOfLevels{dnnl_cpu_isa_sse41,
                                   dnnl_cpu_isa_avx2,
                                   dnnl_cpu_isa_avx512_core,
                                   dnnl_cpu_isa_avx512_core_vnni,
                                   dnnl_cpu_isa_avx512_core_bf16,
                                   dnnl_cpu_isa_avx512_core_amx};
    return kOfLevels.at(static_cast<std::size_t>(level));
}

bool stays_below(std::string_view own, IsaLevel level) {
    std::string word(own);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    const auto* const known = std::find_if(kOnednnIsas.begin(), kOnednnIsas.end(),
                                           [&](const OnednnIsa& isa) { return isa.word == word; });
    return known != kOnednnIsas.end() && !includes(known->value, onednn_isa(level));
}

void limit_onednn() {
    static const bool done = [] {
        const std::optional<IsaLevel> limit = isa_limit();
        if (!limit) return true;
        for (const char* const variable : {"ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA"}) {
            const std::optional<std::string> own = environment_value(variable);
            if (!own) continue;
            if (stays_below(*own, *limit)) return true;
            break;  // oneDNN reads the second only where the first is not set
        }
        if (dnnl_set_max_cpu_isa(onednn_isa(*limit)) != dnnl_success)
            throw BackendError(
                fmt::format("oneDNN cannot be held to MNIST_MAX_ISA={} any more", name(*limit)));
        return true;
    }();
    static_cast<void>(done);
}

}  // namespace mnist
