// Facts about the machine and the build that the tests run on: checked against what the system says in other
// ways.
#include "mnist/machine/fingerprint.hpp"

#include <dnnl.hpp>

#include <algorithm>
#include <cctype>

#include "catch.hpp"
#include "mnist/core/cpu.hpp"
#include "mnist/onednn/isa.hpp"
#include "onednn_facts.hpp"

TEST_CASE("fingerprint: what is usable fits into the machine") {
    const mnist::MachineFacts facts = mnist::machine_facts();
    REQUIRE(facts.hardware_threads.has_value());
    CHECK(facts.usable_threads >= 1);
    CHECK(facts.usable_threads <= *facts.hardware_threads);
    CHECK(facts.usable_cores >= 1);
    CHECK(facts.usable_cores <= facts.usable_threads);
    CHECK(facts.memory_bytes.value_or(0) > std::uint64_t{64} << 20U);
    CHECK(facts.kernel.starts_with("Linux "));
    CHECK(facts.isa == mnist::name(mnist::detected_isa()));
    CHECK_FALSE(facts.onednn_isa.empty());
    REQUIRE(facts.instructions.has_value());
    CHECK(*facts.instructions == mnist::instructions(mnist::detected_isa(), mnist::effective_onednn_isa()));
}

TEST_CASE("fingerprint: the host has a name") {
    CHECK_FALSE(mnist::host_name().empty());
}

TEST_CASE("fingerprint: build facts name the versions that are loaded") {
    const mnist::BuildFacts facts = mnist::build_facts();
    const dnnl_version_t& onednn = *dnnl_version();
    CHECK(facts.onednn.starts_with(std::to_string(onednn.major) + "." + std::to_string(onednn.minor) + "."));
    CHECK(facts.onednn.find("N/A") == std::string::npos);
    CHECK_FALSE(facts.onednn_cpu_runtime.empty());
    CHECK(std::isdigit(static_cast<unsigned char>(facts.tbb.at(0))) != 0);
    CHECK_FALSE(facts.version.empty());
    CHECK_FALSE(facts.compiler.empty());
    CHECK_FALSE(facts.build_type.empty());
    CHECK_FALSE(facts.standard_library.empty());
    for (const std::string library :
         {"Boost ", "CLI11 ", "fmt ", "Google Benchmark ", "hwloc ", "libcurl ", "libjpeg-turbo ", "libpng ",
          "nlohmann-json ", "ONNX ", "OpenSSL ", "Protobuf ", "zlib "}) {
        CAPTURE(library, facts.libraries);
        const std::size_t at = facts.libraries.find(library);
        REQUIRE(at != std::string::npos);
        CHECK(std::isdigit(static_cast<unsigned char>(facts.libraries.at(at + library.size()))) != 0);
    }
    const bool hexadecimal = std::all_of(facts.commit.begin(), facts.commit.end(),
                                         [](unsigned char c) { return std::isxdigit(c) != 0; });
    CHECK((facts.commit.empty() || (facts.commit.size() == 40 && hexadecimal)));
}

TEST_CASE("fingerprint: oneDNN's instruction sets have the words of its own variable") {
    CHECK(mnist::onednn_isa_name(0) == "DEFAULT");
    CHECK(mnist::onednn_isa_name(0x123456) == "isa 0x123456");
    if (!mnist::kX86) {
        CHECK(mnist::onednn_isa_name(0x7) == "SVE_256");
        return;
    }
    CHECK(mnist::onednn_isa_name(dnnl_cpu_isa_avx2) == "AVX2");
    CHECK(mnist::onednn_isa_name(dnnl_cpu_isa_avx2_vnni) == "AVX2_VNNI");
    CHECK(mnist::onednn_isa_name(dnnl_cpu_isa_avx512_core_bf16) == "AVX512_CORE_BF16");
}

TEST_CASE("fingerprint: instructions for people name what is multiplied with, and a level that differs") {
    using mnist::instructions;
    using mnist::Isa;
    if (!mnist::kX86) {
        CHECK(instructions(Isa::baseline, 0x1).starts_with("NEON"));
        CHECK((instructions(Isa::baseline, 0x7) == "NEON") == (mnist::sve_bits() == 0));
        return;
    }
    CHECK(instructions(Isa::avx512, dnnl_cpu_isa_avx512_core_amx) == "AVX-512, VNNI, BF16, AMX");
    CHECK(instructions(Isa::avx512, dnnl_cpu_isa_avx512_core_bf16) == "AVX-512, VNNI, BF16");
    CHECK(instructions(Isa::avx512, dnnl_cpu_isa_avx512_core_vnni) == "AVX-512, VNNI");
    CHECK(instructions(Isa::avx512, dnnl_cpu_isa_avx512_core) == "AVX-512");
    CHECK(instructions(Isa::avx2, dnnl_cpu_isa_avx2) == "AVX2");
    CHECK(instructions(Isa::avx2, dnnl_cpu_isa_avx2_vnni) == "AVX2, VNNI");
    CHECK(instructions(Isa::avx512, dnnl_cpu_isa_avx2) == "AVX-512 (oneDNN: AVX2)");
    CHECK(instructions(Isa::avx2, dnnl_cpu_isa_avx) == "AVX2 (oneDNN: AVX)");
    CHECK(instructions(Isa::baseline, dnnl_cpu_isa_sse41) == "SSE2 (oneDNN: SSE4.1)");
}

TEST_CASE("fingerprint: oneDNN is held to MNIST_MAX_ISA") {
    const unsigned effective = mnist::effective_onednn_isa();
    if (const auto limit = mnist::isa_limit())
        CHECK((mnist::includes(onednn_isa(*limit), effective) || effective == dnnl_cpu_isa_avx2_vnni));
    CHECK(mnist::machine_facts().onednn_isa == mnist::onednn_isa_name(effective));
}
