// Values as fields of a CSV. Private to this room.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

namespace mnist {

/// No formula for a spreadsheet (an apostrophe before one), printable, and quoted where RFC 4180 wants it.
[[nodiscard]] std::string csv_field(const std::string& text);

/// What an object has under the columns' names, with its line end; what it does not have is empty.
[[nodiscard]] std::string csv_line(std::span<const char* const> columns,
                                   const nlohmann::ordered_json& object);

}  // namespace mnist
