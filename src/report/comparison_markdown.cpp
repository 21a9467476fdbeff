// Tables of GitHub Flavored Markdown 0.29 (4.10).
#include "mnist/report/comparison_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "comparison_words.hpp"
#include "markdown_code.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr int kNotesWidth = 100;

bool is_alarming(const ComparedRow& row, CompareMode mode) {
    return mode == CompareMode::gate &&
           (row.joint == JointVerdict::regressed || row.joint == JointVerdict::traded);
}

std::string verdict_cell(const ComparedRow& row, CompareMode mode) {
    const std::string words = verdict_words(row, mode);
    return is_alarming(row, mode) ? fmt::format("**{}**", words) : words;
}

bool has_changed(const ComparedRow& row) {
    if (!row.joint)
        return row.speed.verdict == SpeedVerdict::faster || row.speed.verdict == SpeedVerdict::slower;
    return row.joint != JointVerdict::unchanged && row.joint != JointVerdict::inconclusive;
}

std::string scores_markdown(const Comparison& comparison) {
    if (!comparison.scores) return {};
    std::string text;
    for (const ComparedFigure& figure : comparison.scores->figures) {
        const bool seconds = figure.what == "seconds";
        if (text.empty())
            text = fmt::format(
                "| Score {} | Base | New | Ratio | Interval |\n| --- | ---: | ---: | ---: | ---: |\n",
                code_cell(comparison.scores->set));
        text += fmt::format("| {} | {} | {} | {} | {} |\n", compared_figure_name(figure),
                            score_cell(figure.base, seconds), score_cell(figure.new_value, seconds),
                            ratio_cell(figure.ratio), interval_cell(figure.interval));
    }
    if (!text.empty()) text += "\n";
    for (const std::string& remark : comparison.scores->remarks)
        text += fmt::format("- {}\n", code_span(remark));
    return comparison.scores->remarks.empty() ? text : text + "\n";
}

std::string means_table(const Comparison& comparison) {
    std::string rows;
    for (const MeanLine& line : mean_lines(comparison))
        rows += fmt::format("| {} | {} | {} | {} | {} | {} |\n", code_cell(line.title), line.verdict,
                            ratio_cell(line.ratio), interval_cell(line.interval), line.rows,
                            accuracy_cell(line.accuracy));
    if (rows.empty()) return rows;
    return fmt::format(
        "| Geometric mean of | Verdict | Ratio | Interval | Rows | Accuracy, points |\n"
        "| --- | --- | ---: | ---: | ---: | ---: |\n{}\n",
        rows);
}

std::string rows_table(const Comparison& comparison, bool changed) {
    const bool report = comparison.mode == CompareMode::report;
    std::string rows;
    for (const ComparedRow* const row : sorted_rows(comparison)) {
        if (has_changed(*row) != changed) continue;
        rows +=
            fmt::format("| {} | {} | {} | {} | {}/{} | {} | {} |", code_cell(row->name),
                        verdict_cell(*row, comparison.mode), ratio_cell(row->speed.ratio),
                        interval_cell(row->speed.interval), row->speed.samples_base, row->speed.samples_new,
                        p_cell(row->speed.p_adjusted), accuracy_cell(row->accuracy));
        if (report) rows += " " + ratio_split(*row) + " |";
        rows += "\n";
    }
    if (rows.empty()) return rows;
    return fmt::format(
        "| Benchmark | Verdict | Ratio | Interval | Runs | p adjusted | Accuracy, points |{}\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |{}\n{}\n",
        report ? " Peak and efficiency |" : "", report ? " --- |" : "", rows);
}

std::string folded(const std::string& title, const std::string& content) {
    return fmt::format("<details><summary>{}</summary>\n\n{}</details>\n", title, content);
}

std::string gate_markdown(const Comparison& comparison) {
    const std::string sentence = gate_sentence(comparison, code_span);
    const std::size_t end = sentence.find(':');
    return "**" + sentence.substr(0, end) + "**" + sentence.substr(end);
}

std::string pair_markdown(const Comparison& comparison) {
    const std::string counts = row_counts(comparison, code_span);
    std::string text = fmt::format(
        "**{}**{}\n\n{} to {}, {}\n\n", headline(comparison, code_span), counts.empty() ? "" : "; " + counts,
        code_span(comparison.base_label), code_span(comparison.new_label),
        comparison.mode == CompareMode::gate ? "as a gate: " + gate_markdown(comparison)
                                             : "as a report: nothing passes or fails");
    text += scores_markdown(comparison) + means_table(comparison) + rows_table(comparison, true);
    const auto unchanged = std::count_if(comparison.rows.begin(), comparison.rows.end(),
                                         [](const ComparedRow& row) { return !has_changed(row); });
    if (unchanged > 0)
        text +=
            folded(fmt::format("{} of {} rows unchanged or inconclusive", unchanged, comparison.rows.size()),
                   rows_table(comparison, false)) +
            "\n";
    const std::string cautions = comparison_cautions(comparison, kNotesWidth);
    if (!cautions.empty()) text += code_block(cautions) + "\n";
    const std::string notes = comparison_notes(comparison, kNotesWidth);
    return notes.empty() ? text : text + folded("Notes", code_block(notes) + "\n");
}

std::string ranking_markdown(const FamilyRanking& ranking) {
    std::string text = fmt::format(
        "{}, {} that all files have\n\n| Rank | File | Ratio | Interval | Accuracy, points |\n"
        "| ---: | --- | ---: | ---: | ---: |\n",
        code_span(ranking.family), row_count(ranking.rows));
    for (const RankedMember& member : ranking.members)
        text += fmt::format("| {} | {} | {} | {} | {} |\n", rank_cell(member), code_cell(member.label),
                            ratio_cell(member.ratio), interval_cell(member.interval),
                            accuracy_cell(member.accuracy));
    if (const std::string unranked = unranked_words(ranking, code_span); !unranked.empty())
        text += "\n" + unranked + "\n";
    return text + "\n";
}

}  // namespace

std::string comparison_markdown(const ComparedFiles& files) {
    if (files.comparisons.size() == 1) return pair_markdown(files.comparisons.front());
    std::string text = fmt::format(
        "**{}**\n\nRatios are to {}; = marks places that are shared, since no "
        "difference is shown.\n\n",
        ranking_sentence(files, code_span), code_span(files.comparisons.front().base_label));
    for (const FamilyRanking& ranking : files.rankings) text += ranking_markdown(ranking);
    for (const Comparison& comparison : files.comparisons) {
        if (&comparison != &files.comparisons.front()) text += "\n";
        text += pair_markdown(comparison);
    }
    return text;
}

}  // namespace mnist
