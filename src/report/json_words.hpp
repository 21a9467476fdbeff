// How this room's JSON documents are put together and written. Private to this room.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <type_traits>

#include "mnist/stats/intervals.hpp"

namespace mnist {

/// Null where there is no value, or no finite one.
[[nodiscard]] inline nlohmann::ordered_json or_null(double value) {
    return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json(nullptr);
}
template <class Value>
[[nodiscard]] nlohmann::ordered_json or_null(const std::optional<Value>& value) {
    if (!value) return nullptr;
    if constexpr (std::is_floating_point_v<Value>) return or_null(*value);
    return *value;
}
[[nodiscard]] inline nlohmann::ordered_json text_or_null(const std::string& text) {
    return text.empty() ? nlohmann::ordered_json(nullptr) : nlohmann::ordered_json(text);
}
/// The `end` of an interval.
[[nodiscard]] inline nlohmann::ordered_json end_or_null(const std::optional<Interval>& interval,
                                                        double Interval::*end) {
    return or_null(interval ? std::optional((*interval).*end) : std::nullopt);
}

/// An array, what `make` gives for each of `all`.
template <class All, class Make>
[[nodiscard]] nlohmann::ordered_json json_list(const All& all, const Make& make) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const auto& one : all) list.push_back(make(one));
    return list;
}

/// A file's text; bytes that are not UTF-8 are replaced.
[[nodiscard]] inline std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mnist
