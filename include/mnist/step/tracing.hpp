// Environment variables that have oneDNN write while it computes. Its lines go to standard error here
// (report/terminal keeps standard output for results); what they cost goes into whatever is being measured.
#pragma once

#include <string>
#include <vector>

namespace mnist {

/// What oneDNN was told to write, a sentence for each variable, with what to do about it.
[[nodiscard]] std::vector<std::string> tracing_warnings();

}  // namespace mnist
