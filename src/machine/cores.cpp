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

#include "cgroup.hpp"
#include "mnist/core/affinity.hpp"
#include "mnist/core/parsed.hpp"
#include "mnist/core/train_config.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

std::filesystem::path topology_folder(const std::filesystem::path& root, int cpu) {
    return root / fmt::format("sys/devices/system/cpu/cpu{}/topology", cpu);
}

std::int64_t socket_of(const std::filesystem::path& root, int cpu) {
    return parsed<std::int64_t>(first_line(topology_folder(root, cpu) / "physical_package_id").value_or(""))
        .value_or(0);
}

// Among a CPU's files is a link "nodeN" to its node.
int node_of(const std::filesystem::path& root, int cpu) {
    constexpr std::string_view kNode = "node";
    std::error_code none;
    for (const auto& entry :
         std::filesystem::directory_iterator(root / fmt::format("sys/devices/system/cpu/cpu{}", cpu), none)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with(kNode)) continue;
        if (const auto number = parsed<std::int64_t>(name.substr(kNode.size())))
            return static_cast<int>(*number);
    }
    return 0;
}

// Takes teams from the CPUs [begin, end) of `cpus`: whole ones of a node each, node by node in turn, then of
// what is left over.
void deal_teams(const UsableCpus& cpus, std::size_t begin, std::size_t end, std::size_t threads,
                std::vector<std::vector<std::size_t>>& teams) {
    std::map<int, std::vector<std::size_t>> by_node;
    for (std::size_t i = begin; i < end; ++i) by_node[i < cpus.nodes.size() ? cpus.nodes[i] : 0].push_back(i);
    std::vector<std::size_t> left_over;
    std::vector<std::vector<std::vector<std::size_t>>> of_nodes;
    for (const auto& [node, places] : by_node) {
        auto& whole = of_nodes.emplace_back();
        std::size_t at = 0;
        for (; at + threads <= places.size(); at += threads)
            whole.emplace_back(places.begin() + static_cast<std::ptrdiff_t>(at),
                               places.begin() + static_cast<std::ptrdiff_t>(at + threads));
        left_over.insert(left_over.end(), places.begin() + static_cast<std::ptrdiff_t>(at), places.end());
    }
    for (std::size_t round = 0, dealt = 1; dealt > 0; ++round) {
        dealt = 0;
        for (auto& whole : of_nodes) {
            if (round >= whole.size()) continue;
            teams.push_back(std::move(whole[round]));
            ++dealt;
        }
    }
    for (std::size_t at = 0; at + threads <= left_over.size(); at += threads)
        teams.emplace_back(left_over.begin() + static_cast<std::ptrdiff_t>(at),
                           left_over.begin() + static_cast<std::ptrdiff_t>(at + threads));
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
        cpus.push_back({.os_index = cpu, .core = core, .node = node_of(root, cpu)});
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
        usable.nodes.push_back(cpu.node);
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

std::vector<UsableCpus> separate_cpus(const UsableCpus& cpus, std::size_t teams, std::size_t threads) {
    const std::size_t all = cpus.order.size();
    if (all == 0) return std::vector<UsableCpus>(teams);
    const std::size_t cores = std::min(cpus.cores, all);
    std::vector<std::vector<std::size_t>> places;
    // Siblings too where whole cores are not enough for all teams, and any CPU several times where even they
    // are not.
    deal_teams(cpus, 0, cores, threads, places);
    if (places.size() < teams) {
        places.clear();
        deal_teams(cpus, 0, all, threads, places);
    }
    for (std::size_t next = places.size() * threads; places.size() < teams; next += threads) {
        auto& team = places.emplace_back();
        for (std::size_t i = 0; i < std::min(threads, all); ++i) team.push_back((next + i) % all);
    }
    std::vector<UsableCpus> separate(teams);
    for (std::size_t t = 0; t < teams; ++t) {
        separate[t].cores = 0;
        for (const std::size_t place : places[t]) {
            separate[t].order.push_back(cpus.order[place]);
            if (place < cpus.nodes.size()) separate[t].nodes.push_back(cpus.nodes[place]);
            if (place < cores) ++separate[t].cores;
        }
        separate[t].cores = std::max<std::size_t>(1, separate[t].cores);
    }
    return separate;
}

void stay_on(const UsableCpus& cpus) {
    static_cast<void>(pin_this_thread(cpus.order));
}

}  // namespace mnist
