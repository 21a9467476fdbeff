// Tables for a terminal. The verdict stands right behind the name, so that a narrow terminal, which gets the
// table in several blocks, still has the answer in the first.
#include "mnist/report/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "comparison_words.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/report/text.hpp"
#include "scaling_words.hpp"

namespace mnist {
namespace {

std::string colour_of(const ComparedRow& row) {
    if (row.joint == JointVerdict::improved) return "\x1b[32m";
    if (row.joint == JointVerdict::regressed) return "\x1b[31m";
    return row.joint == JointVerdict::traded ? "\x1b[33m" : "";
}

std::string means_table(const Comparison& comparison, const TextStyle& style) {
    TableColumn title{.heading = "Geometric mean of", .cells = {}, .left = true};
    TableColumn verdict{.heading = "Verdict", .cells = {}, .left = true};
    TableColumn ratio{.heading = "Ratio", .cells = {}};
    TableColumn interval{.heading = "Interval", .cells = {}};
    TableColumn rows{.heading = "Rows", .cells = {}};
    TableColumn accuracy{.heading = "Accuracy, points", .cells = {}};
    bool some_accuracy = false;
    for (const MeanLine& line : mean_lines(comparison)) {
        title.cells.push_back(name_cell(line.title));
        verdict.cells.push_back(line.verdict);
        ratio.cells.push_back(ratio_cell(line.ratio));
        interval.cells.push_back(interval_cell(line.interval));
        rows.cells.push_back(fmt::to_string(line.rows));
        accuracy.cells.push_back(accuracy_cell(line.accuracy));
        some_accuracy = some_accuracy || line.accuracy;
    }
    if (title.cells.empty()) return {};
    std::vector<TableColumn> columns{title, verdict, ratio, interval, rows};
    if (some_accuracy) columns.push_back(accuracy);
    return table_text(columns, style.width) + "\n";
}

/// A column that may as well stand in the line below each row, as "accuracy +0.02 (...)" or "10/10 runs".
struct Detail {
    TableColumn column;
    std::string_view before, after;
};

// What does not fit beside the rows stands below them, the last details first: a table cut into two could not
// be read.
std::string rows_table(const Comparison& comparison, const TextStyle& style) {
    TableColumn name{.heading = "Benchmark", .cells = {}, .left = true};
    TableColumn verdict{.heading = "Verdict", .cells = {}, .left = true};
    TableColumn ratio{.heading = "Ratio", .cells = {}};
    Detail interval{{.heading = "Interval", .cells = {}}, "interval ", ""};
    Detail samples{{.heading = "Runs", .cells = {}}, "", " runs"};
    Detail accuracy{{.heading = "Accuracy, points", .cells = {}}, "accuracy ", ""};
    std::vector<std::string> below;
    for (const ComparedRow* const row : sorted_rows(comparison)) {
        name.cells.push_back(name_cell(row->name));
        verdict.cells.push_back(verdict_words(*row, comparison.mode));
        if (style.colour && comparison.mode == CompareMode::gate) verdict.colours.push_back(colour_of(*row));
        ratio.cells.push_back(ratio_cell(row->speed.ratio));
        interval.column.cells.push_back(interval_cell(row->speed.interval));
        samples.column.cells.push_back(fmt::format("{}/{}", row->speed.samples_base, row->speed.samples_new));
        accuracy.column.cells.push_back(accuracy_cell(row->accuracy));
        below.push_back(comparison.mode == CompareMode::report ? ratio_split(*row) : "");
    }
    std::vector<TableColumn> columns{name, verdict, ratio};
    for (const Detail& detail : {interval, samples, accuracy}) {
        const std::vector<std::string>& cells = detail.column.cells;
        if (std::all_of(cells.begin(), cells.end(), [](const std::string& cell) { return cell.empty(); }))
            continue;
        columns.push_back(detail.column);
        if (table_width(columns) <= static_cast<std::size_t>(std::max(style.width, 0))) continue;
        columns.pop_back();
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (!cells[i].empty())
                below[i] += fmt::format("{}{}{}{}", below[i].empty() ? "" : "; ", detail.before, cells[i],
                                        detail.after);
    }
    return table_text(columns, style.width, below);
}

// The word alone is coloured.
std::string gate_lines(const Comparison& comparison, const TextStyle& style) {
    std::string text = wrapped(gate_summary(comparison), style.width);
    if (!style.colour) return text;
    const GateOutcome outcome = gate_of(comparison).outcome;
    const char* const colour = outcome == GateOutcome::passed   ? "\x1b[32m"
                               : outcome == GateOutcome::failed ? "\x1b[31m"
                                                                : "\x1b[33m";
    const std::size_t end = text.find(':');
    return colour + text.substr(0, end) + "\x1b[0m" + text.substr(end);
}

std::string pair_text(const Comparison& comparison, const TextStyle& style) {
    std::string text = wrapped(headline(comparison, short_printable), style.width);
    if (const std::string counts = row_counts(comparison, short_printable); !counts.empty())
        text += wrapped(counts, style.width);
    const std::string sides =
        fmt::format("{} to {}{}, as a ", short_printable(comparison.base_label),
                    short_printable(comparison.new_label), within_words(comparison, short_printable));
    const bool is_gate = comparison.mode == CompareMode::gate;
    text += wrapped(sides + (is_gate ? "gate" : "report: nothing passes or fails"), style.width);
    if (is_gate) text += gate_lines(comparison, style);
    text += "\n" + score_comparison_text(comparison, style) + means_table(comparison, style) +
            rows_table(comparison, style) + "\n";
    return text + comparison_cautions(comparison, style.width) + comparison_notes(comparison, style.width);
}

std::string ranking_table(const FamilyRanking& ranking, const TextStyle& style) {
    TableColumn rank{.heading = "Rank", .cells = {}};
    TableColumn file{.heading = "File", .cells = {}, .left = true};
    TableColumn ratio{.heading = "Ratio", .cells = {}};
    TableColumn interval{.heading = "Interval", .cells = {}};
    TableColumn accuracy{.heading = "Accuracy, points", .cells = {}};
    bool some_accuracy = false;
    for (const RankedMember& member : ranking.members) {
        rank.cells.push_back(rank_cell(member));
        file.cells.push_back(name_cell(member.label));
        ratio.cells.push_back(ratio_cell(member.ratio));
        interval.cells.push_back(interval_cell(member.interval));
        accuracy.cells.push_back(accuracy_cell(member.accuracy));
        some_accuracy = some_accuracy || member.accuracy;
    }
    std::vector<TableColumn> columns{rank, file, ratio, interval};
    if (some_accuracy) columns.push_back(accuracy);
    const std::string unranked = unranked_words(ranking, short_printable);
    return wrapped(fmt::format("{}, {} that all files have", short_printable(ranking.family),
                               row_count(ranking.rows)),
                   style.width) +
           table_text(columns, style.width) + (unranked.empty() ? "" : wrapped(unranked, style.width, "- ")) +
           "\n";
}

}  // namespace

std::string comparison_text(const ComparedFiles& files, const TextStyle& style) {
    const std::string scaling = scaling_text(files.scaling, style);
    if (files.comparisons.empty()) return scaling;
    if (files.comparisons.size() == 1)
        return pair_text(files.comparisons.front(), style) + (scaling.empty() ? "" : "\n" + scaling);
    std::string text = wrapped(ranking_summary(files), style.width);
    text +=
        wrapped(fmt::format("Ratios are to {}; = marks places that are shared, since no difference is shown.",
                            short_printable(files.comparisons.front().base_label)),
                style.width) +
        "\n";
    for (const FamilyRanking& ranking : files.rankings) text += ranking_table(ranking, style);
    for (const Comparison& comparison : files.comparisons) {
        if (&comparison != &files.comparisons.front()) text += "\n";
        text += pair_text(comparison, style);
    }
    return text + (scaling.empty() ? "" : "\n" + scaling);
}

}  // namespace mnist
