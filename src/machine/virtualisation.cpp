// CPUID names the hypervisor, the DMI table the provider, and files of the container managers the container.
// No privileged source (such as the environment of process 1) is asked.
#include "virtualisation.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include <array>
#include <cstring>
#include <utility>

#include "system_files.hpp"

namespace mnist {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kHypervisors{{
    {"KVMKVMKVM", "KVM"},
    {"Linux KVM Hv", "KVM"},
    {"Microsoft Hv", "Hyper-V"},
    {"VMwareVMware", "VMware"},
    {"XenVMMXenVMM", "Xen"},
    {"bhyve bhyve ", "bhyve"},
    {"TCGTCGTCGTCG", "QEMU (emulated)"},
    {"VBoxVBoxVBox", "VirtualBox"},
    {" lrpepyh  vr", "Parallels"},
    {"prl hyperv  ", "Parallels"},
    {"ACRNACRNACRN", "ACRN"},
    {"QNXQVMBSQG", "QNX"},
}};

}  // namespace

std::optional<std::string> hypervisor_signature() {
#if defined(__x86_64__)
    constexpr unsigned kHypervisorBit = 1U << 31U;
    unsigned eax = 0;
    unsigned ebx = 0;
    unsigned ecx = 0;
    unsigned edx = 0;
    if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kHypervisorBit) == 0) return std::nullopt;
    // __get_cpuid compares with the greatest standard leaf, which leaves in the hypervisor's range exceed by
    // design.
    __cpuid(0x40000000U, eax, ebx, ecx, edx);
    const std::array<unsigned, 3> words{ebx, ecx, edx};
    std::array<char, sizeof(words) + 1> text{};
    std::memcpy(text.data(), words.data(), sizeof(words));
    return std::string(text.data());
#else
    return std::nullopt;  // no instruction tells; the DMI table or the device tree may
#endif
}

std::string hypervisor_name(std::string_view signature) {
    for (const auto& [known, product] : kHypervisors) {
        if (signature == known) return std::string(product);
    }
    return signature.empty() ? "hypervisor" : std::string(signature);
}

std::optional<std::string> container(const std::filesystem::path& root) {
    if (auto kind = first_line(root / "run/systemd/container")) return kind;
    std::error_code ignored;
    if (std::filesystem::exists(root / "run/.containerenv", ignored)) return "podman";
    if (std::filesystem::exists(root / ".dockerenv", ignored)) return "docker";
    const std::string groups = read_system_file(root / "proc/self/cgroup").value_or("");
    for (const auto& [mark, kind] : {std::pair{"kubepods", "kubernetes"},
                                     {"/docker/", "docker"},
                                     {"docker-", "docker"},
                                     {"libpod-", "podman"},
                                     {"/lxc", "lxc"}}) {
        if (groups.find(mark) != std::string::npos) return kind;
    }
    return std::nullopt;
}

std::optional<std::string> virtualisation(const std::filesystem::path& root,
                                          const std::optional<std::string>& signature) {
    std::string phrase;
    if (signature) {
        phrase = hypervisor_name(*signature);
        std::string provider = first_line(root / "sys/class/dmi/id/sys_vendor").value_or("");
        if (const auto product = first_line(root / "sys/class/dmi/id/product_name");
            product && product != provider) {
            provider += (provider.empty() ? "" : " ") + *product;
        }
        if (!provider.empty()) phrase += " (" + provider + ")";
    }
    if (const auto kind = container(root)) phrase += (phrase.empty() ? "" : ", ") + *kind + " container";
    if (phrase.empty()) return std::nullopt;
    return phrase;
}

}  // namespace mnist
