// Facts as flat keys with text values, "mnist.machine.cpu_model": the form in which Google Benchmark's
// context holds them, and in which facts of all kinds of files can be compared.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mnist {

/// Adds {"a": {"b": [1, "x"]}} under "mnist" as mnist.a.b.0 = "1" and mnist.a.b.1 = "x". Nulls are left out.
/// Text is taken over as it is.
void flatten(const nlohmann::ordered_json& value, const std::string& key,
             std::map<std::string, std::string>& facts);

}  // namespace mnist
