// A table of generations by vendor, family and model. AMD gives each design a range of sixteen models or a
// part of it. Left out: what only a stepping or a brand name tells apart, but for Skylake's server core,
// which lived through three generations.
#include "cpu_identity.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "arm_cores.hpp"
#include "mnist/core/parsed.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

struct Generation {
    std::string_view vendor;
    int family;
    int first_model, last_model;
    int last_stepping;  ///< rows of one model stand in the order of their steppings
    const char* name;
    bool has_amx = false;
};

constexpr int kAny = std::numeric_limits<int>::max();
constexpr std::string_view kAmd = "AuthenticAMD";
constexpr std::string_view kIntel = "GenuineIntel";

// One line a design.
// clang-format off
constexpr std::array kGenerations{
    Generation{kAmd, 0x17, 0x00, 0x07, kAny, "Zen (Naples, Summit Ridge)"},
    Generation{kAmd, 0x17, 0x08, 0x0f, kAny, "Zen+ (Pinnacle Ridge)"},
    Generation{kAmd, 0x17, 0x10, 0x17, kAny, "Zen (Raven Ridge)"},
    Generation{kAmd, 0x17, 0x18, 0x1f, kAny, "Zen+ (Picasso)"},
    Generation{kAmd, 0x17, 0x20, 0x2f, kAny, "Zen (Dali)"},
    Generation{kAmd, 0x17, 0x30, 0x3f, kAny, "Zen 2 (Rome, Castle Peak)"},
    Generation{kAmd, 0x17, 0x40, 0x4f, kAny, "Zen 2"},
    Generation{kAmd, 0x17, 0x60, 0x6f, kAny, "Zen 2 (Renoir, Lucienne)"},
    Generation{kAmd, 0x17, 0x70, 0x7f, kAny, "Zen 2 (Matisse)"},
    Generation{kAmd, 0x17, 0x90, 0x97, kAny, "Zen 2 (Van Gogh)"},
    Generation{kAmd, 0x17, 0xa0, 0xaf, kAny, "Zen 2 (Mendocino)"},
    Generation{kAmd, 0x19, 0x00, 0x07, kAny, "Zen 3 (Milan)"},
    Generation{kAmd, 0x19, 0x08, 0x0f, kAny, "Zen 3 (Chagall)"},
    Generation{kAmd, 0x19, 0x10, 0x17, kAny, "Zen 4 (Genoa)"},
    Generation{kAmd, 0x19, 0x18, 0x1f, kAny, "Zen 4 (Storm Peak)"},
    Generation{kAmd, 0x19, 0x20, 0x2f, kAny, "Zen 3 (Vermeer)"},
    Generation{kAmd, 0x19, 0x40, 0x4f, kAny, "Zen 3+ (Rembrandt)"},
    Generation{kAmd, 0x19, 0x50, 0x5f, kAny, "Zen 3 (Cezanne)"},
    Generation{kAmd, 0x19, 0x60, 0x6f, kAny, "Zen 4 (Raphael)"},
    Generation{kAmd, 0x19, 0x70, 0x7f, kAny, "Zen 4 (Phoenix, Hawk Point)"},
    Generation{kAmd, 0x19, 0x90, 0x9f, kAny, "Zen 4"},
    Generation{kAmd, 0x19, 0xa0, 0xaf, kAny, "Zen 4c (Bergamo, Siena)"},
    Generation{kAmd, 0x1a, 0x00, 0x07, kAny, "Zen 5 (Turin)"},
    Generation{kAmd, 0x1a, 0x08, 0x0f, kAny, "Zen 5 (Shimada Peak)"},
    Generation{kAmd, 0x1a, 0x10, 0x1f, kAny, "Zen 5c (Turin Dense)"},
    Generation{kAmd, 0x1a, 0x20, 0x2f, kAny, "Zen 5 (Strix Point)"},
    Generation{kAmd, 0x1a, 0x40, 0x4f, kAny, "Zen 5 (Granite Ridge)"},
    Generation{kAmd, 0x1a, 0x60, 0x6f, kAny, "Zen 5 (Krackan Point)"},
    Generation{kAmd, 0x1a, 0x70, 0x7f, kAny, "Zen 5 (Strix Halo)"},
    Generation{kIntel, 6, 0x3c, 0x3c, kAny, "Haswell"},
    Generation{kIntel, 6, 0x3f, 0x3f, kAny, "Haswell (server)"},
    Generation{kIntel, 6, 0x45, 0x46, kAny, "Haswell"},
    Generation{kIntel, 6, 0x3d, 0x3d, kAny, "Broadwell"},
    Generation{kIntel, 6, 0x47, 0x47, kAny, "Broadwell"},
    Generation{kIntel, 6, 0x4f, 0x4f, kAny, "Broadwell (server)"},
    Generation{kIntel, 6, 0x56, 0x56, kAny, "Broadwell (Xeon D)"},
    Generation{kIntel, 6, 0x4e, 0x4e, kAny, "Skylake"},
    Generation{kIntel, 6, 0x5e, 0x5e, kAny, "Skylake"},
    Generation{kIntel, 6, 0x55, 0x55, 4, "Skylake (server)"},
    Generation{kIntel, 6, 0x55, 0x55, 7, "Cascade Lake"},
    Generation{kIntel, 6, 0x55, 0x55, 15, "Cooper Lake"},
    Generation{kIntel, 6, 0x8e, 0x8e, kAny, "Kaby Lake to Comet Lake"},
    Generation{kIntel, 6, 0x9e, 0x9e, kAny, "Kaby Lake or Coffee Lake"},
    Generation{kIntel, 6, 0x66, 0x66, kAny, "Cannon Lake"},
    Generation{kIntel, 6, 0x7d, 0x7e, kAny, "Ice Lake"},
    Generation{kIntel, 6, 0x6a, 0x6a, kAny, "Ice Lake (server)"},
    Generation{kIntel, 6, 0x6c, 0x6c, kAny, "Ice Lake (Xeon D)"},
    Generation{kIntel, 6, 0x8c, 0x8d, kAny, "Tiger Lake"},
    Generation{kIntel, 6, 0xa5, 0xa6, kAny, "Comet Lake"},
    Generation{kIntel, 6, 0xa7, 0xa7, kAny, "Rocket Lake"},
    Generation{kIntel, 6, 0x97, 0x97, kAny, "Alder Lake"},
    Generation{kIntel, 6, 0x9a, 0x9a, kAny, "Alder Lake"},
    Generation{kIntel, 6, 0xb7, 0xb7, kAny, "Raptor Lake"},
    Generation{kIntel, 6, 0xba, 0xba, kAny, "Raptor Lake"},
    Generation{kIntel, 6, 0xbf, 0xbf, kAny, "Raptor Lake"},
    Generation{kIntel, 6, 0xaa, 0xaa, kAny, "Meteor Lake"},
    Generation{kIntel, 6, 0xac, 0xac, kAny, "Meteor Lake"},
    Generation{kIntel, 6, 0xbd, 0xbd, kAny, "Lunar Lake"},
    Generation{kIntel, 6, 0xb5, 0xb5, kAny, "Arrow Lake"},
    Generation{kIntel, 6, 0xc5, 0xc6, kAny, "Arrow Lake"},
    Generation{kIntel, 6, 0x8f, 0x8f, kAny, "Sapphire Rapids", true},
    Generation{kIntel, 6, 0xcf, 0xcf, kAny, "Emerald Rapids", true},
    Generation{kIntel, 6, 0xad, 0xad, kAny, "Granite Rapids", true},
    Generation{kIntel, 6, 0xae, 0xae, kAny, "Granite Rapids (Xeon D)", true},
    Generation{kIntel, 6, 0xaf, 0xaf, kAny, "Sierra Forest"},
};
// clang-format on

