// One recursion over objects and arrays alike.
#include "mnist/results/flat_facts.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace mnist {

void flatten(const nlohmann::ordered_json& value, const std::string& key,
             std::map<std::string, std::string>& facts) {
    if (value.is_object() || value.is_array()) {
        for (const auto& [name, child] : value.items())
            flatten(child, fmt::format("{}.{}", key, name), facts);
    } else if (value.is_string()) {
        facts[key] = value.get<std::string>();
    } else if (!value.is_null()) {
        facts[key] = value.dump();
    }
}

}  // namespace mnist
