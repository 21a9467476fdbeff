// One row of Google Benchmark's JSON. Only inside this room.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mnist/results/bench_json.hpp"

namespace mnist {

enum class RowKind {
    repetition,
    statistic,  // over the repetitions of one name
    fit         // of a complexity over several names
};

/// All throw InputError, named by the key alone: the reason stands beside the row's name.
[[nodiscard]] std::string row_name(const nlohmann::json& row);
[[nodiscard]] RowKind row_kind(const nlohmann::json& row);
/// The benchmark that a statistic is about. Files without run names carry it in the row's name.
[[nodiscard]] std::string aggregated_name(const nlohmann::json& row);
/// Why the measured program gave this row no time; empty where it did.
[[nodiscard]] std::optional<std::string> why_not_measured(const nlohmann::json& row);
[[nodiscard]] BenchRepetition read_repetition(const nlohmann::json& row, const std::string& name);

}  // namespace mnist
