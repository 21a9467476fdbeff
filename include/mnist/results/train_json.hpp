// The file of `mnist train`: schema "mnist-results/1", kind "train". Writing and reading are inverse to each
// other; files by newer programs with additional keys are read, missing keys of the contract are an
// InputError that names them.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "mnist/core/facts.hpp"
#include "mnist/core/train_config.hpp"
#include "mnist/results/train_result.hpp"

namespace mnist {

/// Files larger than this are not read: a file of ten thousand epochs is some megabytes.
inline constexpr std::size_t kMaxResultBytes = std::size_t{192} << 20;

/// Facts and configuration as they stand in every result file. Keys are the struct's member names; absent
/// values are null.
[[nodiscard]] nlohmann::ordered_json to_json(const MachineFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const BuildFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const DatasetFacts& facts);
[[nodiscard]] nlohmann::ordered_json to_json(const TrainConfig& config);
[[nodiscard]] nlohmann::ordered_json to_json(const ClusterFacts& cluster);

/// The whole file's text, indented by one space, with a final newline. Never a NaN or an infinity: such a
/// value becomes null. Bytes that are not UTF-8 become U+FFFD. Each run also carries "peak_fraction", its
/// share of `fma_peak_gflops`; it is derived and not read back, and null where it would exceed 1.
[[nodiscard]] std::string train_result_json(const TrainResult& result);

/// Inverse of train_result_json. `where` names the source in errors. Throws InputError: not JSON (with the
/// byte), another schema or kind, a key missing, a value of the wrong type or outside its range ("FILE,
/// runs[2].epochs[0].test_accuracy: expected ..."), nested deeper than any result, more than five
/// million values, larger than kMaxResultBytes. Keys that came later than the contract ("interrupted",
/// "resumed", "initial_weights_sha256", "primitives", "grid", "fma_peak_gflops", "denormals_flushed",
/// "sample_images", a run's "status", "message", "disturbance" and "worst_mistakes", "libraries" of the
/// build, "cluster" and a run's "ranks") may be missing and then have their defaults. Pixels are base64, as
/// many bytes as the data set's images have.
[[nodiscard]] TrainResult parse_train_result(const std::string& text, const std::string& where);

/// read_file and parse_train_result. Throws InputError.
[[nodiscard]] TrainResult read_train_result(const std::filesystem::path& path);

/// Now, UTC, as "2026-01-31T12:00:00Z".
[[nodiscard]] std::string utc_now();

}  // namespace mnist
