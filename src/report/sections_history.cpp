// The course of benchmarks over time: what changed in sentences and as a table, then a figure a series.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;

constexpr std::size_t kMostOpen = 12;  // figures that nobody has to ask for

Html text_of(const Json& row, const char* key) {
    return Html(row[key].get<std::string>());
}

Column text_column(const char* title, const char* key, const char* kind) {
    return {title, kind, [key](const Json& row) { return text_of(row, key); }};
}

Html changes_table(const Json& group) {
    if (group["changes"].empty()) return {};
    const std::vector<Json> rows = group["changes"];
    const std::vector<Column> columns{text_column("Benchmark", "benchmark", "wide"),
                                      text_column("Change", "change", ""),
                                      text_column("Ratio", "size", "number"),
                                      text_column("95 % interval", "interval", "number"),
                                      text_column("Whose", "cause", ""),
                                      text_column("After", "after", "wide"),
                                      text_column("Since", "since", "wide"),
                                      text_column("Commit", "commit", "wide"),
                                      text_column("Machine", "machine", ""),
                                      text_column("Without it", "corrected", "number")};
    return table(columns, rows);
}

Html history_figure(const Json& group, std::size_t place, std::size_t at) {
    const Json& series = group["series"][at];
    const std::vector<Json> levels = series["levels"];
    const std::vector<Column> columns{
        text_column("Since", "since", "wide"),
        text_column("Until", "until", "wide"),
        {"Points", "number", [](const Json& row) { return Html(whole(row["points"])); }},
        {"Median", "number", [](const Json& row) { return Html(duration(row["seconds"])); }},
        {"Peak", "number", [](const Json& row) { return Html(fixed(row["peak"], 3)); }},
        {"Bandwidth", "number", [](const Json& row) { return Html(fixed(row["bandwidth"], 3)); }}};
    return figure(
        fmt::format("history {} {}", place, at), series["benchmark"].get<std::string>(),
        fmt::format("{}, median {}", plural(series["points"], "point"), duration(series["seconds"])),
        table(columns, levels));
}

Html group_part(const Json& group, std::size_t place) {
    const std::size_t all = group["all_series"];
    const std::size_t shown = group["series"].size();
    Html part = el("h3", group["title"].get<std::string>()) + el("p.note", group["range"].get<std::string>());
    part += group["sentences"].empty() ? el("p", fmt::format("No change in {} series.", all))
                                       : sentences(group["sentences"]);
    part += changes_table(group);
    Html open;
    Html more;
    for (std::size_t i = 0; i < shown; ++i) (i < kMostOpen ? open : more) += history_figure(group, place, i);
    part += el("div.grid thirds", open);
    if (!more.empty())
        part += disclosure(fmt::format("{} more series", shown - kMostOpen), el("div.grid thirds", more));
    if (shown < all)
        part += el("p.note", fmt::format("{} of {} series are here; `mnist history` has all.", shown, all));
    return part;
}

}  // namespace

Html history_section(const Json& report) {
    const Json& history = report["history"];
    if (history.is_null()) return {};
    Html parts =
        el("p.note",
           "Speed relative to the median of the series, by time of measurement: higher is faster. "
           "Dashed is the multiply-add peak, dotted the bandwidth that the same processes measured of "
           "their machine. Of long series each point is the median of several, and the band reaches "
           "from the lowest to the highest.") +
        el("p.note", el("span.cause program", "▲") + Html(" a change of the program, ") +
                         el("span.cause machine", "□") + Html(" of the machine, ") +
                         el("span.cause undecided", "○") + Html(" undecided."));
    for (std::size_t i = 0; i < history["groups"].size(); ++i) parts += group_part(history["groups"][i], i);
    return parts;
}

}  // namespace mnist
