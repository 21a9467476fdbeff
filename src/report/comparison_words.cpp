// Verdicts in words, cells of tables, and which lines the table of means has.
#include "comparison_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "mnist/report/comparison_text.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

/// Faster or slower, as accurate or not, where nothing passes or fails.
std::string report_words(SpeedVerdict speed, const std::optional<AccuracyVerdict>& accuracy) {
    const bool is_claim = speed == SpeedVerdict::faster || speed == SpeedVerdict::slower;
    std::string text(speed == SpeedVerdict::equivalent ? "equally fast" : word(speed));
    if (!accuracy || (speed == SpeedVerdict::disturbed && *accuracy != AccuracyVerdict::worse)) return text;
    if (*accuracy == AccuracyVerdict::inconclusive) return is_claim ? text + ", accuracy undecided" : text;
    if (*accuracy == AccuracyVerdict::same) return text;
    const char* const words = *accuracy == AccuracyVerdict::better ? "more accurate" : "less accurate";
    return speed == SpeedVerdict::inconclusive ? words : fmt::format("{}, {}", text, words);
}

bool is_of_all(const GeometricMean& mean) {
    return mean.family == "all" || mean.family.starts_with("all in ");
}

/// Whether the mean of all rows is that of a family again.
bool is_one_family(const GeometricMean& all, const Comparison& comparison) {
    return std::ranges::any_of(comparison.geomeans, [&](const GeometricMean& other) {
        return !is_of_all(other) && other.rows == all.rows && other.ratio == all.ratio;
    });
}

std::string words_of(SpeedVerdict speed, const std::optional<AccuracyComparison>& accuracy,
                     CompareMode mode) {
    const auto quality = accuracy ? std::optional(accuracy->verdict) : std::nullopt;
    const JointVerdict joint = judge_jointly(speed, quality);
    const bool is_claim = speed == SpeedVerdict::faster || speed == SpeedVerdict::slower;
    if (mode == CompareMode::report || (joint == JointVerdict::inconclusive && is_claim))
        return report_words(speed, quality);
    return std::string(word(joint));
}

MeanLine mean_line(const GeometricMean& mean, const GroupComparison* group, CompareMode mode) {
    return {.title = mean.family,
            .verdict = group == nullptr ? "" : words_of(group->speed.verdict, group->accuracy, mode),
            .ratio = mean.ratio,
            .interval = mean.interval,
            .rows = mean.rows,
            .accuracy = group == nullptr ? std::nullopt : group->accuracy};
}

/// Whole trainings first, then those of the optimizers by name; none of a single row.
std::vector<const GroupComparison*> trainings(const Comparison& comparison) {
    std::vector<const GroupComparison*> found;
    for (const GroupComparison& group : comparison.named)
        if (group.is_training && group.rows > 1) found.push_back(&group);
    std::ranges::stable_sort(found, [](const GroupComparison* a, const GroupComparison* b) {
        const bool whole = a->title.starts_with("training");
        const bool other_whole = b->title.starts_with("training");
        return whole != other_whole ? whole : natural_less(a->title, b->title);
    });
    return found;
}

}  // namespace

std::string short_printable(std::string_view text) {
    constexpr std::size_t kLongest = 400;
    // What is cut off need not be looked at: a code point has four bytes at most, and few print nothing.
    return shortened(printable(text.substr(0, 16 * kLongest)), kLongest);
}

std::string name_cell(std::string_view text) {
    constexpr std::size_t kLongest = 84;
    return shortened(short_printable(text), kLongest);
}

std::string ratio_figure(double ratio) {
    // Far from 1 the digits behind the point say nothing, and those before it could be three hundred.
    return ratio >= 0.001 && ratio < 1e5 ? fmt::format("{:.3f}", ratio) : fmt::format("{:.3g}", ratio);
}

std::string within_words(const Comparison& comparison, const Quote& quote) {
    if (!comparison.within) return {};
    const WithinOne& within = *comparison.within;
    return fmt::format(": {} within {}, both measured in {}{}", quote(within.part), quote(within.of),
                       within.runs == 1 ? "one run" : fmt::format("each of {} runs", within.runs),
                       within.random_order ? " in random order" : "");
}

std::string row_count(std::size_t rows) {
    return fmt::format("{} {}", rows, rows == 1 ? "row" : "rows");
}

std::string verdict_words(const ComparedRow& row, CompareMode mode) {
    if (!row.of_machine) return words_of(row.speed.verdict, row.accuracy, mode);
    const bool is_known =
        row.speed.verdict != SpeedVerdict::inconclusive && row.speed.verdict != SpeedVerdict::disturbed;
    if (!is_known) return std::string(word(row.speed.verdict));
    return fmt::format("{} machine",
                       row.speed.verdict == SpeedVerdict::equivalent ? "same" : word(row.speed.verdict));
}

std::vector<const ComparedRow*> sorted_rows(const Comparison& comparison) {
    std::vector<const ComparedRow*> rows;
    for (const ComparedRow& row : comparison.rows) rows.push_back(&row);
    std::ranges::stable_sort(
        rows, [](const ComparedRow* a, const ComparedRow* b) { return natural_less(a->name, b->name); });
    return rows;
}

std::vector<MeanLine> mean_lines(const Comparison& comparison) {
    std::vector<MeanLine> lines;
    const auto add_means = [&](bool of_all) {
        for (const GeometricMean& mean : comparison.geomeans) {
            if (is_of_all(mean) != of_all || mean.rows < 2 || (of_all && is_one_family(mean, comparison)))
                continue;
            const GroupComparison* const group = mean.named ? &comparison.named[*mean.named] : nullptr;
            if (group != nullptr && group->is_training && !of_all) continue;
            lines.push_back(mean_line(mean, group, comparison.mode));
        }
    };
    add_means(true);
    for (const GroupComparison* const group : trainings(comparison))
        lines.push_back(mean_line({.family = group->title,
                                   .ratio = group->speed.ratio.value_or(1),
                                   .interval = group->speed.interval,
                                   .rows = group->rows,
                                   .named = {}},
                                  group, comparison.mode));
    add_means(false);
    return lines;
}

std::string ratio_cell(const std::optional<double>& ratio) {
    return ratio ? ratio_figure(*ratio) + "x" : std::string();
}

std::string interval_cell(const std::optional<Interval>& interval) {
    return interval ? ratio_figure(interval->lower) + "-" + ratio_figure(interval->upper) : std::string();
}

std::string p_cell(const std::optional<double>& p) {
    return p ? fmt::format("{:.2g}", *p) : std::string();
}

std::string accuracy_cell(const std::optional<AccuracyComparison>& accuracy) {
    if (!accuracy) return "";
    std::string cell = points(accuracy->difference);
    if (accuracy->interval)
        cell += fmt::format(" ({},{})", points(accuracy->interval->lower), points(accuracy->interval->upper));
    return cell;
}

std::string rank_cell(const RankedMember& member) {
    if (!member.judged) return "";
    return fmt::format("{}{}", member.rank, member.tied ? "=" : "");
}

std::string ratio_split(const ComparedRow& row) {
    if (row.speed.verdict == SpeedVerdict::disturbed) return {};
    std::string text;
    if (row.speed.ratio && row.peak_ratio && row.efficiency_ratio)
        text = fmt::format("{:.2f}x peak x {:.2f}x efficiency", *row.peak_ratio, *row.efficiency_ratio);
    if (row.base_share && row.new_share)
        text += fmt::format("{}{:.0f} % and {:.0f} % of own peaks", text.empty() ? "" : "; ",
                            *row.base_share * 100, *row.new_share * 100);
    return text;
}

}  // namespace mnist
