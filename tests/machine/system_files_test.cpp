// Facts from single files, as different machines write them.
#include "system_files.hpp"

#include "catch.hpp"
#include "fake_root.hpp"

TEST_CASE("system files: a tree without files has no facts") {
    const FakeRoot root;
    CHECK(mnist::os_name(root.path()).empty());
    CHECK_FALSE(mnist::installed_memory_bytes(root.path()).has_value());
    CHECK_FALSE(mnist::governor(root.path()).has_value());
    CHECK_FALSE(mnist::turbo(root.path()).has_value());
}

TEST_CASE("system files: installed memory is in kibibytes") {
    FakeRoot root;
    root.file("proc/meminfo", "MemTotal:       24622460 kB\nMemFree:  1 kB\n");
    CHECK(mnist::installed_memory_bytes(root.path()) == 24622460ULL * 1024);
}

TEST_CASE("system files: a memory line in another form is no fact") {
    const auto text = GENERATE(as<std::string>{}, "MemTotal: 1 MB\n", "MemTotal: -1 kB\n", "MemTotal: kB\n",
                               "MemTotal:\n", "x");
    FakeRoot root;
    root.file("proc/meminfo", text);
    CAPTURE(text);
    CHECK_FALSE(mnist::installed_memory_bytes(root.path()).has_value());
}

TEST_CASE("system files: governors are named once each, in order") {
    FakeRoot root;
    root.file("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "powersave\n")
        .file("sys/devices/system/cpu/cpufreq/policy1/scaling_governor", "performance\n")
        .file("sys/devices/system/cpu/cpufreq/policy2/scaling_governor", "powersave\n")
        .file("sys/devices/system/cpu/cpufreq/ondemand/scaling_governor", "not a policy\n");
    CHECK(mnist::governor(root.path()) == "performance, powersave");
}

TEST_CASE("system files: turbo is the opposite of Intel's no_turbo") {
    FakeRoot root;
    root.file("sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    CHECK(mnist::turbo(root.path()) == false);
    root.file("sys/devices/system/cpu/intel_pstate/no_turbo", "0\n");
    CHECK(mnist::turbo(root.path()) == true);
}

TEST_CASE("system files: turbo is cpufreq's boost elsewhere") {
    FakeRoot root;
    root.file("sys/devices/system/cpu/cpufreq/boost", "0\n");
    CHECK(mnist::turbo(root.path()) == false);
    root.file("sys/devices/system/cpu/cpufreq/boost", "1\n");
    CHECK(mnist::turbo(root.path()) == true);
    root.file("sys/devices/system/cpu/cpufreq/boost", "maybe\n");
    CHECK_FALSE(mnist::turbo(root.path()).has_value());
}

TEST_CASE("system files: the distribution's name loses its quotes") {
    FakeRoot root;
    root.file("usr/lib/os-release", "NAME=x\nPRETTY_NAME='Plain Linux'\n");
    CHECK(mnist::os_name(root.path()) == "Plain Linux");
    root.file("etc/os-release", "ID=debian\nPRETTY_NAME=\"Debian \\\"12\\\" (bookworm)\"\n");
    CHECK(mnist::os_name(root.path()) == "Debian \"12\" (bookworm)");
    root.file("etc/os-release", "PRETTY_NAME=Arch\n");
    CHECK(mnist::os_name(root.path()) == "Arch");
}

TEST_CASE("system files: a folder in the place of a file is no fact") {
    FakeRoot root;
    root.file("proc/cpuinfo/file", "x");
    CHECK_FALSE(mnist::read_system_file(root.path() / "proc/cpuinfo").has_value());
}
