// Reading Google Benchmark's rows while the file is parsed. Only inside this room.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mnist/results/bench_json.hpp"

namespace mnist {

struct ReadBench {
    std::optional<BenchResult> result;  ///< empty where it is another document
    nlohmann::json rest;                ///< without the elements of "benchmarks"
};

/// As parse_bench_result(), but for documents of other kinds, which are no error.
[[nodiscard]] ReadBench read_bench_rows(const std::string& text, const std::string& where);

}  // namespace mnist
