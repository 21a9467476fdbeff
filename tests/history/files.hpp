// Result files for the tests of a history: small ones of mnist_bench, as many as a test wants.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "core/temporary_folder.hpp"

namespace mnist_test {

/// One benchmark with one repetition of that many seconds.
inline nlohmann::json history_result(const std::string& commit, const std::string& created, double seconds,
                                     const std::string& onednn = "2.6.3", const std::string& label = "vm") {
    return {{"context",
             {{"date", created},
              {"host_name", "host"},
              {"num_cpus", 2},
              {"mnist.schema", "mnist-bench/1"},
              {"mnist.created", created},
              {"mnist.label", label},
              {"mnist.machine.cpu_model", "Some CPU"},
              {"mnist.config.threads", "2"},
              {"mnist.fma_peak_gflops.threads:2", "400"},
              {"mnist.build.commit", commit},
              {"mnist.build.onednn", onednn}}},
            {"benchmarks",
             {{{"name", "Step/SGD/batch:64"},
               {"run_name", "Step/SGD/batch:64"},
               {"run_type", "iteration"},
               {"repetition_index", 0},
               {"iterations", 1},
               {"real_time", seconds},
               {"cpu_time", seconds},
               {"time_unit", "s"}}}}};
}

inline void write_text(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
}

}  // namespace mnist_test
