// The dynamic loader hands the environment over as the array that getenv and every runtime will read.
#include "mnist/machine/openmp_binding.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace mnist {
namespace {

// libgomp's and LLVM's. OMP_PROC_BIND_ALL is known to libgomp from GCC 13 on.
constexpr std::array<std::string_view, 5> kBinding{
    "OMP_PROC_BIND=", "OMP_PROC_BIND_ALL=", "OMP_PLACES=", "GOMP_CPU_AFFINITY=", "KMP_AFFINITY="};

// One of each; null where it was not set.
constinit std::array<const char*, kBinding.size()> taken_away{};

}  // namespace

void drop_openmp_binding(int /*arguments*/, char** /*argument_words*/, char** environment) noexcept {
    char** kept = environment;
    for (char** variable = environment; *variable != nullptr; ++variable) {
        const auto* const name = std::find_if(
            kBinding.begin(), kBinding.end(),
            [text = std::string_view(*variable)](auto binding) { return text.starts_with(binding); });
        if (name == kBinding.end()) {
            *kept++ = *variable;
        } else {
            taken_away[static_cast<std::size_t>(name - kBinding.begin())] = *variable;
        }
    }
    *kept = nullptr;
}

std::vector<std::string_view> dropped_openmp_binding() {
    std::vector<std::string_view> all;
    for (const char* const one : taken_away)
        if (one != nullptr) all.emplace_back(one);
    return all;
}

std::optional<std::string> inherited_binding(const MachineFacts& machine,
                                             const std::vector<std::string_view>& dropped) {
    const int cores = machine.physical_cores.value_or(machine.hardware_threads.value_or(1));
    const bool quota = machine.cgroup_cpu_quota && *machine.cgroup_cpu_quota <= 1;
    if (dropped.empty() || machine.usable_cores > 1 || cores == 1 || quota) return std::nullopt;
    return fmt::format(
        "only 1 of the machine's {} cores may be used, and {} stands in the environment: a program bound by "
        "it "
        "hands its core down to what it starts. Unset it where that program is started, or ignore this where "
        "the core was chosen on purpose (taskset, a batch system)",
        cores, fmt::join(dropped, ", "));
}

}  // namespace mnist
