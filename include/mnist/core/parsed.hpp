// A number out of a text that is nothing else: whatever the locale, and nothing before or behind it is
// overlooked.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace mnist {

/// Nothing where the text is no such number, or one that `Number` cannot hold; "inf" and "nan" are numbers of
/// double. `base`: of whole numbers.
template <class Number, std::same_as<int>... Base>
[[nodiscard]] std::optional<Number> parsed(std::string_view text, Base... base) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number, base...);
    return error == std::errc{} && stopped == end ? std::optional(number) : std::nullopt;
}

}  // namespace mnist