std::optional<int> small_number(const std::optional<std::string>& text, int most) {
    const std::optional<std::int64_t> number = text ? parsed<std::int64_t>(*text) : std::nullopt;
    return number && *number >= 0 && *number <= most ? std::optional(static_cast<int>(*number))
                                                     : std::nullopt;
}

/// All zeros and all ones are what a hypervisor says that hides the revision.
std::optional<std::uint64_t> revision(const std::optional<std::string>& text) {
    const std::optional<std::uint32_t> number = parse_hexadecimal(text.value_or(""));
    const bool hidden = !number || *number == 0 || *number == std::numeric_limits<std::uint32_t>::max();
    return hidden ? std::nullopt : std::optional<std::uint64_t>(*number);
}

}  // namespace

CpuIdentity parse_cpu_identity(std::string_view cpuinfo) {
    const std::string_view first = cpuinfo.substr(0, cpuinfo.find("\n\n"));
    const auto value = [&](std::string_view key) { return value_of(first, key, ':'); };
    // The most that CPUID's fields can add up to: 15 + 255, and 4 + 4 bits.
    const std::string arm = arm_core_names(cpuinfo);  // which may have a "model name" that says "ARMv8"
    return {.name = arm.empty() ? value("model name").value_or("") : arm,
            .vendor = value("vendor_id").value_or(""),
            .family = small_number(value("cpu family"), 15 + 255),
            .model = small_number(value("model"), 255),
            .stepping = small_number(value("stepping"), 15),
            .microcode = revision(value("microcode")),
            .has_amx = (" " + value("flags").value_or("") + " ").find(" amx_tile ") != std::string::npos};
}

std::optional<std::string> cpu_generation(const CpuIdentity& cpu) {
    if (!cpu.family || !cpu.model) return std::nullopt;
    const auto* const found =
        std::find_if(kGenerations.begin(), kGenerations.end(), [&](const Generation& row) {
            return row.vendor == cpu.vendor && row.family == *cpu.family && row.first_model <= *cpu.model &&
                   *cpu.model <= row.last_model && cpu.stepping.value_or(kAny) <= row.last_stepping;
        });
    // A hypervisor may show another model's number, but hardly instructions that the CPU has not.
    if (found != kGenerations.end() && cpu.has_amx && !found->has_amx) return std::nullopt;
    return found == kGenerations.end() ? std::nullopt : std::optional<std::string>(found->name);
}

}  // namespace mnist
