// A comparison for a pull request: GitHub's and GitLab's Markdown.
#pragma once

#include <string>

#include "mnist/compare/ranking.hpp"

namespace mnist {

/// The summary in bold; the rows that changed as a table, those that did not folded away; the notes of
/// comparison_text as they are. Of three or more files the rankings come first. Names, labels and all other
/// text from files stand in code spans and code blocks, the only places where Markdown takes nothing for
/// markup, and where "@name" calls nobody and "#1" links nothing. Ends with a line feed. It has at most
/// 60,000 characters, for GitHub takes no comment of more than 65,536: where all rows would not fit, those
/// that got worse stand first, then what got better, the undecided and the rest, the greatest changes first,
/// and a line says how many of each are not shown and which formats have them.
[[nodiscard]] std::string comparison_markdown(const ComparedFiles& files);

}  // namespace mnist
