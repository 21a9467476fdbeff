// Numbers, widths and lines. Wide (East Asian) characters are counted as one column: only labels could hold
// them, outside of tables.
#include "mnist/report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mnist {
namespace {

/// Length of the well-formed UTF-8 sequence at the start of `text`, 0 where there is none. Rejects overlong
/// forms, surrogates and what lies beyond U+10FFFF, as RFC 3629 does. `code` receives the code point.
std::size_t sequence_length(std::string_view text, std::uint32_t& code) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) {
        code = byte(0);
        return 1;
    }
    struct Form {
        unsigned char mask, lead;
        std::uint32_t least;
    };
    constexpr std::array<Form, 3> kForms{{{0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}}};
    for (std::size_t extra = 1; extra <= kForms.size(); ++extra) {
        const Form& form = kForms.at(extra - 1);
        if ((byte(0) & form.mask) != form.lead) continue;
        if (text.size() <= extra) return 0;
        code = byte(0) & static_cast<unsigned char>(~form.mask);
        for (std::size_t i = 1; i <= extra; ++i) {
            if ((byte(i) & 0xC0U) != 0x80) return 0;
            code = (code << 6U) | (byte(i) & 0x3FU);
        }
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        return code >= form.least && code <= 0x10FFFF && !surrogate ? extra + 1 : 0;
    }
    return 0;
}

bool is_control(std::uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F);
}

/// Marks without width: zero-width characters, direction overrides and isolates, line and paragraph
/// separators, byte order mark.
bool is_invisible_mark(std::uint32_t code) {
    return (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0x061C || code == 0xFEFF;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        std::uint32_t code = 0;
        const std::size_t length = sequence_length(text, code);
        if (length == 0) {
            clean += '?';
        } else if (code == '\t' || code == '\n' || code == '\r') {
            clean += ' ';
        } else if (!is_control(code) && !is_invisible_mark(code)) {
            clean += text.substr(0, length);
        }
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::string shortened(std::string_view text, std::size_t columns) {
    if (display_width(text) <= columns) return std::string(text);
    std::size_t end = 0;
    for (std::size_t taken = 0; end < text.size(); ++end) {
        const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80;
        if (starts && ++taken >= columns) break;
    }
    return std::string(text.substr(0, end)) + "…";
}

std::size_t display_width(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; }));
}

std::string grouped(std::uint64_t number) {
    std::string digits = fmt::to_string(number);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

std::string grouped(double number) {
    constexpr double kLimit = 1e18;
    if (!(number >= 0 && number < kLimit)) return "-";
    return grouped(static_cast<std::uint64_t>(std::llround(number)));
}

std::string wrapped(std::string_view text, int width, std::string_view first) {
    const std::size_t indent = display_width(first);
    const auto limit = static_cast<std::size_t>(std::max(width, 1));
    std::string out(first);
    std::size_t column = indent;
    bool line_is_empty = true;
    while (!text.empty()) {
        std::size_t end = std::min(text.find(' '), text.size());
        if (text.substr(end, 2) == " %")
            end = std::min(text.find(' ', end + 1), text.size());  // a figure keeps its unit
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        const std::size_t needed = display_width(word) + (line_is_empty ? 0 : 1);
        if (!line_is_empty && column + needed > limit) {
            out += '\n' + std::string(indent, ' ');
            column = indent;
            line_is_empty = true;
        }
        if (!line_is_empty) out += ' ';
        out += word;
        column += display_width(word) + (line_is_empty ? 0 : 1);
        line_is_empty = false;
    }
    return out + '\n';
}

std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i > 0) out += i + 1 == words.size() ? " and " : ", ";
        out += words[i];
    }
    return out;
}

bool natural_less(std::string_view a, std::string_view b) noexcept {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    const auto number = [&](std::string_view& text) {
        text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
        const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
        const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        text.remove_prefix(digits.size());
        return digits;
    };
    while (!a.empty() && !b.empty()) {
        if (is_digit(a.front()) && is_digit(b.front())) {
            const std::string_view one = number(a);
            const std::string_view other = number(b);
            if (one.size() != other.size()) return one.size() < other.size();
            if (one != other) return one < other;
            continue;
        }
        if (a.front() != b.front())
            return static_cast<unsigned char>(a.front()) < static_cast<unsigned char>(b.front());
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    return a.size() < b.size();
}

}  // namespace mnist
