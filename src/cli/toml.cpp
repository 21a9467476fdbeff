// A reader by recursive descent over the text; it keeps the line number for messages and understands nothing
// that it cannot check.
#include "toml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "mnist/core/error.hpp"

namespace mnist {
namespace {

bool is_key_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

// What TOML forbids in a string. A zero byte above all: it has no escape either, so it could never be written
// down again.
bool is_control_character(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

class TomlReader {
  public:
    TomlReader(std::string_view text, const std::string& where) : text_(text), where_(where) {
        if (text_.starts_with("\xef\xbb\xbf")) position_ = 3;  // byte order mark of some editors
    }

    std::vector<TomlEntry> entries() {
        std::vector<TomlEntry> all;
        for (skip_empty_lines(); !at_end(); skip_empty_lines()) {
            TomlEntry entry = read_entry();
            for (const TomlEntry& earlier : all) {
                if (earlier.key == entry.key)
                    fail(fmt::format("key {} once", entry.key),
                         fmt::format("it on line {} already", earlier.line), entry.line);
            }
            all.push_back(std::move(entry));
        }
        return all;
    }

  private:
    [[nodiscard]] bool at_end() const { return position_ >= text_.size(); }
    [[nodiscard]] char peek() const { return at_end() ? '\n' : text_[position_]; }
    [[nodiscard]] bool at_line_end() const { return peek() == '\n' || peek() == '\r'; }

    char take() {
        const char c = text_[position_++];
        if (c == '\n') ++line_;
        return c;
    }

    [[noreturn]] void fail(std::string expected, std::string found, std::size_t line) const {
        throw InputError({.where = fmt::format("{}, line {}", where_, line),
                          .expected = std::move(expected),
                          .found = std::move(found)});
    }

    // What is left of the current line, for messages.
    [[nodiscard]] std::string rest_of_line() const {
        const std::string_view rest = text_.substr(std::min(position_, text_.size()));
        std::string line(rest.substr(0, std::min(rest.find_first_of("\r\n"), std::size_t{40})));
        std::replace_if(
            line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
        return line.empty() ? "the end of the line" : fmt::format("\"{}\"", line);
    }

    [[noreturn]] void fail_here(std::string expected) const {
        fail(std::move(expected), rest_of_line(), line_);
    }

    void skip_spaces() {
        while (!at_end() && (peek() == ' ' || peek() == '\t')) take();
    }

    void skip_comment() {
        if (peek() != '#') return;
        while (!at_end() && peek() != '\n') take();
    }

    void skip_empty_lines() {
        while (true) {
            skip_spaces();
            skip_comment();
            if (at_end() || !at_line_end()) return;
            take();
        }
    }

    TomlEntry read_entry() {
        TomlEntry entry;
        entry.line = line_;
        if (peek() == '[') fail_here("key = value (the file is flat, without [tables])");
        if (peek() == '"' || peek() == '\'') {
            entry.key = read_string().text;
        } else {
            while (!at_end() && is_key_character(peek())) entry.key += take();
        }
        if (entry.key.empty()) fail_here("key = value");
        skip_spaces();
        if (peek() != '=') fail_here(fmt::format("= behind key {}", entry.key));
        take();
        skip_spaces();
        if (peek() == '[' && !at_end()) {
            entry.is_array = true;
            entry.values = read_array();
        } else {
            entry.values.push_back(read_scalar());
        }
        skip_spaces();
        skip_comment();
        if (!at_line_end()) fail_here(fmt::format("the end of the line behind the value of {}", entry.key));
        return entry;
    }

    std::vector<TomlValue> read_array() {
        const std::size_t opened = line_;
        std::vector<TomlValue> values;
        take();
        while (true) {
            skip_empty_lines();
            if (at_end()) fail("] at the end of the array", "the end of the file", opened);
            if (peek() == ']') break;
            values.push_back(read_scalar());
            skip_empty_lines();
            if (peek() == ',') {
                take();
            } else if (peek() != ']' || at_end()) {
                fail_here(", or ] behind a value of the array");
            }
        }
        take();
        return values;
    }

    TomlValue read_scalar() {
        if (peek() == '"' || peek() == '\'') return read_string();
        std::string word;
        while (!at_end() && std::string_view(" \t\r\n,#[]").find(peek()) == std::string_view::npos)
            word += take();
        if (word == "true" || word == "false") return {TomlType::boolean, word};

        std::string digits = word;
        std::erase(digits, '_');
        if (digits.starts_with('+')) digits.erase(0, 1);
        const char* end = digits.data() + digits.size();
        double number = 0;
        const auto [stopped, error] = std::from_chars(digits.data(), end, number);
        if (digits.empty() || stopped != end || error == std::errc::invalid_argument) {
            fail("a number, true, false, or a string in quotes",
                 word.empty() ? rest_of_line() : fmt::format("\"{}\"", word), line_);
        }
        const bool whole = digits.find_first_not_of("-0123456789") == std::string::npos;
        return {whole ? TomlType::integer : TomlType::real, digits};
    }

    TomlValue read_string() {
        const char quote = take();
        TomlValue value;
        while (peek() != quote) {
            if (at_end() || at_line_end())
                fail(fmt::format("{} at the end of the string", quote), "the end of the line", line_);
            if (is_control_character(peek()))
                fail("printable characters in a string (others as \\u00XX in double quotes)",
                     fmt::format("the byte {:#04x}", static_cast<unsigned char>(peek())), line_);
            const char c = take();
            value.text += quote == '"' && c == '\\' ? read_escape() : std::string(1, c);
        }
        take();
        return value;
    }

    // Behind a backslash in a basic string.
    std::string read_escape() {
        if (at_end() || at_line_end()) fail("a character behind \\", "the end of the line", line_);
        const char c = take();
        constexpr std::string_view kLetters = "btnfr\"\\";
        constexpr std::string_view kMeanings = "\b\t\n\f\r\"\\";
        const std::size_t index = kLetters.find(c);
        if (index != std::string_view::npos) return {kMeanings[index]};
        if (c != 'u')
            fail("one of the escapes \\b \\t \\n \\f \\r \\\" \\\\ \\u00XX", fmt::format("\\{}", c), line_);
        unsigned code = 0;
        const std::string_view digits = text_.substr(position_, 4);
        const auto [stopped, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
        if (digits.size() != 4 || error != std::errc{} || stopped != digits.data() + 4 || code == 0 ||
            code > 0x7f)
            fail("four hexadecimal digits of an ASCII character behind \\u (write others as UTF-8)",
                 fmt::format("\"{}\"", digits), line_);
        position_ += 4;
        return {static_cast<char>(code)};
    }

    std::string_view text_;
    const std::string& where_;
    std::size_t position_ = 0;
    std::size_t line_ = 1;
};

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
    return TomlReader(text, where).entries();
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
