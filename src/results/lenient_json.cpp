// One pass over the text, token by token, before the parser sees it: the parser itself stops at the first
// word it does not know and at the first number that overflows, and would give up a whole file for one
// counter. What is no token of JSON at all passes unchanged, for the parser to complain about.
#include "lenient_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "json_cursor.hpp"
#include "mnist/core/error.hpp"
#include "mnist/results/train_json.hpp"

namespace mnist {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool in_word(char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '+' || c == '-' || c == '.';
}

/// One past the closing quote of the string that opens at `begin`, or the end of the text.
std::size_t end_of_string(std::string_view text, std::size_t begin) {
    std::size_t at = begin + 1;
    while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

std::size_t end_of_token(std::string_view text, std::size_t begin) {
    if (text[begin] == '"') return end_of_string(text, begin);
    std::size_t at = begin;
    while (at < text.size() && in_word(text[at])) ++at;
    return std::max(at, begin + 1);
}

bool is_nonfinite_word(std::string_view token) {
    constexpr std::array<std::string_view, 3> kWords{"nan", "inf", "infinity"};
    if (token.front() == '-' || token.front() == '+') token.remove_prefix(1);
    return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
        return std::equal(token.begin(), token.end(), word.begin(), word.end(),
                          [](char a, char b) { return lower(a) == b; });
    });
}

/// A whole number token that is too great for a double; one that is too small is zero for the parser.
bool overflows(std::string_view token) {
    const bool starts_number = is_digit(token.front()) || token.front() == '-';
    constexpr std::size_t kMostDigits = 300;  // that any double holds
    if (!starts_number) return false;
    if (token.size() <= kMostDigits &&
        std::none_of(token.begin(), token.end(), [](char c) { return lower(c) == 'e'; }))
        return false;
    double value = 0;
    const char* end = token.data() + token.size();
    const auto [stopped, error] = std::from_chars(token.data(), end, value);
    if (error != std::errc::result_out_of_range || stopped != end) return false;
    return std::isinf(std::strtod(std::string(token).c_str(), nullptr));
}

void append_null(std::size_t token_size, std::string& out) {
    constexpr std::string_view kNull = "null";
    if (token_size < kNull.size() && !out.empty() && out.back() == ' ') out.pop_back();
    out.append(kNull);
    if (token_size > kNull.size()) out.append(token_size - kNull.size(), ' ');
}

}  // namespace

void require_result_size(const std::string& text, const std::string& where) {
    if (text.size() <= kMaxResultBytes) return;
    throw InputError({.where = where,
                      .expected = fmt::format("at most {} bytes", kMaxResultBytes),
                      .found = fmt::format("{} bytes", text.size()),
                      .remedy = "This is not a result of this program"});
}

std::string with_null_for_nonfinite(const std::string& text) {
    std::string out;
    out.reserve(text.size());
    std::size_t copied = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = end_of_token(text, at);
        const std::string_view token = std::string_view(text).substr(at, end - at);
        if (is_nonfinite_word(token) || overflows(token)) {
            out.append(text, copied, at - copied);
            append_null(token.size(), out);
            copied = end;
        }
        at = end;
    }
    return out.append(text, copied);
}

nlohmann::json parse_lenient_json(const std::string& text, const std::string& where, JsonRows& rows) {
    require_result_size(text, where);
    return parse_json_rows(with_null_for_nonfinite(text), where, kMaxResultDepth, rows);
}

}  // namespace mnist
