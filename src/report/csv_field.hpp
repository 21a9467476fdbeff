// Text from a file as a field of a CSV. Private to this room.
#pragma once

#include <string>

namespace mnist {

/// No formula for a spreadsheet (an apostrophe before one), printable, and quoted where RFC 4180 wants it.
[[nodiscard]] std::string csv_field(const std::string& text);

}  // namespace mnist
