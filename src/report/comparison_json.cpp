// Written key by key in the order of the contract.
#include "mnist/report/comparison_json.hpp"

#include <nlohmann/json.hpp>
#include <span>

#include "comparison_words.hpp"
#include "json_words.hpp"
#include "mnist/compare/gate.hpp"
#include "mnist/report/comparison_text.hpp"
#include "scaling_words.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

ordered_json low_of(const std::optional<Interval>& interval) {
    return end_or_null(interval, &Interval::lower);
}

ordered_json high_of(const std::optional<Interval>& interval) {
    return end_or_null(interval, &Interval::upper);
}

ordered_json skipped_json(const std::vector<SkippedRow>& rows) {
    return json_list(rows, [](const SkippedRow& row) {
        return ordered_json{{"name", row.name}, {"reason", row.reason}};
    });
}

ordered_json accuracy_json(const std::optional<AccuracyComparison>& accuracy) {
    const std::optional<Interval> interval = accuracy ? accuracy->interval : std::nullopt;
    return {{"accuracy_verdict", accuracy ? ordered_json(word(accuracy->verdict)) : ordered_json(nullptr)},
            {"accuracy_difference", or_null(accuracy ? std::optional(accuracy->difference) : std::nullopt)},
            {"accuracy_low", low_of(interval)},
            {"accuracy_high", high_of(interval)}};
}

ordered_json more_json(const std::optional<MoreNeeded>& more, bool of_processes) {
    return more && more->of_processes == of_processes ? ordered_json(more->count) : ordered_json(nullptr);
}

ordered_json row_json(const ComparedRow& row, CompareMode mode) {
    const bool is_judged = row.joint && mode == CompareMode::gate;
    ordered_json json{{"name", row.name},
                      {"verdict", word(row.speed.verdict)},
                      {"joint_verdict", is_judged ? ordered_json(word(*row.joint)) : ordered_json(nullptr)},
                      {"ratio", or_null(row.speed.ratio)},
                      {"ratio_low", low_of(row.speed.interval)},
                      {"ratio_high", high_of(row.speed.interval)},
                      {"p_value", or_null(row.speed.p)},
                      {"p_adjusted", or_null(row.speed.p_adjusted)},
                      {"samples_base", row.speed.samples_base},
                      {"samples_new", row.speed.samples_new},
                      {"threshold", row.speed.threshold},
                      {"threshold_from", row.speed.raised_by_noise ? "noise_floor" : "setting"},
                      {"measures", row.of_machine ? "machine" : "program"}};
    json.update(accuracy_json(row.accuracy));
    json.update(ordered_json{{"peak_fraction_base", or_null(row.base_share)},
                             {"peak_fraction_new", or_null(row.new_share)},
                             {"peak_ratio", or_null(row.peak_ratio)},
                             {"efficiency_ratio", or_null(row.efficiency_ratio)},
                             {"verdict_words", verdict_words(row, mode)},
                             {"percentile", text_or_null(row.percentile)},
                             {"disturbed_base", row.disturbed_base},
                             {"disturbed_new", row.disturbed_new},
                             {"processes_base", row.speed.processes_base},
                             {"processes_new", row.speed.processes_new},
                             {"more_repetitions", more_json(row.more, false)},
                             {"more_processes", more_json(row.more, true)}});
    return json;
}

ordered_json group_json(const GroupComparison& group) {
    ordered_json json{{"title", group.title},
                      {"headline", group.is_headline},
                      {"rows", group.rows},
                      {"verdict", word(group.speed.verdict)},
                      {"ratio", or_null(group.speed.ratio)},
                      {"ratio_low", low_of(group.speed.interval)},
                      {"ratio_high", high_of(group.speed.interval)},
                      {"p_value", or_null(group.speed.p)},
                      {"p_adjusted", or_null(group.speed.p_adjusted)},
                      {"threshold", group.speed.threshold}};
    json.update(accuracy_json(group.accuracy));
    return json;
}

ordered_json score_figure_json(const ScoreFigure& figure) {
    return {{"value", figure.value}, {"low", figure.interval.lower}, {"high", figure.interval.upper}};
}

