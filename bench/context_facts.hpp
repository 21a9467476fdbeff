// The facts that stand in the context of a result, as flat keys with text values, because Google Benchmark's
// schema has room for nothing else there. The words are those of `mnist train`'s files, with "mnist." in
// front and "." between levels; what could not be found out has no key.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "bench.hpp"

namespace mnist::bench {

using ContextFacts = std::map<std::string, std::string>;

/// Adds {"a": {"b": [1, "x"]}} under "mnist" as mnist.a.b.0 = "1" and mnist.a.b.1 = "x". Nulls are left out.
/// Text comes out as UTF-8 without control characters.
void flatten(const nlohmann::ordered_json& value, const std::string& key, ContextFacts& facts);

/// Facts that are known before anything is measured: schema, machine, build, data, configuration, primitives.
[[nodiscard]] ContextFacts facts_before(const Bench& bench, const MachineFacts& machine,
                                        const BuildFacts& build);

/// Facts that the run has shown: peaks, and whether it was interrupted.
[[nodiscard]] ContextFacts facts_after(const Bench& bench);

}  // namespace mnist::bench
