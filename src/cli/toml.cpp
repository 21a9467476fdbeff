// The only file that sees toml++, whose headers take three seconds to compile. A mistake is shown with its
// line, because what the library says of it ("could not determine value type") needs the text beside it.
#include "toml.hpp"

#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

constexpr std::string_view kWordsBefore = "Error while parsing ";
constexpr std::string_view kTomlRemedy =
    "Texts stand in quotes, mnist train --print-config shows a file that is right";
constexpr std::string_view kWholeRemedy = "A whole number above 9223372036854775807 stands in quotes";
constexpr std::string_view kScalars = "a number, true, false, or a string in quotes";

std::string place(const std::string& where, const toml::source_position& at) {
    return fmt::format("{}, line {}, column {}", where, at.line, at.column);
}

// The line in quotes, as much of it as a message can hold.
std::string quoted_line(std::string_view text, std::size_t number) {
    std::istringstream lines{std::string(text)};
    std::string line;
    for (std::size_t i = 0; i < number; ++i)
        if (!std::getline(lines, line)) line.clear();
    line.resize(std::min(line.find('\r'), std::min(line.size(), std::size_t{60})));
    std::replace_if(
        line.begin(), line.end(), [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
    return fmt::format("\"{}\"", line);
}

InputError in_words(const toml::parse_error& error, std::string_view text, const std::string& where) {
    std::string_view what = error.description();
    const bool utf8 = what.find("utf-8") != std::string_view::npos;
    const bool large = what.find("not representable") != std::string_view::npos;
    if (what.starts_with(kWordsBefore)) what.remove_prefix(kWordsBefore.size());
    const toml::source_position& at = error.source().begin;
    return InputError(
        {.where = place(where, at),
         .expected = utf8 ? "UTF-8, as all of TOML is" : "TOML",
         .found = fmt::format("{} ({})", quoted_line(text, at.line), what),
         .remedy = std::string(utf8    ? "Other names of files and folders, or another label, will do"
                               : large ? kWholeRemedy
                                       : kTomlRemedy)});
}

// Shortest text that reads back to the same number, with the point or exponent of TOML's reals.
std::string real_text(double number) {
    std::string text = fmt::format("{}", number);
    if (text.find_first_not_of("-0123456789") == std::string::npos) text += ".0";
    return text;
}

TomlValue scalar(const toml::node& node, const std::string& where) {
    if (const auto* const whole = node.as_integer()) return {TomlType::integer, std::to_string(whole->get())};
    if (const auto* const real = node.as_floating_point()) return {TomlType::real, real_text(real->get())};
    if (const auto* const boolean = node.as_boolean())
        return {TomlType::boolean, boolean->get() ? "true" : "false"};
    const auto* const string = node.as_string();
    if (string == nullptr)
        throw InputError({.where = place(where, node.source().begin),
                          .expected = std::string(kScalars),
                          .found = node.is_array()   ? "an array"
                                   : node.is_table() ? "a table"
                                                     : "a date or a time"});
    if (string->get().find('\0') != std::string::npos)
        throw InputError({.where = place(where, node.source().begin),
                          .expected = "a string without zero bytes",
                          .found = "\\u0000"});
    return {TomlType::string, string->get()};
}

TomlEntry entry_of(const toml::key& key, const toml::node& node, const std::string& where) {
    if (node.is_table())
        throw InputError({.where = place(where, key.source().begin),
                          .expected = "key = value (the file is flat, without [tables])",
                          .found = fmt::format("the table {}", key.str())});
    TomlEntry entry{.key = std::string(key.str()), .line = key.source().begin.line, .values = {}};
    const toml::array* const array = node.as_array();
    entry.is_array = array != nullptr;
    if (array == nullptr) {
        entry.values.push_back(scalar(node, where));
    } else {
        for (const toml::node& element : *array) entry.values.push_back(scalar(element, where));
    }
    return entry;
}

}  // namespace

std::string_view name(TomlType type) {
    switch (type) {
        case TomlType::integer:
            return "a whole number";
        case TomlType::real:
            return "a number";
        case TomlType::boolean:
            return "true or false";
        case TomlType::string:
            break;
    }
    return "a string in quotes";
}

std::vector<TomlEntry> parse_toml(std::string_view text, const std::string& where) {
    std::vector<TomlEntry> entries;
    try {
        const toml::table table = toml::parse(text);
        for (const auto& [key, node] : table) entries.push_back(entry_of(key, node, where));
    } catch (const toml::parse_error& error) {
        throw in_words(error, text, where);
    }
    std::sort(entries.begin(), entries.end(),
              [](const TomlEntry& a, const TomlEntry& b) { return a.line < b.line; });
    return entries;
}

std::string toml_string(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            quoted += '\\';
            quoted += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            quoted += c;
        }
    }
    return quoted + '"';
}

}  // namespace mnist
