// Any result file, whoever wrote it: tells Google Benchmark's JSON from the files of `mnist train` by what
// stands in them and not by their names, and reads each with its own reader.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>

#include "mnist/results/bench_json.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

enum class ResultKind {
    bench,  ///< Google Benchmark's JSON
    train,  ///< a schema "mnist-results/N": which versions and kinds can be read is the reader's to say
};

/// Throws InputError for everything else: it names the schema, the first keys or the type that was found.
[[nodiscard]] ResultKind result_kind(const nlohmann::json& root, const std::string& where);

using ResultFile = std::variant<BenchResult, TrainResult>;

/// `where` names the source in errors. Throws what result_kind, parse_bench_result and parse_train_result
/// throw. Cost: a file of `mnist train` is parsed twice, once leniently for its kind and once strictly.
[[nodiscard]] ResultFile parse_result_file(const std::string& text, const std::string& where);

/// Reads the file once. Throws InputError.
[[nodiscard]] ResultFile read_result_file(const std::filesystem::path& path);

}  // namespace mnist
