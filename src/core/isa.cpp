// The compiler's own CPU query, which also checks that the operating system saves the wide registers.
#include "mnist/core/isa.hpp"

namespace mnist {

Isa detected_isa() {
    static const Isa isa = [] {
        __builtin_cpu_init();
        const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
        if (avx512) return Isa::avx512;
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? Isa::avx2 : Isa::baseline;
    }();
    return isa;
}

std::vector<Isa> available_isas() {
    std::vector<Isa> isas;
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
        if (isa <= detected_isa()) isas.push_back(isa);
    }
    return isas;
}

bool has_avx512_bf16() {
    __builtin_cpu_init();
    return detected_isa() == Isa::avx512 && __builtin_cpu_supports("avx512bf16");
}

std::string_view name(Isa isa) {
    switch (isa) {
        case Isa::baseline:
            return "baseline";
        case Isa::avx2:
            return "avx2";
        case Isa::avx512:
            return "avx512";
    }
    return "unknown";
}

}  // namespace mnist
