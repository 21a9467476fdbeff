// What several parts of a page ask of a benchmark file's rows. Only inside this room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bench_words.hpp"
#include "mnist/results/bench_json.hpp"
#include "page_parts.hpp"

namespace mnist {

[[nodiscard]] std::optional<double> counter_of(const BenchRepetition& repetition, const std::string& key);

/// Number of threads of a row: in its name, or one number for the whole file; empty where neither says it.
[[nodiscard]] std::string threads_of(const std::string& name, const PageSource& source);

/// Trainings side by side, "2"; empty where there is one alone.
[[nodiscard]] std::string copies_of(const BenchWords& words);
/// "f32" where the name says nothing, "other" where what it says is no word.
[[nodiscard]] std::string precision_of(const BenchWords& words);

/// One benchmark's repetitions of one counter, by name.
using CounterValues = std::map<std::string, std::vector<double>>;
/// Of one family; of all without it.
[[nodiscard]] CounterValues values_of_counter(const BenchResult& result, const std::string& key,
                                              const std::string& family = {});

}  // namespace mnist
