// Whether this is a virtual machine, a container, both or neither, and whose.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mnist {

/// The 12 characters of CPUID leaf 0x40000000 where the CPU says that a hypervisor is below it; empty on bare
/// metal.
[[nodiscard]] std::optional<std::string> hypervisor_signature();

/// Product behind a signature: "KVMKVMKVM" -> "KVM"; an unknown one comes back as it is, an empty one as
/// "hypervisor".
[[nodiscard]] std::string hypervisor_name(std::string_view signature);

/// Kind of container by the marks that container managers leave: "docker", "podman", "lxc", ...; empty
/// outside.
[[nodiscard]] std::optional<std::string> container(const std::filesystem::path& root);

/// All of it in one phrase: "KVM (Amazon EC2 c5.large)", "KVM, docker container"; empty on bare metal outside
/// containers.
[[nodiscard]] std::optional<std::string> virtualisation(const std::filesystem::path& root,
                                                        const std::optional<std::string>& signature);

}  // namespace mnist
