// The text and the JSON of `mnist info`, from facts that are all there and from facts that nobody could find
// out.
#include "info_text.hpp"

#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"

namespace {

mnist::MachineFacts workstation() {
    mnist::MachineFacts facts;
    facts.cpu_model = "Example CPU 9000";
    facts.sockets = 1;
    facts.physical_cores = 8;
    facts.hardware_threads = 16;
    facts.usable_threads = 3;
    facts.usable_cores = 3;
    facts.cgroup_cpu_quota = 2.5;
    facts.caches = {{.level = 1, .type = "data", .bytes = 49152, .instances = 8},
                    {.level = 1, .type = "instruction", .bytes = 32768, .instances = 8},
                    {.level = 3, .type = "unified", .bytes = 33554432, .instances = 1}};
    facts.numa_nodes = 1;
    facts.memory_bytes = 16ULL * 1024 * 1024 * 1024 + 512ULL * 1024 * 1024;
    facts.governor = "performance";
    facts.turbo = false;
    facts.virtualisation = "KVM";
    facts.kernel = "Linux 6.1.0";
    facts.os = "Debian GNU/Linux 12 (bookworm)";
    facts.isa = "avx2";
    facts.onednn_isa = "AVX2";
    facts.instructions = "AVX2";
    facts.cpu_family = 25;
    facts.cpu_model_number = 17;
    facts.cpu_stepping = 1;
    facts.cpu_microcode = 0x1000065;
    facts.cpu_generation = "Zen 4 (Genoa)";
    return facts;
}

mnist::BuildFacts release() {
    mnist::BuildFacts facts;
    facts.version = "1.2.3";
    facts.commit = "0123456789abcdef0123456789abcdef01234567";
    facts.dirty = true;
    facts.compiler = "GNU 12.2.0";
    facts.flags = "-O3 -DNDEBUG";
    facts.build_type = "Release";
    facts.onednn = "2.6.3";
    facts.onednn_cpu_runtime = "OMP";
    facts.tbb = "2021.8";
    facts.standard_library = "libstdc++ 20220819";
    facts.libraries = "fmt 9.1.0, zlib 1.2.13";
    return facts;
}

mnist::Info whole() {
    return {
        .machine = workstation(),
        .isa_limit = mnist::IsaLevel::avx2,
        .build = release(),
        .peak1 = 103.26,
        .peak_all = 205.0,
        .products = {
            {.format = mnist::NumberFormat::f32, .gops = 80.0, .implementation = "gemm:jit", .obstacle = {}},
            {.format = mnist::NumberFormat::bf16,
             .gops = {},
             .implementation = {},
             .obstacle = "MNIST_MAX_ISA is avx2, and bf16 needs avx512_bf16"},
            {.format = mnist::NumberFormat::int8,
             .gops = 200.04,
             .implementation = "x64:gemm",
             .obstacle = {}}}};
}

}  // namespace

TEST_CASE("info: every fact has its line") {
    CHECK(mnist::info_text(whole()) ==
          "Machine\n"
          "  CPU               Example CPU 9000\n"
          "  generation        Zen 4 (Genoa)\n"
          "  family, model     25, 17, stepping 1\n"
          "  microcode         0x1000065\n"
          "  sockets           1\n"
          "  cores             8\n"
          "  threads           16\n"
          "  usable            3 threads on 3 cores (control group quota: 2.50 cores)\n"
          "  L1d cache         8 x 48 KiB\n"
          "  L1i cache         8 x 32 KiB\n"
          "  L3 cache          1 x 32 MiB\n"
          "  NUMA nodes        1\n"
          "  memory            16.5 GiB\n"
          "  governor          performance\n"
          "  turbo             off\n"
          "  virtualisation    KVM\n"
          "  kernel            Linux 6.1.0\n"
          "  system            Debian GNU/Linux 12 (bookworm)\n"
          "  instructions      AVX2\n"
          "  our loops         avx2\n"
          "  oneDNN's ISA      AVX2\n"
          "  MNIST_MAX_ISA     avx2\n"
          "Build\n"
          "  version           1.2.3\n"
          "  commit            0123456789abcdef0123456789abcdef01234567 with uncommitted changes\n"
          "  compiler          GNU 12.2.0\n"
          "  build type        Release\n"
          "  flags             -O3 -DNDEBUG\n"
          "  oneDNN            2.6.3\n"
          "  oneDNN threads    OMP\n"
          "  oneTBB            2021.8\n"
          "  C++ library       libstdc++ 20220819\n"
          "  other libraries   fmt 9.1.0, zlib 1.2.13\n"
          "Measured f32 multiply-add peak\n"
          "  one thread        103.3 GFLOP/s\n"
          "  all threads (3)   205.0 GFLOP/s\n"
          "Measured products of one thread (256x784 by 128x784)\n"
          "  f32               80.0 GFLOP/s, gemm:jit\n"
          "  bf16              not here: MNIST_MAX_ISA is avx2, and bf16 needs avx512_bf16\n"
          "  int8              200.0 GOP/s, 2.50 times f32, x64:gemm\n");
}

TEST_CASE("info: a fact that could not be found out is a dash, never a zero") {
    const double none = std::numeric_limits<double>::quiet_NaN();
    const std::string text = mnist::info_text(
        {.machine = {}, .isa_limit = {}, .build = {}, .peak1 = none, .peak_all = none, .products = {}});
    for (const std::string label :
         {"CPU", "generation", "family, model", "microcode", "sockets", "cores", "NUMA nodes", "memory",
          "turbo", "instructions", "MNIST_MAX_ISA", "commit", "one thread"}) {
        CAPTURE(label);
        CHECK(text.find("  " + label + std::string(18 - label.size(), ' ') + "-\n") != std::string::npos);
    }
    CHECK(text.find("usable            1 thread on 1 core\n") != std::string::npos);
}

TEST_CASE("info: JSON carries the keys of result files and the peaks") {
    mnist::Info info = whole();
    info.peak1 = 103.25;
    info.peak_all = std::numeric_limits<double>::infinity();
    const std::string text = mnist::info_json(info);
    CHECK(text.back() == '\n');
    const nlohmann::json json = nlohmann::json::parse(text);
    CHECK(json.at("machine").at("cpu_model") == "Example CPU 9000");
    CHECK(json.at("machine").at("caches").size() == 3);
    CHECK(json.at("machine").at("cpu_generation") == "Zen 4 (Genoa)");
    CHECK(json.at("max_isa") == "avx2");
    CHECK(json.at("products").at("f32").at("gops") == 80.0);
    CHECK(json.at("products").at("f32").at("obstacle").is_null());
    CHECK(json.at("products").at("bf16").at("gops").is_null());
    CHECK(json.at("products").at("bf16").at("implementation").is_null());
    CHECK(json.at("products").at("bf16").at("obstacle") ==
          "MNIST_MAX_ISA is avx2, and bf16 needs avx512_bf16");
    CHECK(json.at("build").at("dirty") == true);
    CHECK(json.at("fma_peak_gflops").at("one_thread") == 103.25);
    CHECK(json.at("fma_peak_gflops").at("all_threads").is_null());
}
