// Each check with the words that its message has.
#include "mnist/core/values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>

#include "mnist/core/error.hpp"
#include "mnist/core/parsed.hpp"

namespace mnist {
namespace {

std::string shown(std::string_view word) {
    return word.empty() ? "nothing" : fmt::format("\"{}\"", word);
}

[[noreturn]] void refuse(const GivenValue& given, std::string expected, std::string remedy = {}) {
    throw InputError({.where = given.where,
                      .expected = std::move(expected),
                      .found = shown(given.text()),
                      .remedy = std::move(remedy)});
}

// Levenshtein distance, one row at a time.
std::size_t edits(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= from.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const std::size_t substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
        }
    }
    return row.back();
}

}  // namespace

std::string either_of(const std::vector<std::string>& words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
    return text;
}

std::string underscored(std::string_view key) {
    std::string text(key);
    std::replace(text.begin(), text.end(), '-', '_');
    return text;
}

std::vector<std::string> argument_words(int argc, const char* const* argv) {
    std::vector<std::string> words;
    for (const std::string_view word : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
        const bool empty_value =
            word.size() > 3 && word.starts_with("--") && word.find('=') == word.size() - 1;
        words.emplace_back(word.substr(0, word.size() - (empty_value ? 1 : 0)));
        if (empty_value) words.emplace_back();
    }
    return words;
}

const std::string& GivenValue::non_empty(std::string_view what) const {
    if (text().empty()) refuse(*this, std::string(what));
    return text();
}

std::uint64_t GivenValue::count(std::uint64_t low, std::uint64_t high) const {
    const auto number = parsed<std::uint64_t>(text());
    if (!number || *number < low || *number > high)
        refuse(*this, fmt::format("a whole number from {} to {}", low, high));
    return *number;
}

std::uint64_t GivenValue::count_or_auto(std::uint64_t high, std::string_view remedy) const {
    if (text() == "auto") return 0;
    const auto number = parsed<std::uint64_t>(text());
    if (!number || *number < 1 || *number > high)
        refuse(*this, fmt::format("auto or a whole number from 1 to {}", high), std::string(remedy));
    return *number;
}

double GivenValue::positive() const {
    const auto number = parsed<double>(text());
    if (!number || !std::isfinite(*number) || *number <= 0) refuse(*this, "a finite number above 0");
    return *number;
}

double GivenValue::number(double low, double high) const {
    const auto number = parsed<double>(text());
    if (!number || !(*number >= low && *number <= high))
        refuse(*this, fmt::format("a number from {} to {}", low, high));
    return *number;
}

double GivenValue::share() const {
    const auto number = parsed<double>(text());
    if (!number || !(*number >= 0 && *number < 1))
        refuse(*this, "a number from 0 up to, but not including, 1");
    return *number;
}

double GivenValue::percentage() const {
    const auto number = parsed<double>(text());
    if (!number || !(*number > 0 && *number <= 100)) refuse(*this, "a percentage above 0 and at most 100");
    return *number;
}

bool GivenValue::boolean() const {
    if (text() != "true" && text() != "false") refuse(*this, "true or false");
    return text() == "true";
}

std::vector<GivenValue> GivenValue::elements(std::string_view what) const {
    std::vector<GivenValue> parts;
    for (const std::string& word : words) {
        std::size_t begin = 0;
        while (true) {
            const std::size_t comma = word.find(',', begin);
            parts.push_back({where, {word.substr(begin, comma - begin)}});
            if (parts.back().text().empty())
                refuse({where, {word}}, fmt::format("{}, separated by commas", what));
            if (comma == std::string::npos) break;
            begin = comma + 1;
        }
    }
    if (parts.empty()) refuse({where, {""}}, fmt::format("{}, separated by commas", what));
    return parts;
}

void GivenValue::require_one_of(const std::vector<std::string>& known) const {
    if (std::find(known.begin(), known.end(), text()) != known.end()) return;
    refuse(*this, fmt::format("one of {}", fmt::join(known, ", ")), suggestion(text(), known));
}

std::string nearest_word(std::string_view given, const std::vector<std::string>& known) {
    std::string word(given);  // all known words are in small letters
    std::transform(word.begin(), word.end(), word.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    std::string nearest;
    std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const std::string& candidate : known) {
        const std::size_t needed = edits(word, candidate);
        if (needed < fewest && needed < candidate.size()) {
            fewest = needed;
            nearest = candidate;
        }
    }
    return nearest;
}

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::string nearest = nearest_word(word, known);
    return nearest.empty() ? "" : fmt::format("Did you mean {}?", nearest);
}

}  // namespace mnist
