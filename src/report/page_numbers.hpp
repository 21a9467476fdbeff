// Numbers of a page's data as people read them: rounded to what the measurement carries, with their unit. A
// null is "–". Only inside this room.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mnist {

using Json = nlohmann::ordered_json;

inline constexpr const char* kNone = "–";

[[nodiscard]] std::string fixed(const Json& value, int digits);  ///< "0.0859"
[[nodiscard]] std::string whole(const Json& value);              ///< "245,300"
[[nodiscard]] std::string three_digits(const Json& value);       ///< "12.3", "0.00123", "245,000", "1.2e+12"
[[nodiscard]] std::string percent(const Json& share, int digits);       ///< "12.3 %" of 0.123
[[nodiscard]] std::string duration(const Json& seconds);                ///< "250 ns"
[[nodiscard]] std::string large(const Json& value);                     ///< as three_digits, but "4.00G"
[[nodiscard]] std::string plural(const Json& count, const char* word);  ///< "1 row", "2 rows"

/// "12.3 (11.9 to 12.8)" of an estimate; `format` is for one number.
template <class Format>
[[nodiscard]] std::string with_interval(const Json& estimate, Format format) {
    if (estimate.is_null()) return kNone;
    if (estimate["spread"] == "none") return format(estimate["median"]);
    return format(estimate["median"]) + " (" + format(estimate["low"]) + " to " + format(estimate["high"]) +
           ")";
}

/// What low and high of an estimate are: "lowest to highest of 3 repetitions".
[[nodiscard]] std::string spread_words(const Json& estimate);

/// "2 threads"; "1 thread".
[[nodiscard]] std::string threads_words(const Json& threads);

}  // namespace mnist
