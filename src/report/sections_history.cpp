// The course of benchmarks over time: what changed in sentences and as a table, then a figure a series.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page_numbers.hpp"
#include "page_sections.hpp"

namespace mnist {
namespace {

using Column = HtmlColumn<Json>;

constexpr std::size_t kMostOpen = 12;    // figures that nobody has to ask for, of a group with changes
constexpr std::size_t kMostOfQuiet = 3;  // of one without

Html change_rows(const Json& group) {
    if (group["changes"].empty()) return {};
    const std::vector<Json> rows = group["changes"];
    const std::vector<Column> columns{text_column("Benchmark", "benchmark", "wide"),
                                      text_column("Change", "change", ""),
                                      text_column("Ratio", "size", "number"),
                                      text_column("95 % interval", "interval", "number"),
                                      text_column("Whose", "cause", ""),
                                      text_column("After", "after", "together"),
                                      text_column("Since", "since", "together"),
                                      text_column("Commit", "commit", "together"),
                                      text_column("Machine", "machine", ""),
                                      text_column("Machine-adjusted ratio", "corrected", "number")};
    return table(columns, rows);
}

Html history_figure(const Json& group, std::size_t place, std::size_t at) {
    const Json& series = group["series"][at];
    const std::vector<Json> levels = series["levels"];
    const std::vector<Column> columns{
        text_column("Since", "since", "together"),
        text_column("Until", "until", "together"),
        number_column("Points", "points", whole),
        number_column("Median", "seconds", duration),
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
    const std::size_t most_open = group["changes"].empty() ? kMostOfQuiet : kMostOpen;
    Html part = el("h3", group["title"].get<std::string>()) + el("p.note", group["range"].get<std::string>());
    part += sentences(group["sentences"]);
    if (!group["changes"].empty())
        part += disclosure(plural(group["changes"].size(), "change"), change_rows(group), shown == 1);
    Html open;
    Html more;
    for (std::size_t i = 0; i < shown; ++i) (i < most_open ? open : more) += history_figure(group, place, i);
    part += el("div.grid thirds", open);
    if (!more.empty())
        part += disclosure(fmt::format("{} more series", shown - most_open), el("div.grid thirds", more));
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
    const std::size_t shown = history["groups"].size();
    for (std::size_t i = 0; i < shown; ++i) parts += group_part(history["groups"][i], i);
    if (const std::size_t all = history["all_groups"]; shown < all)
        parts += el("p.note",
                    fmt::format("{} of {} machines and configurations are here; `mnist history` has all.",
                                shown, all));
    return parts;
}

}  // namespace mnist
