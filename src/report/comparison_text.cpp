// Tables for a terminal. The verdict stands right behind the name, so that a narrow terminal, which gets the
// table in several blocks, still has the answer in the first.
#include "mnist/report/comparison_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
    std::vector<TableColumn> columns = columns_of(
        "llrrrr", {"Geometric mean of", "Verdict", "Ratio", "Interval", "Rows", "Accuracy, points"});
    for (const MeanLine& line : mean_lines(comparison))
        add_row(columns,
                {name_cell(line.title), line.verdict, ratio_cell(line.ratio), interval_cell(line.interval),
                 fmt::to_string(line.rows), accuracy_cell(line.accuracy)});
    if (columns.front().cells.empty()) return {};
    if (is_blank(columns.back())) columns.pop_back();
    return table_text(columns, style.width) + "\n";
}

// What does not fit beside the rows stands below them, the last details first: a table cut into two could not
// be read. There it is "interval 1.02-1.04; 10/10 runs; accuracy +0.02 (...)".
std::string rows_table(const Comparison& comparison, const TextStyle& style) {
    std::vector<TableColumn> all =
        columns_of("llrrrr", {"Benchmark", "Verdict", "Ratio", "Interval", "Runs", "Accuracy, points"});
    constexpr std::size_t kAlways = 3;
    constexpr std::array kBelow{"interval {}", "{} runs", "accuracy {}"};
    std::vector<std::string> below;
    for (const ComparedRow* const row : sorted_rows(comparison)) {
        add_row(all, {name_cell(row->name), verdict_words(*row, comparison.mode),
                      ratio_cell(row->speed.ratio), interval_cell(row->speed.interval),
                      fmt::format("{}/{}", row->speed.samples_base, row->speed.samples_new),
                      accuracy_cell(row->accuracy)});
        if (style.colour && comparison.mode == CompareMode::gate) all[1].colours.push_back(colour_of(*row));
        below.push_back(comparison.mode == CompareMode::report ? ratio_split(*row) : "");
    }
    std::vector<TableColumn> columns(all.begin(), all.begin() + kAlways);
    for (std::size_t c = kAlways; c < all.size(); ++c) {
        if (is_blank(all[c])) continue;
        columns.push_back(all[c]);
        if (table_width(columns) <= static_cast<std::size_t>(std::max(style.width, 0))) continue;
        columns.pop_back();
        for (std::size_t i = 0; i < below.size(); ++i)
            if (const std::string& cell = all[c].cells[i]; !cell.empty())
                below[i] +=
                    (below[i].empty() ? "" : "; ") + fmt::format(fmt::runtime(kBelow.at(c - kAlways)), cell);
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
    std::vector<TableColumn> columns =
        columns_of("rlrrr", {"Rank", "File", "Ratio", "Interval", "Accuracy, points"});
    for (const RankedMember& member : ranking.members)
        add_row(columns, {rank_cell(member), name_cell(member.label), ratio_cell(member.ratio),
                          interval_cell(member.interval), accuracy_cell(member.accuracy)});
    if (is_blank(columns.back())) columns.pop_back();
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
