// Text from files in Markdown: as code, in which nothing means anything. Private to this room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mnist {

/// GitHub refuses a comment of more than 65,536; counted in bytes.
inline constexpr std::size_t kMostCharacters = 60'000;

/// Printable, at most 400 columns.
[[nodiscard]] std::string code_span(std::string_view text);

/// A code span inside a table of GitHub Flavored Markdown 0.29, whose cells are split at bars before anything
/// else is looked at (4.10), so a bar is escaped in code as well.
[[nodiscard]] std::string code_cell(std::string_view text);

/// Lines as they are, fenced.
[[nodiscard]] std::string code_block(const std::string& text);

}  // namespace mnist
