// A history for people and programs: what changed, between which places, by how much and whose change it is;
// then what is not in it and why. Pure functions. `is_gate`: whether the newest points are judged as well.
#pragma once

#include <string>

#include "mnist/history/history.hpp"
#include "mnist/report/train_text.hpp"

namespace mnist {

/// "3 changes: 1 unexplained regression, 1 of the machine, 1 improvement; 81 series of 810 points", or that
/// there are none.
[[nodiscard]] std::string history_summary(const History& history);
/// "FAILED: 2 series have an unexplained regression among their newest 10 points".
[[nodiscard]] std::string history_gate(const History& history);

/// Tables that fit a terminal, a machine and configuration each; where the style has Unicode with the course
/// of each series that changed. Long lists end in how many there are more.
[[nodiscard]] std::string history_text(const History& history, bool is_gate, const TextStyle& style);
/// GitHub Flavored Markdown; text from files is code. At most 60,000 characters, what a comment may have.
[[nodiscard]] std::string history_markdown(const History& history, bool is_gate);
/// Schema "mnist-history/1": {"schema", "order", "files", "gate": {"outcome", "reason"} or null, "groups":
/// [{"machine", "configuration", "places": [...], "series": [{"benchmark", "places", "seconds", "accuracy",
/// "compute_seconds", "memory_seconds", "disturbed", "changes"}]}], "left_out": [{"what", "why"}],
/// "remarks"}. Places of series and changes are those in the group; absent values are null.
[[nodiscard]] std::string history_json(const History& history, bool is_gate);
/// RFC 4180, UTF-8, a heading, lines end in CR LF: a line a change, of kind "change", then one of kind
/// "left_out" for all that is not in it.
[[nodiscard]] std::string history_csv(const History& history);

}  // namespace mnist
