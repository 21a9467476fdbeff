// How virtual machines and containers are named.
#include "virtualisation.hpp"

#include "catch.hpp"
#include "fake_root.hpp"

using mnist::virtualisation;

TEST_CASE("virtualisation: bare metal outside containers has none") {
    FakeRoot root;
    root.file("sys/class/dmi/id/sys_vendor", "Dell Inc.\n").file("proc/self/cgroup", "0::/user.slice\n");
    CHECK_FALSE(virtualisation(root.path(), std::nullopt).has_value());
}

TEST_CASE("virtualisation: a hypervisor is named by its signature") {
    CHECK(mnist::hypervisor_name("KVMKVMKVM") == "KVM");
    CHECK(mnist::hypervisor_name("Microsoft Hv") == "Hyper-V");
    CHECK(mnist::hypervisor_name("prl hyperv  ") == "Parallels");
    CHECK(mnist::hypervisor_name("NewVendor") == "NewVendor");
    CHECK(mnist::hypervisor_name("") == "hypervisor");
}

TEST_CASE("virtualisation: the provider stands behind the hypervisor") {
    FakeRoot root;
    CHECK(virtualisation(root.path(), "KVMKVMKVM") == "KVM");
    root.file("sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    CHECK(virtualisation(root.path(), "KVMKVMKVM") == "KVM (Amazon EC2)");
    root.file("sys/class/dmi/id/product_name", "c5.large\n");
    CHECK(virtualisation(root.path(), "KVMKVMKVM") == "KVM (Amazon EC2 c5.large)");
}

TEST_CASE("virtualisation: a container is told by the marks that its manager leaves") {
    FakeRoot root;
    root.file("proc/self/cgroup", "0::/kubepods.slice/pod1\n");
    CHECK(virtualisation(root.path(), std::nullopt) == "kubernetes container");
    root.file(".dockerenv", "");
    CHECK(virtualisation(root.path(), "KVMKVMKVM") == "KVM, docker container");
    root.file("run/.containerenv", "");
    CHECK(mnist::container(root.path()) == "podman");
    root.file("run/systemd/container", "systemd-nspawn\n");
    CHECK(mnist::container(root.path()) == "systemd-nspawn");
}
