// The levels against what the kernel says about the CPU.
#include "mnist/core/isa.hpp"

#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.hpp"

using mnist::Isa;

namespace {

// Flags of the first CPU in /proc/cpuinfo.
std::set<std::string> kernel_flags() {
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

TEST_CASE("isa: the detected level is the one that the kernel's flags give") {
    const std::set<std::string> flags = kernel_flags();
    REQUIRE_FALSE(flags.empty());
    const auto all = [&](const std::vector<std::string>& wanted) {
        for (const std::string& flag : wanted) {
            if (!flags.contains(flag)) return false;
        }
        return true;
    };
    Isa expected = Isa::baseline;
    if (all({"avx2", "fma"})) expected = Isa::avx2;
    if (all({"avx512f", "avx512bw", "avx512dq", "avx512vl"})) expected = Isa::avx512;
    CHECK(mnist::detected_isa() == expected);
}

TEST_CASE("isa: the available levels run from the baseline to the detected one without a gap") {
    const std::vector<Isa> isas = mnist::available_isas();
    REQUIRE(isas.size() == static_cast<std::size_t>(mnist::detected_isa()) + 1);
    for (std::size_t i = 0; i < isas.size(); ++i) CHECK(isas[i] == static_cast<Isa>(i));
}

TEST_CASE("isa: levels have names") {
    CHECK(mnist::name(Isa::baseline) == "baseline");
    CHECK(mnist::name(Isa::avx2) == "avx2");
    CHECK(mnist::name(Isa::avx512) == "avx512");
}

TEST_CASE("isa: bf16 is there where the kernel's flags say so") {
    CHECK(mnist::has_avx512_bf16() ==
          (mnist::detected_isa() == Isa::avx512 && kernel_flags().contains("avx512_bf16")));
}
