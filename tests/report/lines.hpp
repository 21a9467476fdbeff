// What several tests ask of a text's lines.
#pragma once

#include <algorithm>
#include <sstream>
#include <string>

#include "mnist/report/text.hpp"

namespace mnist_test {

/// Columns of the widest line on a terminal.
inline std::size_t widest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t widest = 0;
    for (std::string line; std::getline(lines, line);) widest = std::max(widest, mnist::display_width(line));
    return widest;
}

}  // namespace mnist_test
