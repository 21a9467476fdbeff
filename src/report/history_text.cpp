// Tables for a terminal: what changed stands behind the name, and what does not fit goes below the row.
// Groups without changes share a line, so that twenty of them do not hide the one that has some.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "comparison_words.hpp"
#include "history_words.hpp"
#include "mnist/report/history_report.hpp"
#include "mnist/report/text.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostListed = 20;

/// How fast over the series, eight heights, the median of as many points as a column has; higher is faster.
std::string course(const HistoryLine& line) {
    constexpr std::size_t kColumns = 24;
    constexpr std::array kHeights{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const std::size_t columns = std::min(kColumns, line.points.size());
    std::vector<double> speeds;
    for (std::size_t column = 0; column < columns; ++column) {
        std::vector<double> own;
        for (std::size_t i = column * line.points.size() / columns;
             i < (column + 1) * line.points.size() / columns; ++i)
            own.push_back(-std::log(line.points[i].seconds));
        speeds.push_back(median(own).value_or(0));
    }
    const auto [least, most] = std::ranges::minmax_element(speeds);
    std::string text;
    for (const double speed : speeds) {
        const double share = *most > *least ? (speed - *least) / (*most - *least) : 0;
        text += kHeights[static_cast<std::size_t>(std::lround(share * (kHeights.size() - 1)))];
    }
    return text;
}

std::string colour_of(const Change& change) {
    if (change.cause == Cause::machine) return {};
    return is_unexplained_regression(change) ? "\x1b[31m" : "\x1b[32m";
}

/// The last point before the change, and what the ratio of the row leaves out.
std::string below_row(const ShownChange& shown) {
    const Change& change = *shown.change;
    std::string text = fmt::format("after {}", shortened(short_printable(shown.before().name), 24));
    const std::string machine = machine_words(change);
    if (machine.empty()) return text;
    text += change.cause == Cause::program ? fmt::format("; as measured {}", ratio_cell(change.ratio))
                                           : fmt::format("; without the machine {}", corrected_size(change));
    return text + fmt::format("; machine: {}", machine);
}

constexpr const char* kLegend =
    "A ratio is before over after: below 1 is slower. Of the program's changes it is what is left without "
    "the "
    "machine, of all others as measured. The machine's are those of its own peak and bandwidth, measured in "
    "the same processes.";

std::string changes_text(const HistoryGroup& group, const TextStyle& style) {
    std::vector<TableColumn> columns =
        columns_of("llrrlll", {"Benchmark", "Change", "Ratio", "Interval", "Whose", "Since", "Speed"});
    std::vector<std::string> below;
    for (const ShownChange& shown : shown_changes(group)) {
        const Change& change = *shown.change;
        add_row(columns, {name_cell(shown.line->benchmark), change_words(change), change_size(change),
                          change_interval(change), std::string(word(change.cause)),
                          shortened(short_printable(shown.after().name), 24), course(*shown.line)});
        columns[1].colours.push_back(style.colour ? colour_of(change) : "");
        below.push_back(below_row(shown));
    }
    if (!style.unicode) columns.pop_back();
    return table_text(columns, style.width, below);
}

std::string changed_group(const HistoryGroup& group, HistoryOrder order, const TextStyle& style) {
    std::string text =
        "\n" + wrapped(fmt::format("{}: {}", group_title(group), group_range(group, order)), style.width);
    text += changes_text(group, style);
    const auto rest = static_cast<std::size_t>(
        std::ranges::count_if(group.series, [](const HistoryLine& line) { return line.changes.empty(); }));
    return rest == 0 ? text
                     : text + fmt::format("No change in {}\n", counted(rest, "other series", "other series"));
}

std::string quiet_text(const History& history, const TextStyle& style) {
    const QuietGroups quiet = quiet_groups(history);
    if (quiet.groups.empty()) return {};
    std::string text = "\n" + wrapped(quiet.sentence, style.width);
    if (!quiet.are_few()) return text;
    for (const HistoryGroup* group : quiet.groups)
        text += wrapped(fmt::format("{}: {}", group_title(*group), group_range(*group, history.order)),
                        style.width, "  ");
    return text;
}

std::string list_text(const std::string& title, const std::vector<std::string>& sentences,
                      const TextStyle& style) {
    if (sentences.empty()) return {};
    std::string text = fmt::format("\n{}\n", title);
    for (std::size_t i = 0; i < std::min(kMostListed, sentences.size()); ++i)
        text += wrapped(short_printable(sentences[i]), style.width, "  ");
    if (sentences.size() > kMostListed)
        text += fmt::format("  and {} more; --format json has all\n", sentences.size() - kMostListed);
    return text;
}

}  // namespace

std::string history_text(const History& history, bool is_gate, const TextStyle& style) {
    std::string text =
        wrapped(fmt::format("{}, by {}", history_summary(history), word(history.order)), style.width);
    if (is_gate) text += wrapped(history_gate(history), style.width);
    for (const HistoryGroup& group : history.groups)
        if (has_changes(group)) text += changed_group(group, history.order, style);
    if (std::ranges::any_of(history.groups, has_changes)) text += "\n" + wrapped(kLegend, style.width);
    text += quiet_text(history, style);
    std::vector<std::string> left_out;
    for (const LeftOut& one : history.left_out) left_out.push_back(fmt::format("{}: {}", one.what, one.why));
    return text + list_text("To know", history.remarks, style) +
           list_text(fmt::format("Left out: {}", left_out.size()), left_out, style);
}

}  // namespace mnist
