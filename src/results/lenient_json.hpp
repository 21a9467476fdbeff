// JSON as programs write it that do not look at their numbers. Only inside this room.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mnist {

class JsonRows;

inline constexpr int kMaxResultDepth = 32;  // results have six levels

/// Throws InputError when `text` is larger than kMaxResultBytes.
void require_result_size(const std::string& text, const std::string& where);

/// The text with null in place of every NaN and infinity (in any case, with or without a sign) and of every
/// number that no double holds; strings stay as they are. A blank before a short word goes with it, so that
/// the bytes behind it stay in their places: errors of a parser still name the byte of the file. Cost: O(n).
[[nodiscard]] std::string with_null_for_nonfinite(const std::string& text);

/// require_result_size, with_null_for_nonfinite and parse_json_rows. Throws InputError.
[[nodiscard]] nlohmann::json parse_lenient_json(const std::string& text, const std::string& where,
                                                JsonRows& rows);

}  // namespace mnist
