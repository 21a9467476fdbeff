// The compiler's own CPU query, which also checks that the operating system saves the wide registers.
#include "mnist/core/isa.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/prctl.h>

#include <algorithm>
#include <array>

#include "mnist/core/cpu.hpp"
#include "mnist/core/environment.hpp"
#include "mnist/core/values.hpp"

namespace mnist {
namespace {

constexpr const char* kVariable = "MNIST_MAX_ISA";
#if defined(__x86_64__)
constexpr std::array<std::string_view, 6> kLevels{"baseline",    "avx2",        "avx512",
                                                  "avx512_vnni", "avx512_bf16", "amx"};
#else
constexpr std::array<std::string_view, 1> kLevels{"neon"};
#endif

std::optional<IsaLevel> read_limit() {
    const std::optional<std::string> text = environment_value(kVariable);
    if (!text) return std::nullopt;
    GivenValue{kVariable, {*text}}.require_one_of({kLevels.begin(), kLevels.end()});
    return static_cast<IsaLevel>(std::find(kLevels.begin(), kLevels.end(), *text) - kLevels.begin());
}

bool allowed(IsaLevel level) {
    return level <= isa_limit().value_or(IsaLevel::amx);
}

struct CpuHas {
    bool avx2 = false, avx512 = false, avx512_bf16 = false;
};

CpuHas ask_cpu() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return {.avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"),
            .avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"),
            .avx512_bf16 = __builtin_cpu_supports("avx512bf16") != 0};
#else
    return {};
#endif
}

Isa detect_isa() {
    const CpuHas cpu = ask_cpu();
    if (cpu.avx512 && allowed(IsaLevel::avx512)) return Isa::avx512;
    return cpu.avx2 && allowed(IsaLevel::avx2) ? Isa::avx2 : Isa::baseline;
}

}  // namespace

std::optional<IsaLevel> isa_limit() {
    static const std::optional<IsaLevel> limit = read_limit();
    return limit;
}

std::string isa_limit_help() {
    return fmt::format("{} in the environment holds our loops and oneDNN to a level of instructions:\n{}.",
                       kVariable, fmt::join(kLevels, ", "));
}

Isa detected_isa() {
    static const Isa isa = detect_isa();
    return isa;
}

std::optional<std::string> slow_isa_warning() {
    if (!kX86 || detected_isa() != Isa::baseline) return std::nullopt;
    const bool held = isa_limit() == IsaLevel::baseline;
    return fmt::format("{}: results are right, but speed is several times lower than with it{}",
                       held ? fmt::format("{}={} leaves no AVX2", kVariable, name(*isa_limit()))
                            : std::string("this CPU has no AVX2 with FMA"),
                       held ? ". Unset the variable to measure the machine" : "");
}

int sve_bits() {
#if defined(__aarch64__)
    const int length = prctl(PR_SVE_GET_VL);
    return length < 0 ? 0 : (length & PR_SVE_VL_LEN_MASK) * 8;
#else
    return 0;
#endif
}

std::vector<Isa> available_isas() {
    std::vector<Isa> isas;
    for (const Isa isa : {Isa::baseline, Isa::avx2, Isa::avx512}) {
        if (isa <= detected_isa()) isas.push_back(isa);
    }
    return isas;
}

bool has_avx512_bf16() {
    return !avx512_bf16_obstacle();
}

std::optional<std::string> avx512_bf16_obstacle() {
    if (!ask_cpu().avx512_bf16) return "this CPU has no AVX512_BF16, which bf16 needs";
    if (!allowed(IsaLevel::avx512_bf16))
        return fmt::format("{} is {}, and bf16 needs {}", kVariable, name(*isa_limit()),
                           name(IsaLevel::avx512_bf16));
    if (detected_isa() < Isa::avx512)
        return "this CPU has no whole AVX-512 (F, BW, DQ, VL), which bf16 needs";
    return std::nullopt;
}

std::string_view name(Isa isa) {
    switch (isa) {
        case Isa::baseline:
            return kLevels.front();
        case Isa::avx2:
            return "avx2";
        case Isa::avx512:
            return "avx512";
    }
    return "unknown";
}

std::string_view name(IsaLevel level) {
    return kLevels.at(static_cast<std::size_t>(level));
}

}  // namespace mnist
