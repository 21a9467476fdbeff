// Code spans and fences of CommonMark 0.30 (6.1, 4.5): delimited by more backticks than they hold in a row.
#include "markdown_code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "comparison_words.hpp"

namespace mnist {
namespace {

std::size_t longest_run_of_backticks(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

}  // namespace

std::string code_span(std::string_view text) {
    const std::string content = short_printable(text);
    const std::string ticks(longest_run_of_backticks(content) + 1, '`');
    const bool touches = content.empty() || content.front() == '`' || content.back() == '`';
    return touches ? ticks + " " + content + " " + ticks : ticks + content + ticks;
}

// A backslash before a bar would take the bar's own one for its companion, so a blank keeps them apart.
std::string code_cell(std::string_view text) {
    std::string cell;
    for (const char c : code_span(text)) {
        if (c == '|') cell += cell.ends_with('\\') ? " \\" : "\\";
        cell += c;
    }
    return cell;
}

std::string code_block(const std::string& text) {
    const std::string fence(std::max<std::size_t>(longest_run_of_backticks(text) + 1, 3), '`');
    return fmt::format("{}text\n{}{}\n", fence, text, fence);
}

}  // namespace mnist
