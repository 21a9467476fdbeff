// A table of servers' and single-board computers' cores by implementer and part. Left out: phones' cores, and
// what only variant and revision tell apart.
#include "arm_cores.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "system_files.hpp"

namespace mnist {
namespace {

struct Core {
    unsigned implementer, part;
    const char* name;
};

constexpr unsigned kArm = 0x41;

// One line a core.
// clang-format off
constexpr std::array kCores{
    Core{kArm, 0xd03, "Cortex-A53"},
    Core{kArm, 0xd05, "Cortex-A55"},
    Core{kArm, 0xd07, "Cortex-A57"},
    Core{kArm, 0xd08, "Cortex-A72"},
    Core{kArm, 0xd09, "Cortex-A73"},
    Core{kArm, 0xd0a, "Cortex-A75"},
    Core{kArm, 0xd0b, "Cortex-A76"},
    Core{kArm, 0xd0d, "Cortex-A77"},
    Core{kArm, 0xd41, "Cortex-A78"},
    Core{kArm, 0xd0c, "Neoverse N1"},
    Core{kArm, 0xd49, "Neoverse N2"},
    Core{kArm, 0xd8e, "Neoverse N3"},
    Core{kArm, 0xd40, "Neoverse V1"},
    Core{kArm, 0xd4f, "Neoverse V2"},
    Core{kArm, 0xd84, "Neoverse V3"},
    Core{0x46, 0x001, "Fujitsu A64FX"},
    Core{0x48, 0xd01, "HiSilicon Kunpeng 920"},
    Core{0x43, 0x0af, "Cavium ThunderX2"},
    Core{0xc0, 0xac3, "Ampere-1"},
    Core{0xc0, 0xac4, "Ampere-1A"},
};
// clang-format on

std::string name_of(unsigned implementer, unsigned part) {
    const auto* const found = std::find_if(kCores.begin(), kCores.end(), [&](const Core& core) {
        return core.implementer == implementer && core.part == part;
    });
    if (found != kCores.end()) return found->name;
    return implementer == kArm ? fmt::format("ARM part {:#x}", part)
                               : fmt::format("implementer {:#x} part {:#x}", implementer, part);
}

}  // namespace

std::string arm_core_names(std::string_view cpuinfo) {
    std::vector<std::string> names;
    while (!cpuinfo.empty()) {
        const std::size_t end = std::min(cpuinfo.find("\n\n"), cpuinfo.size());
        const std::string_view processor = cpuinfo.substr(0, end);
        cpuinfo.remove_prefix(std::min(end + 2, cpuinfo.size()));
        const auto implementer = parse_hexadecimal(value_of(processor, "CPU implementer", ':').value_or(""));
        const auto part = parse_hexadecimal(value_of(processor, "CPU part", ':').value_or(""));
        if (!implementer || !part) continue;
        const std::string name = name_of(*implementer, *part);
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    return fmt::format("{}", fmt::join(names, " + "));
}

}  // namespace mnist
