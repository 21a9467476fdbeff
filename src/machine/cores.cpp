// Siblings have one text in common, the kernel's list of them; a sibling that is off line is in nobody's list
// and in no affinity mask.
#include "cores.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "affinity.hpp"
#include "cgroup.hpp"
#include "mnist/core/train_config.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

std::filesystem::path topology_folder(const std::filesystem::path& root, int cpu) {
    return root / fmt::format("sys/devices/system/cpu/cpu{}/topology", cpu);
}

std::int64_t socket_of(const std::filesystem::path& root, int cpu) {
    return parse_number(first_line(topology_folder(root, cpu) / "physical_package_id").value_or(""))
        .value_or(0);
}

}  // namespace

std::vector<LogicalCpu> with_cores(const std::filesystem::path& root, const std::vector<int>& allowed) {
    std::vector<std::pair<std::int64_t, int>> by_socket;
    by_socket.reserve(allowed.size());
    for (const int cpu : allowed) by_socket.emplace_back(socket_of(root, cpu), cpu);
    std::sort(by_socket.begin(), by_socket.end());
    std::map<std::string, int> cores;
    std::vector<LogicalCpu> cpus;
    for (const auto& [socket, cpu] : by_socket) {
        const std::string siblings = first_line(topology_folder(root, cpu) / "thread_siblings_list")
                                         .value_or(fmt::format("only {}", cpu));
        const int core = cores.emplace(siblings, static_cast<int>(cores.size())).first->second;
        cpus.push_back({.os_index = cpu, .core = core});
    }
    return cpus;
}

std::vector<LogicalCpu> team_order(const std::vector<LogicalCpu>& cpus, std::optional<double> cpu_quota) {
    std::map<int, int> taken_of_core;
    std::vector<std::pair<int, LogicalCpu>> ranked;  // rank: how many CPUs of the same core come before it
    ranked.reserve(cpus.size());
    for (const LogicalCpu& cpu : cpus) ranked.emplace_back(taken_of_core[cpu.core]++, cpu);
    std::stable_sort(ranked.begin(), ranked.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    if (cpu_quota && *cpu_quota < static_cast<double>(ranked.size()))
        ranked.resize(static_cast<std::size_t>(std::max(1.0, std::ceil(*cpu_quota))));
    std::vector<LogicalCpu> team;
    team.reserve(ranked.size());
    for (const auto& [rank, cpu] : ranked) team.push_back(cpu);
    return team;
}

UsableCpus usable_cpus(const std::filesystem::path& root, const std::vector<int>& allowed) {
    UsableCpus usable;
    std::set<int> cores;
    for (const LogicalCpu& cpu : team_order(with_cores(root, allowed), cgroup_limits(root).cpu_quota)) {
        usable.order.push_back(cpu.os_index);
        cores.insert(cpu.core);
    }
    usable.cores = cores.size();
    return usable;
}

UsableCpus usable_cpus() {
    std::vector<int> allowed = allowed_cpus();
    if (allowed.empty()) allowed.push_back(std::max(0, sched_getcpu()));
    return usable_cpus("/", allowed);
}

std::size_t auto_workers(const UsableCpus& cpus) {
    return std::clamp<std::size_t>(cpus.cores, 1, kMostThreads);
}

}  // namespace mnist
