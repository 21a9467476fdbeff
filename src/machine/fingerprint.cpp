// Puts the machine's facts together from their sources; each source has a file of its own here.
#include "mnist/machine/fingerprint.hpp"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "affinity.hpp"
#include "cgroup.hpp"
#include "cpu_identity.hpp"
#include "mnist/core/isa.hpp"
#include "onednn_facts.hpp"
#include "system_files.hpp"
#include "topology.hpp"
#include "virtualisation.hpp"

namespace mnist {
namespace {

std::string kernel() {
    utsname names{};
    if (uname(&names) != 0) return "";
    return std::string(names.sysname) + " " + names.release;
}

std::optional<std::uint64_t> memory_bytes(std::optional<std::uint64_t> installed,
                                          std::optional<std::uint64_t> limit) {
    return installed && limit ? std::min(installed, limit) : (installed ? installed : limit);
}

/// Where the system hides the mask, at least the CPU that runs this counts.
std::vector<LogicalCpu> team_cpus(const Topology& topology, const CgroupLimits& limits) {
    std::vector<int> allowed = allowed_cpus();
    if (allowed.empty()) allowed.push_back(std::max(0, sched_getcpu()));
    return team_order(topology, allowed, limits.cpu_quota);
}

}  // namespace

MachineFacts machine_facts() {
    const std::filesystem::path root = "/";
    const Topology topology = discover_topology();
    const CgroupLimits limits = cgroup_limits(root);
    const std::vector<LogicalCpu> team = team_cpus(topology, limits);
    const CpuIdentity cpu = parse_cpu_identity(read_system_file(root / "proc/cpuinfo").value_or(""));
    const unsigned onednn = effective_onednn_isa();
    return {.cpu_model = cpu.name,
            .sockets = topology.sockets,
            .physical_cores = topology.physical_cores,
            .hardware_threads = topology.hardware_threads,
            .usable_threads = static_cast<int>(team.size()),
            .usable_cores = distinct_cores(team),
            .cgroup_cpu_quota = limits.cpu_quota,
            .caches = topology.caches,
            .numa_nodes = topology.numa_nodes,
            .memory_bytes = memory_bytes(installed_memory_bytes(root), limits.memory_bytes),
            .governor = governor(root),
            .turbo = turbo(root),
            .virtualisation = virtualisation(root, hypervisor_signature()),
            .kernel = kernel(),
            .os = os_name(root),
            .isa = std::string(name(detected_isa())),
            .onednn_isa = onednn_isa_name(onednn),
            .instructions = instructions(detected_isa(), onednn),
            .cpu_family = cpu.family,
            .cpu_model_number = cpu.model,
            .cpu_stepping = cpu.stepping,
            .cpu_microcode = cpu.microcode,
            .cpu_generation = cpu_generation(cpu)};
}

std::vector<int> usable_cpus() {
    std::vector<int> cpus;
    for (const LogicalCpu& cpu : team_cpus(discover_topology(), cgroup_limits("/")))
        cpus.push_back(cpu.os_index);
    return cpus;
}

std::string host_name() {
    std::array<char, 256> text{};
    return gethostname(text.data(), text.size() - 1) == 0 ? text.data() : "";
}

}  // namespace mnist
