// One rule for every table.
#include "csv_field.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

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

std::string csv_line(std::span<const char* const> columns, const nlohmann::ordered_json& object) {
    std::vector<std::string> fields;
    for (const char* const column : columns) {
        std::string& field = fields.emplace_back();
        const auto found = object.find(column);
        if (found == object.end() || found->is_null()) continue;
        if (found->is_string()) {
            field = csv_field(*found);
        } else if (!found->is_number_float()) {
            field = found->dump();
        } else if (std::isfinite(found->get<double>())) {
            field = fmt::format("{}", found->get<double>());
        }
    }
    return fmt::format("{}\r\n", fmt::join(fields, ","));
}

}  // namespace mnist
