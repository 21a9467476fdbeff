// HTML that is made of elements and text only. Whatever text comes in is escaped, so nothing in a file can
// become markup: there is no way to put in a piece of HTML as it is. Only inside this room.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mnist {

class Html {
  public:
    Html() = default;
    // NOLINTBEGIN(google-explicit-constructor): text stands wherever markup may
    Html(std::string_view text);
    Html(const std::string& text) : Html(std::string_view(text)) {}
    Html(const char* text) : Html(std::string_view(text)) {}
    // NOLINTEND(google-explicit-constructor)

    [[nodiscard]] const std::string& markup() const { return markup_; }
    [[nodiscard]] bool empty() const { return markup_.empty(); }
    Html& operator+=(const Html& more) {
        markup_ += more.markup_;
        return *this;
    }
    friend Html operator+(Html first, const Html& more) { return std::move(first += more); }

  private:
    friend Html el(std::string_view, const Html&,
                   std::initializer_list<std::pair<std::string_view, std::string_view>>);
    std::string markup_;
};

/// An element: el("p.note", "text"). `tag` is ours, with at most one "." before its classes; values of
/// attributes are escaped, and those that are empty are left out.
[[nodiscard]] Html el(std::string_view tag, const Html& content = {},
                      std::initializer_list<std::pair<std::string_view, std::string_view>> attributes = {});

/// A list, an item a text; nothing without any.
[[nodiscard]] Html sentences(const std::vector<std::string>& texts);

/// What opens when it is asked for; `open` is how it begins.
[[nodiscard]] Html disclosure(const std::string& title, const Html& content, bool open = false);

/// A column of a table of rows of any type. `kind` is a class: "number", "wide" (may break anywhere) or
/// empty.
template <class Row>
struct HtmlColumn {
    std::string name;
    std::string_view kind;
    std::function<Html(const Row&)> cell;  ///< "–" where it gives nothing
};

/// A cell below the heading `name`, which a phone shows beside it.
[[nodiscard]] Html table_cell(const Html& content, std::string_view kind, const std::string& name,
                              bool is_first);
/// The table around its heads and rows.
[[nodiscard]] Html table_of(const Html& heads, const Html& rows, const std::string& caption);

/// One line a row, the first column heads it.
template <class Row, class Rows>
[[nodiscard]] Html table(const std::vector<HtmlColumn<Row>>& columns, const Rows& rows,
                         const std::string& caption = {}) {
    Html heads;
    for (const auto& column : columns)
        heads +=
            el("th", column.name, {{"scope", "col"}, {"class", column.kind == "number" ? "number" : ""}});
    Html body;
    for (const Row& row : rows) {
        Html cells;
        for (const auto& column : columns)
            cells += table_cell(column.cell(row), column.kind, column.name, &column == &columns.front());
        body += el("tr", cells);
    }
    return table_of(heads, body, caption);
}

/// A chart's place: `chart` says to the page's script what to draw there. Its numbers stand open below until
/// the chart is drawn.
[[nodiscard]] Html figure(const std::string& chart, const std::string& title, const std::string& note,
                          const Html& numbers);

}  // namespace mnist