ordered_json comparison_scores_json(const std::optional<ScoreComparison>& scores) {
    if (!scores) return nullptr;
    ordered_json figures = json_list(scores->figures, [](const ComparedFigure& figure) {
        return ordered_json{{"precision", figure.precision},
                            {"figure", figure.what},
                            {"base", score_figure_json(figure.base)},
                            {"new", score_figure_json(figure.new_value)},
                            {"ratio", figure.ratio},
                            {"ratio_low", low_of(figure.interval)},
                            {"ratio_high", high_of(figure.interval)}};
    });
    return {
        {"set", text_or_null(scores->set)}, {"figures", std::move(figures)}, {"remarks", scores->remarks}};
}

ordered_json differences_json(const std::vector<FactDifference>& differences) {
    return json_list(differences, [](const FactDifference& difference) {
        return ordered_json{{"key", difference.key},
                            {"base", or_null(difference.base)},
                            {"new", or_null(difference.new_value)}};
    });
}

ordered_json gate_json(const Comparison& comparison) {
    if (comparison.mode != CompareMode::gate) return nullptr;
    return {{"outcome", word(gate_of(comparison).outcome)}, {"reason", gate_summary(comparison)}};
}

ordered_json geomean_json(const GeometricMean& mean) {
    return {{"family", mean.family},
            {"ratio", mean.ratio},
            {"ratio_low", low_of(mean.interval)},
            {"ratio_high", high_of(mean.interval)},
            {"rows", mean.rows}};
}

ordered_json member_json(const RankedMember& member) {
    ordered_json json{{"file", member.label},
                      {"rank", member.judged ? ordered_json(member.rank) : ordered_json(nullptr)},
                      {"tied", member.tied},
                      {"ratio", member.ratio},
                      {"ratio_low", low_of(member.interval)},
                      {"ratio_high", high_of(member.interval)}};
    json.update(accuracy_json(member.accuracy));
    return json;
}

}  // namespace

ordered_json pair_json(const Comparison& comparison) {
    ordered_json json{
        {"mode", word(comparison.mode)},
        {"summary", comparison_summary(comparison)},
        {"gate", gate_json(comparison)},
        {"base", comparison.base_label},
        {"new", comparison.new_label},
        {"fingerprint_differences", differences_json(comparison.fingerprint_differences)},
        {"other_differences", differences_json(comparison.other_differences)},
        {"warnings", comparison.warnings},
        {"groups", json_list(comparison.named, group_json)},
        {"geomeans", json_list(comparison.geomeans, geomean_json)},
        {"unmatched", {{"base", comparison.unmatched_base}, {"new", comparison.unmatched_new}}},
        {"missing", comparison.missing},
        {"skipped",
         {{"base", skipped_json(comparison.skipped_base)}, {"new", skipped_json(comparison.skipped_new)}}},
        {"bits", comparison.bits},
        {"scores", comparison_scores_json(comparison.scores)},
        {"rows",
         json_list(comparison.rows, [&](const ComparedRow& row) { return row_json(row, comparison.mode); })},
        {"alpha", comparison.alpha},
        {"planned_looks", comparison.looks}};
    if (comparison.within)
        json["within"] = {{"part", comparison.within->part},
                          {"file", comparison.within->of},
                          {"runs", comparison.within->runs},
                          {"random_order", comparison.within->random_order}};
    return json;
}

ordered_json ranking_json(const ComparedFiles& files) {
    return {{"summary", ranking_summary(files)},
            {"families", json_list(files.rankings, [](const FamilyRanking& ranking) {
                 return ordered_json{{"family", ranking.family},
                                     {"rows", ranking.rows},
                                     {"members", json_list(ranking.members, member_json)}};
             })}};
}

std::string comparison_json(const ComparedFiles& files) {
    ordered_json root{{"schema", "mnist-comparison/1"}};
    if (!files.scaling.empty()) root["scaling"] = scaling_json(files.scaling);
    if (files.comparisons.empty()) return json_text(root);
    root.update(pair_json(files.comparisons.front()));
    if (files.comparisons.size() > 1) {
        root["further"] = json_list(std::span(files.comparisons).subspan(1), pair_json);
        root["ranking"] = ranking_json(files);
    }
    return json_text(root);
}

}  // namespace mnist
