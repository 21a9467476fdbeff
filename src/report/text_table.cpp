// Tables of text. A table that is too wide is cut between columns rather than inside lines.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::size_t kGap = 2;  // columns between two columns

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines(1);
    for (const char c : text) {
        if (c == '\n') {
            lines.emplace_back();
        } else {
            lines.back() += c;
        }
    }
    return lines;
}

struct Laid {
    const TableColumn* column;
    std::vector<std::string> heading;
    std::size_t width;
};

Laid laid(const TableColumn& column) {
    Laid result{&column, lines_of(column.heading), 0};
    for (const std::string& line : result.heading) result.width = std::max(result.width, display_width(line));
    for (const std::string& cell : column.cells) result.width = std::max(result.width, display_width(cell));
    return result;
}

/// `row` is the cells' place in their columns, for the colours; headings have none.
void append_line(std::string& out, const std::vector<Laid>& columns, const std::vector<std::string>& cells,
                 std::optional<std::size_t> row = std::nullopt) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const TableColumn& column = *columns[i].column;
        const std::string fill(columns[i].width - display_width(cells[i]), ' ');
        std::string cell = cells[i];
        if (row && !column.colours.empty() && !column.colours.at(*row).empty())
            cell = fmt::format("{}{}\x1b[0m", column.colours.at(*row), cells[i]);
        if (i > 0) line.append(kGap, ' ');
        line += column.left ? cell + fill : fill + cell;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + '\n';
}

void append_block(std::string& out, const std::vector<Laid>& columns, int limit,
                  const std::vector<std::string>& below) {
    std::size_t heading_lines = 0;
    std::size_t width = kGap * (columns.size() - 1);
    for (const Laid& column : columns) {
        heading_lines = std::max(heading_lines, column.heading.size());
        width += column.width;
    }
    std::vector<std::string> cells(columns.size());
    for (std::size_t line = 0; line < heading_lines; ++line) {
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::size_t above = heading_lines - columns[i].heading.size();
            cells[i] = line < above ? "" : columns[i].heading[line - above];
        }
        append_line(out, columns, cells);
    }
    for (std::size_t i = 0; i < width; ++i) out += "─";
    out += '\n';
    for (std::size_t row = 0; row < columns.front().column->cells.size(); ++row) {
        for (std::size_t i = 0; i < columns.size(); ++i) cells[i] = columns[i].column->cells.at(row);
        append_line(out, columns, cells, row);
        if (!below.empty() && !below.at(row).empty()) out += wrapped(below.at(row), limit, "  ");
    }
}

}  // namespace

std::vector<TableColumn> columns_of(std::string_view aligned, const std::vector<std::string>& headings) {
    std::vector<TableColumn> columns;
    for (const std::string& heading : headings)
        columns.push_back({.heading = heading, .left = aligned.at(columns.size()) == 'l'});
    return columns;
}

void add_row(std::vector<TableColumn>& columns, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].cells.push_back(cells.at(i));
}

bool is_blank(const TableColumn& column) {
    return std::ranges::all_of(column.cells, [](const std::string& cell) { return cell.empty(); });
}

std::size_t table_width(const std::vector<TableColumn>& columns) {
    std::size_t width = 0;
    for (const TableColumn& column : columns) width += laid(column).width + (width > 0 ? kGap : 0);
    return width;
}

std::string table_text(const std::vector<TableColumn>& columns, int width,
                       const std::vector<std::string>& below) {
    std::string out;
    if (columns.empty()) return out;
    const auto limit = static_cast<std::size_t>(std::max(width, 1));
    const Laid first = laid(columns.front());
    std::vector<Laid> block{first};
    std::size_t used = first.width;
    for (std::size_t i = 1; i < columns.size(); ++i) {
        Laid next = laid(columns[i]);
        // A block holds at least one column beside the first, however narrow the terminal is.
        if (block.size() > 1 && used + kGap + next.width > limit) {
            append_block(out, block, width, out.empty() ? below : std::vector<std::string>{});
            out += '\n';
            block.assign(1, first);
            used = first.width;
        }
        used += kGap + next.width;
        block.push_back(std::move(next));
    }
    append_block(out, block, width, out.empty() ? below : std::vector<std::string>{});
    return out;
}

}  // namespace mnist
