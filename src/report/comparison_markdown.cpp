// Tables of GitHub Flavored Markdown 0.29 (4.10).
#include "mnist/report/comparison_markdown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "comparison_words.hpp"
#include "markdown_code.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/report/text.hpp"
#include "scaling_words.hpp"

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

std::string rows_heading(CompareMode mode) {
    const bool report = mode == CompareMode::report;
    return fmt::format(
        "| Benchmark | Verdict | Ratio | Interval | Runs | p adjusted | Accuracy, points |{}\n"
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |{}\n",
        report ? " Peak and efficiency |" : "", report ? " --- |" : "");
}

std::string row_line(const ComparedRow& row, CompareMode mode) {
    std::string line =
        fmt::format("| {} | {} | {} | {} | {}/{} | {} | {} |", code_cell(row.name), verdict_cell(row, mode),
                    ratio_cell(row.speed.ratio), interval_cell(row.speed.interval), row.speed.samples_base,
                    row.speed.samples_new, p_cell(row.speed.p_adjusted), accuracy_cell(row.accuracy));
    if (mode == CompareMode::report) line += " " + ratio_split(row) + " |";
    return line + "\n";
}

std::string rows_table(const std::string& lines, CompareMode mode) {
    return lines.empty() ? lines : rows_heading(mode) + lines + "\n";
}

std::string folded(const std::string& title, const std::string& content) {
    return fmt::format("<details><summary>{}</summary>\n\n{}</details>\n", title, content);
}

std::string gate_markdown(const Comparison& comparison) {
    const std::string sentence = gate_sentence(comparison, code_span);
    const std::size_t end = sentence.find(':');
    return "**" + sentence.substr(0, end) + "**" + sentence.substr(end);
}

std::string pair_head(const Comparison& comparison) {
    const std::string counts = row_counts(comparison, code_span);
    return fmt::format("**{}**{}\n\n{} to {}{}, {}\n\n", headline(comparison, code_span),
                       counts.empty() ? "" : "; " + counts, code_span(comparison.base_label),
                       code_span(comparison.new_label), within_words(comparison, code_span),
                       comparison.mode == CompareMode::gate ? "as a gate: " + gate_markdown(comparison)
                                                            : "as a report: nothing passes or fails");
}

std::string unchanged_table(const std::string& lines, std::ptrdiff_t unchanged,
                            const Comparison& comparison) {
    if (lines.empty()) return {};
    return folded(fmt::format("{} of {} rows unchanged or inconclusive", unchanged, comparison.rows.size()),
                  rows_table(lines, comparison.mode)) +
           "\n";
}

/// As many whole lines as there is room for, and how many follow.
std::string first_lines(const std::string& text, std::size_t room) {
    constexpr std::size_t kForCount = 40;
    if (text.size() <= room) return text;
    const std::size_t end = text.rfind('\n', room - std::min(room, kForCount));
    const std::string first = end == std::string::npos ? "" : text.substr(0, end + 1);
    return first + fmt::format("\n... {} more lines\n",
                               std::count(text.begin() + static_cast<std::ptrdiff_t>(first.size()),
                                          text.end(), '\n'));
}

std::string beside_rows(const Comparison& comparison, std::size_t room) {
    const std::string cautions = first_lines(comparison_cautions(comparison, kNotesWidth), room);
    const std::string notes = first_lines(comparison_notes(comparison, kNotesWidth), room);
    return (cautions.empty() ? "" : code_block(cautions) + "\n") +
           (notes.empty() ? "" : folded("Notes", code_block(notes) + "\n"));
}

/// What is shown first where not all can be: what got worse, what got better, the undecided, the rest.
enum Urgency : std::size_t { worse, better, undecided, unchanged };
constexpr std::array<const char*, 4> kUrgencies{"worse", "better", "undecided", "unchanged"};

Urgency urgency(const ComparedRow& row) {
    switch (row.joint.value_or(judge_jointly(row.speed.verdict, std::nullopt))) {
        case JointVerdict::regressed:
        case JointVerdict::traded:
            return worse;
        case JointVerdict::improved:
            return better;
        case JointVerdict::unchanged:
            return unchanged;
        case JointVerdict::inconclusive:
        case JointVerdict::disturbed:
            break;
    }
    return undecided;
}

/// "300 rows are not shown (200 undecided, 100 unchanged), for ..."
std::string cut_words(const std::array<std::size_t, kUrgencies.size()>& cut) {
    std::vector<std::string> counts;
    std::size_t all = 0;
    for (std::size_t i = 0; i < cut.size(); ++i) {
        all += cut.at(i);
        if (cut.at(i) > 0) counts.push_back(fmt::format("{} {}", cut.at(i), kUrgencies.at(i)));
    }
    if (all == 0) return {};
    return fmt::format(
        "{} {} not shown here ({}), so that this has at most {} characters; `--format csv` or `text` has "
        "all.\n\n",
        row_count(all), all == 1 ? "is" : "are", listed(counts), kMostCharacters);
}

