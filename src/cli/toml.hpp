// A configuration file as the flat list of entries that it is: `key = value` with numbers, true and false,
// strings, and arrays of these. toml++ reads the text; here is what a configuration takes of it, and what a
// mistake is called. CLI11's own reader is not used: it forgets the types, cuts strings at '#' and takes a
// line without '=' for a flag, so that mistakes would pass unnoticed. Left out: tables and dates.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

enum class TomlType { integer, real, boolean, string };

struct TomlValue {
    TomlType type = TomlType::string;
    std::string text;  ///< numbers in their shortest form; strings without quotes and escapes
};

struct TomlEntry {
    std::string key;
    std::size_t line = 0;  ///< counts from 1
    bool is_array = false;
    std::vector<TomlValue> values;  ///< exactly one unless is_array
};

/// "an integer", "a number", ...
[[nodiscard]] std::string_view name(TomlType type);

/// All entries in the order of their lines. `where` names the source in errors. Throws InputError ("WHERE,
/// line N, column M: expected ..., found ...") on what is no TOML (a key that is there twice, an integer
/// above 2^63 - 1, bytes that are not UTF-8, ...), on tables and dates, and on a zero byte in a string, which
/// no path can have.
[[nodiscard]] std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& where);

/// A basic string with quotes and escapes that parse_toml reads back to the same bytes where they are UTF-8.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace mnist
