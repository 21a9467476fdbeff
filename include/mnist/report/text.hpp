// Pieces that text for terminals is made of: widths in columns, grouped numbers, wrapped lines, aligned
// tables. All strings are UTF-8, in which every code point of ours takes one column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mnist {

/// `text` without what could steer a terminal: control characters (C0, DEL, C1) and the invisible marks that
/// reorder or break lines are dropped, tabs and line ends become spaces, bytes that are not UTF-8 become '?'.
/// For everything that comes from files.
[[nodiscard]] std::string printable(std::string_view text);

/// At most `columns` columns of `text`, which is printable already; what is longer ends in "…".
[[nodiscard]] std::string shortened(std::string_view text, std::size_t columns);

/// Columns that `text` takes: its code points.
[[nodiscard]] std::size_t display_width(std::string_view text) noexcept;

/// "1,234,567".
[[nodiscard]] std::string grouped(std::uint64_t number);
/// Rounded to a whole number, "245,300". Negative values and NaN do not occur: they give "-".
[[nodiscard]] std::string grouped(double number);

/// Lines of at most `width` columns, broken at spaces; `first` opens the first one, as many spaces the
/// others. A word longer than the line stands alone and whole. Ends with a line feed.
[[nodiscard]] std::string wrapped(std::string_view text, int width, std::string_view first = {});

/// "a", "a and b", "a, b and c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words);

/// Whether `a` stands before `b` where numbers in names count as numbers: "batch:64" before "batch:256".
[[nodiscard]] bool natural_less(std::string_view a, std::string_view b) noexcept;

struct TableColumn {
    std::string heading;               ///< several lines divided by '\n', set upon the rule below
    std::vector<std::string> cells{};  ///< as many as the other columns have
    bool left = false;                 ///< aligned left instead of right
    /// Escape sequences before the cells, one a cell ("" leaves it plain); they take no column. May be empty.
    std::vector<std::string> colours{};
};

/// Columns without a row yet; `aligned` has an 'l' or an 'r' for each heading.
[[nodiscard]] std::vector<TableColumn> columns_of(std::string_view aligned,
                                                  const std::vector<std::string>& headings);

/// A cell to each column.
void add_row(std::vector<TableColumn>& columns, const std::vector<std::string>& cells);

/// Whether no cell of it says anything.
[[nodiscard]] bool is_blank(const TableColumn& column);

/// Columns of a terminal that the table takes in one block.
[[nodiscard]] std::size_t table_width(const std::vector<TableColumn>& columns);

/// Aligned columns under a rule. What does not fit into `width` goes into another block below that repeats
/// the first column, so that a narrow terminal never breaks lines. `below` is empty or has a sentence a row
/// that stands under the row in the first block, wrapped and indented; an empty one takes no line. Ends with
/// a line feed; empty without columns.
[[nodiscard]] std::string table_text(const std::vector<TableColumn>& columns, int width,
                                     const std::vector<std::string>& below = {});

}  // namespace mnist
