// Which CPU this is by its numbers: a hypervisor may give it another name ("AMD EPYC"), family, model and
// stepping mostly stay what they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mnist {

struct CpuIdentity {
    std::string name;    ///< "AMD EPYC 7763 64-Core Processor", "Neoverse V2"; empty where there is none
    std::string vendor;  ///< "GenuineIntel", "AuthenticAMD", ...; empty where there is none
    std::optional<int> family, model, stepping;
    std::optional<std::uint64_t> microcode;
    bool has_amx = false;
};

/// From the text of /proc/cpuinfo, of its first processor: the cores of a hybrid CPU share these numbers.
/// What is missing or no number between 0 and its register's most is empty.
[[nodiscard]] CpuIdentity parse_cpu_identity(std::string_view cpuinfo);

/// The generation and, where it is certain, the code name: "Zen 4 (Genoa)", "Emerald Rapids". AMD from Zen
/// to Zen 5, Intel from Haswell on; empty for others, and where the numbers are those of a generation
/// without the AMX that this CPU has.
[[nodiscard]] std::optional<std::string> cpu_generation(const CpuIdentity& cpu);

}  // namespace mnist
