// The levels against what the kernel says about the CPU and MNIST_MAX_ISA allows. The words that the variable
// does not know are tested with the programs, which read it once.
#include "mnist/core/isa.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"
#include "mnist/core/cpu.hpp"

using mnist::Isa;

namespace {

// Flags of the first CPU in /proc/cpuinfo.
std::set<std::string> kernel_flags() {
    if (!mnist::kX86) return {};  // "Features" there, and no level of ours depends on one
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.rfind("flags", 0) != 0) continue;
        std::istringstream words(line.substr(line.find(':') + 1));
        return {std::istream_iterator<std::string>(words), {}};
    }
    return {};
}

}  // namespace

TEST_CASE("isa: the detected level is the one that the kernel's flags give and MNIST_MAX_ISA allows") {
    const std::set<std::string> flags = kernel_flags();
    REQUIRE(flags.empty() != mnist::kX86);
    const auto all = [&](const std::vector<std::string>& wanted) {
        for (const std::string& flag : wanted) {
            if (!flags.contains(flag)) return false;
        }
        return true;
    };
    Isa expected = Isa::baseline;
    if (all({"avx2", "fma"})) expected = Isa::avx2;
    if (all({"avx512f", "avx512bw", "avx512dq", "avx512vl"})) expected = Isa::avx512;
    if (const auto limit = mnist::isa_limit())
        expected = std::min(expected, static_cast<Isa>(std::min(*limit, mnist::IsaLevel::avx512)));
    CHECK(mnist::detected_isa() == expected);
}

TEST_CASE("isa: the available levels run from the baseline to the detected one without a gap") {
    const std::vector<Isa> isas = mnist::available_isas();
    REQUIRE(isas.size() == static_cast<std::size_t>(mnist::detected_isa()) + 1);
    for (std::size_t i = 0; i < isas.size(); ++i) CHECK(isas[i] == static_cast<Isa>(i));
}

TEST_CASE("isa: a warning says that there is no AVX2, and why, and only then") {
    const std::string warning = mnist::slow_isa_warning().value_or("");
    CHECK(warning.empty() == (!mnist::kX86 || mnist::detected_isa() != Isa::baseline));
    const bool held = warning.find("MNIST_MAX_ISA=baseline") == 0;
    CHECK(held == (mnist::isa_limit() == mnist::IsaLevel::baseline));
}

TEST_CASE("isa: levels have names") {
    CHECK(mnist::name(Isa::baseline) == (mnist::kX86 ? "baseline" : "neon"));
    CHECK(mnist::name(Isa::avx2) == "avx2");
    CHECK(mnist::name(Isa::avx512) == "avx512");
}

TEST_CASE("isa: bf16 is there where the kernel's flags say so and MNIST_MAX_ISA allows it, else a reason") {
    const bool in_cpu = kernel_flags().contains("avx512_bf16");
    const bool allowed = mnist::isa_limit().value_or(mnist::IsaLevel::amx) >= mnist::IsaLevel::avx512_bf16;
    CHECK(mnist::has_avx512_bf16() == (mnist::detected_isa() == Isa::avx512 && in_cpu && allowed));
    const std::string obstacle = mnist::avx512_bf16_obstacle().value_or("");
    CAPTURE(obstacle);
    CHECK(obstacle.empty() == mnist::has_avx512_bf16());
    CHECK((obstacle.find("this CPU has no AVX512_BF16") == 0) == !in_cpu);
    CHECK((obstacle.find("MNIST_MAX_ISA is ") == 0) == (in_cpu && !allowed));
}

TEST_CASE("isa: the words of MNIST_MAX_ISA are in the help") {
    const auto last = mnist::kX86 ? mnist::IsaLevel::amx : mnist::IsaLevel::baseline;
    for (int level = 0; level <= static_cast<int>(last); ++level)
        CHECK(mnist::isa_limit_help().find(mnist::name(static_cast<mnist::IsaLevel>(level))) !=
              std::string::npos);
    const char* const given = std::getenv("MNIST_MAX_ISA");
    CHECK((mnist::isa_limit() ? mnist::name(*mnist::isa_limit()) : "") == (given == nullptr ? "" : given));
}
