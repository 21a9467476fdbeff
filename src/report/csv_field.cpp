// One rule for every table.
#include "csv_field.hpp"

#include <string_view>

#include "mnist/report/text.hpp"

namespace mnist {

std::string csv_field(const std::string& text) {
    std::string field = printable(text);
    constexpr std::string_view kFormula = "=+-@\t\r\n";
    // The first byte as the file has it: a tab is a blank by now.
    if (!text.empty() && kFormula.find(text.front()) != std::string_view::npos) field.insert(0, 1, '\'');
    if (!field.empty() && kFormula.find(field.front()) != std::string_view::npos) field.insert(0, 1, '\'');
    if (field.find_first_of(",\"") == std::string::npos) return field;
    std::string quoted = "\"";
    for (const char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

}  // namespace mnist
