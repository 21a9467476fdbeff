// Puts the machine's facts together from their sources; each source has a file of its own here.
#include "mnist/machine/fingerprint.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "cgroup.hpp"
#include "cpu_identity.hpp"
#include "mnist/core/isa.hpp"
#include "mnist/machine/workers.hpp"
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

}  // namespace

MachineFacts machine_facts() {
    const std::filesystem::path root = "/";
    const Topology topology = discover_topology();
    const CgroupLimits limits = cgroup_limits(root);
    const UsableCpus usable = usable_cpus();
    const CpuIdentity cpu = parse_cpu_identity(read_system_file(root / "proc/cpuinfo").value_or(""));
    const unsigned onednn = effective_onednn_isa();
    return {.cpu_model = cpu.name,
            .sockets = topology.sockets,
            .physical_cores = topology.physical_cores,
            .hardware_threads = topology.hardware_threads,
            .usable_threads = static_cast<int>(usable.order.size()),
            .usable_cores = static_cast<int>(usable.cores),
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

std::string host_name() {
    std::array<char, 256> text{};
    return gethostname(text.data(), text.size() - 1) == 0 ? text.data() : "";
}

}  // namespace mnist
