// Words from the command line or a configuration file become numbers and lists here, with the same checks and
// the same messages for both: "WHERE: expected ..., found ...".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// What the user gave for one setting, and where ("--epochs" or "run.toml, line 3, epochs").
struct GivenValue {
    std::string where;
    std::vector<std::string> words;  ///< never empty for a single value: the last one counts

    [[nodiscard]] const std::string& text() const { return words.back(); }
    /// A path or another text that must not be empty. `what` names it in the error.
    [[nodiscard]] const std::string& non_empty(std::string_view what) const;
    /// A whole number in [low, high], decimal digits only.
    [[nodiscard]] std::uint64_t count(std::uint64_t low, std::uint64_t high) const;
    /// 0 for "auto", else a whole number in [1, high]; the error ends with `remedy`.
    [[nodiscard]] std::uint64_t count_or_auto(std::uint64_t high, std::string_view remedy) const;
    /// A finite number > 0.
    [[nodiscard]] double positive() const;
    /// A number in [low, high].
    [[nodiscard]] double number(double low, double high) const;
    /// A number in [0, 1).
    [[nodiscard]] double share() const;
    /// A number in (0, 100].
    [[nodiscard]] double percentage() const;
    /// true or false.
    [[nodiscard]] bool boolean() const;
    /// All words, split at commas. Throws InputError on an empty element or an empty list.
    [[nodiscard]] std::vector<GivenValue> elements(std::string_view what) const;
    /// One of `known`; the error lists them and suggests the nearest.
    void require_one_of(const std::vector<std::string>& known) const;
};

/// "a, b or c".
[[nodiscard]] std::string either_of(const std::vector<std::string>& words);

/// A setting's key as TOML and JSON spell it, with '_' for '-'.
[[nodiscard]] std::string underscored(std::string_view key);

/// The arguments behind the program's name, with "--flag=" as two words, "--flag" and "": CLI11 would take
/// the next argument for the value that is missing.
[[nodiscard]] std::vector<std::string> argument_words(int argc, const char* const* argv);

/// The known word that `given` was probably meant to be: at most two edits (or a third of its letters) away,
/// capital letters aside. Empty without one.
[[nodiscard]] std::string nearest_word(std::string_view given, const std::vector<std::string>& known);

/// "Did you mean X?" for an error's remedy; empty without a nearest word.
[[nodiscard]] std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace mnist
