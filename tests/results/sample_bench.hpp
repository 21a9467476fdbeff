// A small file of Google Benchmark to start from, and what reading one gives.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "mnist/results/bench_json.hpp"

namespace mnist_test {

/// A row as version 1.7 writes it: "Sort/8", repetition 0, 250 ns, one counter.
inline nlohmann::json bench_row() {
    return {{"name", "Sort/8"},
            {"family_index", 0},
            {"per_family_instance_index", 0},
            {"run_name", "Sort/8"},
            {"run_type", "iteration"},
            {"repetitions", 2},
            {"repetition_index", 0},
            {"threads", 1},
            {"iterations", 1000},
            {"real_time", 250.0},
            {"cpu_time", 240.0},
            {"time_unit", "ns"},
            {"items_per_second", 32e6}};
}

/// Rows are a vector, for braces around one json would copy it.
inline std::string bench_text(const std::vector<nlohmann::json>& rows) {
    const nlohmann::json file{{"context", {{"host_name", "host"}, {"num_cpus", 2}}}, {"benchmarks", rows}};
    return file.dump(1);
}

inline mnist::BenchResult bench_of(const std::vector<nlohmann::json>& rows) {
    return mnist::parse_bench_result(bench_text(rows), "x.json");
}

}  // namespace mnist_test
