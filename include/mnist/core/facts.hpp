// Facts about machine, build and data that every result carries. Plain values: collected by `machine` and
// `data`, written and read by `results`. What could not be found out is empty (std::nullopt), never 0 or
// "unknown".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mnist {

struct CacheFacts {
    int level = 0;
    std::string type;         ///< "data", "instruction", "unified"
    std::uint64_t bytes = 0;  ///< of one instance
    int instances = 0;        ///< how many of them the machine has
};

struct MachineFacts {
    std::string cpu_model;  ///< "AMD EPYC 7763 64-Core Processor"
    std::optional<int> sockets;
    std::optional<int> physical_cores;    ///< of the whole machine
    std::optional<int> hardware_threads;  ///< of the whole machine
    int usable_threads = 1;  ///< hardware threads that this process may use (affinity and cgroup quota)
    int usable_cores = 1;    ///< physical cores among them
    std::optional<double> cgroup_cpu_quota;  ///< in cores; empty without a limit
    std::vector<CacheFacts> caches;
    std::optional<int> numa_nodes;
    std::optional<std::uint64_t> memory_bytes;
    std::optional<std::string> governor;  ///< cpufreq governor, e.g. "performance"
    std::optional<bool> turbo;
    std::optional<std::string> virtualisation;  ///< e.g. "KVM"
    std::string kernel;                         ///< e.g. "Linux 6.1.0-26-amd64"
    std::string os;                             ///< e.g. "Debian GNU/Linux 12 (bookworm)"
    std::string isa;                            ///< of our own loops: "baseline", "avx2", "avx512", "neon"
    std::string onednn_isa;                     ///< effective, e.g. "AVX2"
    // From here on files of older programs have nothing.
    std::optional<std::string> instructions;  ///< both for people, e.g. "AVX-512, VNNI, BF16, AMX"
    std::optional<int> cpu_family;            ///< as CPUID and the kernel count, e.g. 25
    std::optional<int> cpu_model_number;      ///< e.g. 17
    std::optional<int> cpu_stepping;
    std::optional<std::uint64_t> cpu_microcode;  ///< revision; of a guest what the hypervisor says
    std::optional<std::string> cpu_generation;   ///< where the numbers are known, e.g. "Zen 4 (Genoa)"
};

struct BuildFacts {
    std::string version;   ///< of this project
    std::string commit;    ///< 40 hexadecimal digits; empty outside git
    bool dirty = false;    ///< the tree had uncommitted changes
    std::string compiler;  ///< e.g. "GNU 12.2.0"
    std::string flags;
    std::string build_type;          ///< "Release", ...
    std::string onednn;              ///< e.g. "2.6.3 (hash)"
    std::string onednn_cpu_runtime;  ///< "OMP", "OMP (libiomp5)", "TBB", "SEQ"
    std::string tbb;                 ///< e.g. "2021.8"
    std::string standard_library;    ///< e.g. "libstdc++ 20220819"
    std::string libraries;  ///< all others that it was built with, e.g. "Boost 1.74.0, fmt 9.1.0, ..."
};

struct DatasetFacts {
    std::string name;    ///< "mnist", "fashion-mnist", "synthetic", or "custom"
    std::string sha256;  ///< over the contents of the four files (train images, train labels, test images,
                         ///< test labels); empty where the test files alone were read, of no known set
    std::uint64_t train_samples = 0;  ///< 0 where the test files alone were read
    std::uint64_t test_samples = 0;
    std::uint64_t rows = 0;
    std::uint64_t columns = 0;
    std::uint64_t classes = 0;
    bool synthetic = false;
};

/// One oneDNN primitive as it really runs.
struct PrimitiveFacts {
    std::string operation;       ///< "fc1 forward", "fc1 backward_weights", "relu1 backward", ...
    std::string shape;           ///< "32x784 -> 32x128"
    std::string implementation;  ///< impl_info_str, e.g. "brgemm:avx512_core" or "x64:gemm:jit"
    std::string weights_layout;  ///< "OI16i64o", "oi"; empty where there are no weights
};

}  // namespace mnist
