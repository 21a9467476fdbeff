// One list of columns, each written by its name, so that a line of any kind fits the heading.
#include "mnist/report/comparison_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "csv_field.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/score_text.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
namespace {

constexpr std::array kColumns{"kind",
                              "base",
                              "new",
                              "name",
                              "verdict",
                              "joint_verdict",
                              "ratio",
                              "ratio_low",
                              "ratio_high",
                              "p_value",
                              "p_adjusted",
                              "samples_base",
                              "samples_new",
                              "threshold",
                              "accuracy_verdict",
                              "accuracy_difference",
                              "accuracy_low",
                              "accuracy_high",
                              "peak_fraction_base",
                              "peak_fraction_new",
                              "peak_ratio",
                              "efficiency_ratio",
                              "rows",
                              "rank",
                              "verdict_words",
                              "percentile",
                              "disturbed_base",
                              "disturbed_new",
                              "processes_base",
                              "processes_new",
                              "more_repetitions",
                              "more_processes"};

using Line = std::map<std::string_view, std::string>;  ///< by column, ready to be written

std::string number(const std::optional<double>& value) {
    return value && std::isfinite(*value) ? fmt::format("{}", *value) : std::string();
}

void add_interval(Line& line, const std::optional<Interval>& interval, std::string_view low,
                  std::string_view high) {
    if (!interval) return;
    line[low] = number(interval->lower);
    line[high] = number(interval->upper);
}

void add_accuracy(Line& line, const std::optional<AccuracyComparison>& accuracy) {
    if (!accuracy) return;
    line["accuracy_verdict"] = word(accuracy->verdict);
    line["accuracy_difference"] = number(accuracy->difference);
    add_interval(line, accuracy->interval, "accuracy_low", "accuracy_high");
}

std::string written(const Line& line) {
    std::string text;
    for (const std::string_view column : kColumns) {
        if (column != kColumns.front()) text += ',';
        if (const auto cell = line.find(column); cell != line.end()) text += cell->second;
    }
    return text + "\r\n";
}

Line row_line(const ComparedRow& row, CompareMode mode, Line line) {
    const SpeedComparison& speed = row.speed;
    line["kind"] = "row";
    line["name"] = csv_field(row.name);
    line["verdict"] = word(speed.verdict);
    if (row.joint && mode == CompareMode::gate) line["joint_verdict"] = word(*row.joint);
    line["verdict_words"] = csv_field(verdict_words(row, mode));
    line["percentile"] = row.percentile;
    line["disturbed_base"] = fmt::to_string(row.disturbed_base);
    line["disturbed_new"] = fmt::to_string(row.disturbed_new);
    line["processes_base"] = fmt::to_string(speed.processes_base);
    line["processes_new"] = fmt::to_string(speed.processes_new);
    if (row.more)
        line[row.more->of_processes ? "more_processes" : "more_repetitions"] =
            fmt::to_string(row.more->count);
    line["ratio"] = number(speed.ratio);
    add_interval(line, speed.interval, "ratio_low", "ratio_high");
    line["p_value"] = number(speed.p);
    line["p_adjusted"] = number(speed.p_adjusted);
    line["samples_base"] = fmt::to_string(speed.samples_base);
    line["samples_new"] = fmt::to_string(speed.samples_new);
    line["threshold"] = number(speed.threshold);
    add_accuracy(line, row.accuracy);
    line["peak_fraction_base"] = number(row.base_share);
    line["peak_fraction_new"] = number(row.new_share);
    line["peak_ratio"] = number(row.peak_ratio);
    line["efficiency_ratio"] = number(row.efficiency_ratio);
    return line;
}

Line group_line(const GroupComparison& group, Line line) {
    line["kind"] = "group";
    line["name"] = csv_field(group.title);
    line["verdict"] = word(group.speed.verdict);
    line["ratio"] = number(group.speed.ratio);
    add_interval(line, group.speed.interval, "ratio_low", "ratio_high");
    line["p_value"] = number(group.speed.p);
    line["p_adjusted"] = number(group.speed.p_adjusted);
    line["threshold"] = number(group.speed.threshold);
    line["rows"] = fmt::to_string(group.rows);
    add_accuracy(line, group.accuracy);
    return line;
}

Line geomean_line(const GeometricMean& mean, Line line) {
    line["kind"] = "geomean";
    line["name"] = csv_field(mean.family);
    line["ratio"] = number(mean.ratio);
    add_interval(line, mean.interval, "ratio_low", "ratio_high");
    line["rows"] = fmt::to_string(mean.rows);
    return line;
}

Line score_line(const ComparedFigure& figure, const std::string& set, Line line) {
    line["kind"] = "score";
    line["name"] = csv_field(fmt::format("score {}: {}", set, compared_figure_name(figure)));
    line["ratio"] = number(figure.ratio);
    add_interval(line, figure.interval, "ratio_low", "ratio_high");
    line["samples_base"] = fmt::to_string(figure.base.repetitions.size());
    line["samples_new"] = fmt::to_string(figure.new_value.repetitions.size());
    return line;
}

std::string pair_lines(const Comparison& comparison) {
    const Line sides{{"base", csv_field(comparison.base_label)}, {"new", csv_field(comparison.new_label)}};
    std::string text;
    if (comparison.mode == CompareMode::gate) {
        Line gate = sides;
        gate["kind"] = "gate";
        gate["name"] = csv_field(gate_summary(comparison));
        gate["verdict"] = word(gate_of(comparison).outcome);
        text += written(gate);
    }
    if (comparison.scores)
        for (const ComparedFigure& figure : comparison.scores->figures)
            text += written(score_line(figure, comparison.scores->set, sides));
    for (const ComparedRow& row : comparison.rows) text += written(row_line(row, comparison.mode, sides));
    for (const GroupComparison& group : comparison.named) text += written(group_line(group, sides));
    for (const GeometricMean& mean : comparison.geomeans) text += written(geomean_line(mean, sides));
    return text;
}

std::string ranking_lines(const FamilyRanking& ranking, const std::string& base) {
    std::string text;
    for (const RankedMember& member : ranking.members) {
        Line line{{"kind", "ranking"},
                  {"base", csv_field(base)},
                  {"new", csv_field(member.label)},
                  {"name", csv_field(ranking.family)},
                  {"ratio", number(member.ratio)},
                  {"rows", fmt::to_string(ranking.rows)},
                  {"rank", member.judged ? fmt::to_string(member.rank) : ""}};
        add_interval(line, member.interval, "ratio_low", "ratio_high");
        add_accuracy(line, member.accuracy);
        text += written(line);
    }
    return text;
}

}  // namespace

std::string comparison_csv(const ComparedFiles& files) {
    Line heading;
    for (const std::string_view column : kColumns) heading[column] = column;
    std::string text = written(heading);
    for (const Comparison& comparison : files.comparisons) text += pair_lines(comparison);
    for (const FamilyRanking& ranking : files.rankings)
        text += ranking_lines(ranking, files.comparisons.front().base_label);
    return text;
}

}  // namespace mnist
