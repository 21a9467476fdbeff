// The words of a benchmark's name: "Train/Adam/batch:64/precision:bf16" is the family Train, the optimizer
// Adam and two settings. Only inside this room.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mnist/core/train_config.hpp"

namespace mnist {

struct BenchWords {
    std::string family;
    std::optional<OptimizerKind> optimizer;
    std::vector<std::string> plain;  ///< words that are neither, e.g. "Forward"
    std::map<std::string, std::string> settings;

    /// A setting that is a whole number from 1 to 2^53; empty where it is anything else.
    [[nodiscard]] std::optional<std::uint64_t> number(const std::string& key) const;
    /// A setting's text; `otherwise` without it.
    [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise) const;
};

[[nodiscard]] BenchWords bench_words(const std::string& name);

}  // namespace mnist
