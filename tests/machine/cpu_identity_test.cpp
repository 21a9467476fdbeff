// Numbers of CPUs from /proc/cpuinfo as different machines write it, and the generations behind them.
#include "cpu_identity.hpp"

#include <string>

#include "catch.hpp"
#include "mnist/machine/fingerprint.hpp"
#include "system_files.hpp"

namespace mnist {
namespace {

constexpr const char* kGuestOnGenoa =
    "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\n"
    "stepping\t: 1\nmicrocode\t: 0x1000065\ncpu MHz\t\t: 2596.144\n\n"
    "processor\t: 1\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 97\nstepping\t: 2\n\n";

std::string cpuinfo(const std::string& vendor, int family, int model, int stepping) {
    return "vendor_id\t: " + vendor + "\ncpu family\t: " + std::to_string(family) +
           "\nmodel\t\t: " + std::to_string(model) +
           "\nmodel name\t: x\nstepping\t: " + std::to_string(stepping) + "\n";
}

std::string generation(const std::string& vendor, int family, int model, int stepping = 1) {
    return cpu_generation(parse_cpu_identity(cpuinfo(vendor, family, model, stepping))).value_or("-");
}

}  // namespace

TEST_CASE("cpu identity: name, numbers and microcode are the first processor's") {
    const CpuIdentity cpu = parse_cpu_identity(kGuestOnGenoa);
    CHECK(cpu.name == "AMD EPYC");
    CHECK(cpu.vendor == "AuthenticAMD");
    CHECK(cpu.family == 25);
    CHECK(cpu.model == 17);
    CHECK(cpu.stepping == 1);
    CHECK(cpu.microcode == 0x1000065U);
    CHECK(cpu_generation(cpu) == "Zen 4 (Genoa)");
}

TEST_CASE("cpu identity: a hybrid CPU has the numbers of its first core") {
    const CpuIdentity cpu = parse_cpu_identity(
        "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 151\n"
        "model name\t: 12th Gen Intel(R) Core(TM) i9-12900K \nstepping\t: 2\nmicrocode\t: 0x2e\n\n"
        "processor\t: 16\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 151\n"
        "model name\t: 12th Gen Intel(R) Core(TM) i9-12900K\nstepping\t: 2\nmicrocode\t: 0x17\n");
    CHECK(cpu.name == "12th Gen Intel(R) Core(TM) i9-12900K");
    CHECK(cpu.microcode == 0x2eU);
    CHECK(cpu_generation(cpu) == "Alder Lake");
}

TEST_CASE("cpu identity: what is missing or no number of its kind is empty") {
    const auto text = GENERATE(as<std::string>{}, "", "\n", "processor : 0\n\nmodel : 17\nstepping : 1\n",
                               "cpu family : \nmodel : x\nstepping : 1.5\nmicrocode : 12\n",
                               "cpu family : -1\nmodel : 256\nstepping : 16\nmicrocode : 0x\n",
                               "cpu family : 271\nmodel : 99999999999999999999\nmicrocode : 0x1ffffffff\n",
                               "cpu family = 25\nmodel name: AMD\nmicrocode : 0xffffffff\n",
                               "cpu family : 0x19\nmodel : 17 18\nmicrocode : 0x0\n",
                               "cpu family : 25 \x1b[31m\nmodel : \xff\nmicrocode : 0x12g\n");
    CAPTURE(text);
    const CpuIdentity cpu = parse_cpu_identity(text);
    CHECK_FALSE(cpu.family.has_value());
    CHECK_FALSE(cpu.model.has_value());
    CHECK_FALSE(cpu.microcode.has_value());
    CHECK_FALSE(cpu_generation(cpu).has_value());
    if (text.find("stepping : 1\n") == std::string::npos) CHECK_FALSE(cpu.stepping.has_value());
}

TEST_CASE("cpu identity: generations are those of vendor, family and model together") {
    CHECK(generation("AuthenticAMD", 23, 1) == "Zen (Naples, Summit Ridge)");
    CHECK(generation("AuthenticAMD", 23, 8) == "Zen+ (Pinnacle Ridge)");
    CHECK(generation("AuthenticAMD", 23, 49) == "Zen 2 (Rome, Castle Peak)");
    CHECK(generation("AuthenticAMD", 25, 1) == "Zen 3 (Milan)");
    CHECK(generation("AuthenticAMD", 25, 97) == "Zen 4 (Raphael)");
    CHECK(generation("AuthenticAMD", 25, 160) == "Zen 4c (Bergamo, Siena)");
    CHECK(generation("AuthenticAMD", 26, 2) == "Zen 5 (Turin)");
    CHECK(generation("AuthenticAMD", 26, 68) == "Zen 5 (Granite Ridge)");
    CHECK(generation("GenuineIntel", 6, 63) == "Haswell (server)");
    CHECK(generation("GenuineIntel", 6, 79) == "Broadwell (server)");
    CHECK(generation("GenuineIntel", 6, 106) == "Ice Lake (server)");
    CHECK(generation("GenuineIntel", 6, 143) == "Sapphire Rapids");
    CHECK(generation("GenuineIntel", 6, 207) == "Emerald Rapids");
    CHECK(generation("GenuineIntel", 6, 173) == "Granite Rapids");
    CHECK(generation("AuthenticAMD", 6, 207) == "-");
    CHECK(generation("GenuineIntel", 25, 17) == "-");
    CHECK(generation("GenuineIntel", 6, 58) == "-");
    CHECK(generation("AuthenticAMD", 27, 1) == "-");
    CHECK(generation("", 25, 17) == "-");
}

TEST_CASE("cpu identity: the stepping tells Skylake's server core from its two successors") {
    CHECK(generation("GenuineIntel", 6, 85, 4) == "Skylake (server)");
    CHECK(generation("GenuineIntel", 6, 85, 7) == "Cascade Lake");
    CHECK(generation("GenuineIntel", 6, 85, 11) == "Cooper Lake");
    CpuIdentity cpu = parse_cpu_identity(cpuinfo("GenuineIntel", 6, 85, 7));
    cpu.stepping.reset();
    CHECK_FALSE(cpu_generation(cpu).has_value());
}

TEST_CASE("cpu identity: an ARM CPU is named after its kinds of core") {
    const auto name = [](const std::string& text) { return parse_cpu_identity(text).name; };
    const auto core = [](const std::string& implementer, const std::string& part) {
        return "processor\t: 0\nCPU implementer\t: " + implementer +
               "\nCPU variant\t: 0x1\nCPU part\t: " + part + "\n\n";
    };
    CHECK(name(core("0x41", "0xd4f") + core("0x41", "0xd4f")) == "Neoverse V2");
    CHECK(name(core("0x41", "0xd05") + core("0x41", "0xd0b") + core("0x41", "0xd05")) ==
          "Cortex-A55 + Cortex-A76");
    CHECK(name(core("0x41", "0xd99")) == "ARM part 0xd99");
    CHECK(name(core("0x51", "0x1") + core("", "0xd05") + core("0x41", "d05")) == "implementer 0x51 part 0x1");
    CHECK(name(core("", "")) == "");
    CHECK_FALSE(cpu_generation(parse_cpu_identity(core("0x41", "0xd4f"))).has_value());
}

TEST_CASE("cpu identity: a guest with AMX and the numbers of a CPU without it has no known generation") {
    const auto with_amx = [](int model) {
        const std::string text = cpuinfo("GenuineIntel", 6, model, 1) + "flags\t\t: fpu avx512f amx_tile\n";
        return cpu_generation(parse_cpu_identity(text)).value_or("-");
    };
    CHECK(with_amx(167) == "-");
    CHECK(with_amx(207) == "Emerald Rapids");
    CHECK(generation("GenuineIntel", 6, 167) == "Rocket Lake");
}

TEST_CASE("cpu identity: the facts of this machine are those of its /proc/cpuinfo") {
    const CpuIdentity cpu = parse_cpu_identity(read_system_file("/proc/cpuinfo").value_or(""));
    const MachineFacts facts = machine_facts();
    CHECK(facts.cpu_model == cpu.name);
    CHECK(facts.cpu_family == cpu.family);
    CHECK(facts.cpu_model_number == cpu.model);
    CHECK(facts.cpu_stepping == cpu.stepping);
    CHECK(facts.cpu_microcode == cpu.microcode);
    CHECK(facts.cpu_generation == cpu_generation(cpu));
}

}  // namespace mnist
