// The part of TOML that a flat configuration needs: `key = value` with numbers, true and false, strings, and
// arrays of these (over several lines where wanted), and comments. CLI11's own reader is not used: it forgets
// the types, cuts strings at '#' and takes a line without '=' for a flag, so that mistakes would pass
// unnoticed. Left out: tables, dates, multi-line strings.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

enum class TomlType { integer, real, boolean, string };

struct TomlValue {
    TomlType type = TomlType::string;
    std::string text;  ///< numbers as they are written, without '_' and a leading '+'; strings without quotes
                       ///< and escapes
};

struct TomlEntry {
    std::string key;
    std::size_t line = 0;  ///< counts from 1
    bool is_array = false;
    std::vector<TomlValue> values;  ///< exactly one unless is_array
};

/// "an integer", "a number", ...
[[nodiscard]] std::string_view name(TomlType type);

/// All entries in their order. `where` names the source in errors. Throws InputError ("WHERE, line N:
/// expected ..., found ...") on anything that is not understood, and on a key that is there twice.
[[nodiscard]] std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& where);

/// A basic string with quotes and escapes that parse_toml reads back to the same bytes.
[[nodiscard]] std::string toml_string(std::string_view text);

}  // namespace mnist