/// Within `room`: what changed most first, and what there is no room for is counted.
std::string shortened_pair(const Comparison& comparison, std::size_t room) {
    constexpr std::size_t kForTables = 1000;  // two headings, the folded one's title, and cut_words()
    std::string head = pair_head(comparison);
    if (head.size() > room / 4)
        head =
            fmt::format("**{} compared**, {}\n\n", row_count(comparison.rows.size()), word(comparison.mode));
    const std::string means = first_lines(scores_markdown(comparison) + means_table(comparison), room / 8);
    const std::string beside = beside_rows(comparison, room / 8);
    std::vector<const ComparedRow*> rows = sorted_rows(comparison);
    const auto change = [](const ComparedRow* row) {
        return std::abs(std::log(row->speed.ratio.value_or(1)));
    };
    std::ranges::stable_sort(rows, [&](const ComparedRow* a, const ComparedRow* b) {
        return urgency(*a) != urgency(*b) ? urgency(*a) < urgency(*b) : change(a) > change(b);
    });
    std::size_t used = head.size() + means.size() + beside.size() + kForTables;
    std::array<std::string, 2> lines;  // of what changed, of what did not
    std::array<std::size_t, kUrgencies.size()> cut{};
    std::ptrdiff_t unchanged_rows = 0;
    for (const ComparedRow* const row : rows) {
        const bool same = !has_changed(*row);
        unchanged_rows += same ? 1 : 0;
        const std::string line = row_line(*row, comparison.mode);
        used += line.size();
        if (used > room) {
            ++cut.at(urgency(*row));
        } else {
            lines.at(same ? 1 : 0) += line;
        }
    }
    return head + cut_words(cut) + means + rows_table(lines[0], comparison.mode) +
           unchanged_table(lines[1], unchanged_rows, comparison) + beside;
}

std::string pair_markdown(const Comparison& comparison, std::size_t room) {
    std::array<std::string, 2> lines;  // of what changed, of what did not
    std::ptrdiff_t unchanged_rows = 0;
    for (const ComparedRow* const row : sorted_rows(comparison)) {
        const bool same = !has_changed(*row);
        unchanged_rows += same ? 1 : 0;
        lines.at(same ? 1 : 0) += row_line(*row, comparison.mode);
    }
    const std::string text = pair_head(comparison) + scores_markdown(comparison) + means_table(comparison) +
                             rows_table(lines[0], comparison.mode) +
                             unchanged_table(lines[1], unchanged_rows, comparison) +
                             beside_rows(comparison, std::string::npos);
    return text.size() <= room ? text : shortened_pair(comparison, room);
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

std::string compared_markdown(const ComparedFiles& files, std::size_t most) {
    constexpr std::size_t kLeastRoom = 5000;  // of a comparison
    if (files.comparisons.empty()) return {};
    if (files.comparisons.size() == 1) return pair_markdown(files.comparisons.front(), most);
    std::string text = fmt::format(
        "**{}**\n\nRatios are to {}; = marks places that are shared, since no "
        "difference is shown.\n\n",
        ranking_sentence(files, code_span), code_span(files.comparisons.front().base_label));
    std::string rankings;
    for (const FamilyRanking& ranking : files.rankings) rankings += ranking_markdown(ranking);
    text = first_lines(text + rankings, most / 3);
    for (std::size_t i = 0; i < files.comparisons.size(); ++i) {
        constexpr std::size_t kForLastLine = 200;
        const std::size_t left = files.comparisons.size() - i;
        const std::size_t room = most - text.size() - kForLastLine;
        if (room < kLeastRoom)
            return text + fmt::format(
                              "\n{} more {} not shown here, so that this has at most {} characters; "
                              "`--format csv` or `text` has all.\n",
                              left, left == 1 ? "file is" : "files are", kMostCharacters);
        if (i > 0) text += "\n";
        text += pair_markdown(files.comparisons[i], std::max(room / left, kLeastRoom));
    }
    return text;
}

}  // namespace

std::string comparison_markdown(const ComparedFiles& files) {
    const std::string scaling = first_lines(scaling_markdown(files.scaling), kMostCharacters / 4);
    const std::string compared = compared_markdown(files, kMostCharacters - scaling.size() - 1);
    return compared + (compared.empty() || scaling.empty() ? "" : "\n") + scaling;
}

}  // namespace mnist
