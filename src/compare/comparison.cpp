// Verdicts over the whole table at once. Matching is in table.cpp, facts and their differences in
// fairness.cpp, what the figures themselves warn of in cautions.cpp.
#include "mnist/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "cautions.hpp"
#include "differences.hpp"
#include "fairness.hpp"
#include "looks.hpp"
#include "mnist/core/error.hpp"
#include "mnist/stats/summary.hpp"
#include "table.hpp"
#include "undecided.hpp"

namespace mnist {
namespace {

void add_shares(ComparedRow& row, const Match& match) {
    row.base_share = median(match.base->peak_fractions);
    row.new_share = median(match.measured->peak_fractions);
    const auto base_peak = median(match.base->peak_gflops);
    const auto new_peak = median(match.measured->peak_gflops);
    if (!base_peak || !new_peak || !row.speed.ratio || *base_peak <= 0 || *new_peak <= 0) return;
    row.peak_ratio = *new_peak / *base_peak;
    row.efficiency_ratio = *row.speed.ratio / *row.peak_ratio;
}

ComparedRow compared_row(const Match& match, const SpeedComparison& speed,
                         const std::optional<AccuracyComparison>& accuracy) {
    ComparedRow row;
    row.name = match.name();
    row.percentile = match.percentile;
    row.disturbed_base = match.base->disturbed;
    row.disturbed_new = match.measured->disturbed;
    row.speed = speed;
    row.accuracy = accuracy;
    row.of_machine = match.base->of_machine && match.measured->of_machine;
    row.joint.reset();
    if (!row.of_machine)
        row.joint = judge_jointly(speed.verdict, accuracy ? std::optional(accuracy->verdict) : std::nullopt);
    if (match.percentile.empty()) add_shares(row, match);
    return row;
}

void add_more_needed(Comparison& comparison, const VerdictSettings& settings) {
    const auto judged = static_cast<std::size_t>(std::ranges::count_if(
        comparison.rows, [](const ComparedRow& row) { return row.speed.p.has_value(); }));
    for (ComparedRow& row : comparison.rows) row.more = more_to_decide(row, judged, settings);
}

// Places of the rows that means and groups are made of: of times, undisturbed, with a ratio. Rows of the
// machine count only where `with_machine`.
std::vector<std::size_t> places_to_group(const std::vector<Match>& matches,
                                         const std::vector<SpeedComparison>& speed, bool with_machine) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < matches.size(); ++i) {
        const bool counts = matches[i].percentile.empty() && !matches[i].disturbed() && speed[i].ratio;
        if (counts && (with_machine || !matches[i].base->of_machine)) places.push_back(i);
    }
    return places;
}

// Groups of the rows at `places` by their names, as places in the whole table.
template <class Grouping>
std::vector<RowGroup> groups_at(const std::vector<std::size_t>& places, const std::vector<Match>& matches,
                                Grouping grouping) {
    std::vector<std::string> names;
    names.reserve(places.size());
    for (const std::size_t place : places) names.push_back(matches[place].group_name());
    std::vector<RowGroup> groups = grouping(names);
    for (RowGroup& group : groups) {
        for (std::size_t& row : group.rows) row = places[row];
    }
    return groups;
}

std::vector<GeometricMean> geometric_means(const std::vector<Match>& matches,
                                           const std::vector<SpeedComparison>& speed,
                                           const std::vector<RowGroup>& named) {
    std::vector<GeometricMean> means;
    for (const RowGroup& group : groups_at(places_to_group(matches, speed, true), matches, groups_to_mean)) {
        const SpeedComparison mean = mean_of_ratios(group, speed);
        if (!mean.ratio) continue;
        means.push_back({.family = group.title,
                         .ratio = *mean.ratio,
                         .interval = mean.interval,
                         .rows = group.rows.size(),
                         .named = {}});
        const auto same =
            std::ranges::find_if(named, [&](const RowGroup& other) { return other.rows == group.rows; });
        if (same != named.end()) means.back().named = static_cast<std::size_t>(same - named.begin());
    }
    return means;
}

// groups_to_name() of the rows that measure the program, where there are any.
std::vector<RowGroup> groups_of_program(const std::vector<Match>& matches,
                                        const std::vector<SpeedComparison>& speed) {
    const bool only_machine =
        std::ranges::all_of(matches, [](const Match& match) { return match.base->of_machine; });
    return groups_at(places_to_group(matches, speed, only_machine), matches, groups_to_name);
}

/// What the base measured and the new file says it could not: a row, or a run of `mnist train`.
std::vector<SkippedRow> new_failures(const Measurements& base, const Measurements& measured) {
    std::set<MeasuredAs> sound;
    for (const MeasuredRow& row : base.rows) sound.insert(measured_as(row.name, base.facts));
    for (const auto& [run, sha256] : base.weights) sound.insert(measured_as(run, base.facts));
    for (const SkippedRow& row : base.skipped) sound.erase(measured_as(row.name, base.facts));
    std::vector<SkippedRow> failures;
    std::copy_if(
        measured.skipped.begin(), measured.skipped.end(), std::back_inserter(failures),
        [&](const SkippedRow& row) { return sound.erase(measured_as(row.name, measured.facts)) > 0; });
    return failures;
}

void add_unmatched(Comparison& comparison, const Matches& matches, const Measurements& base,
                   const Measurements& measured) {
    std::set<MeasuredAs> failed;
    for (const SkippedRow& row : measured.skipped) failed.insert(measured_as(row.name, measured.facts));
    for (const MeasuredRow* const row : matches.only_base) {
        comparison.unmatched_base.push_back(row->name);
        if (!row->of_machine && !failed.contains(measured_as(row->name, base.facts)))
            comparison.missing.push_back(row->name);
    }
    for (const Match& match : matches.rows)
        for (const auto& [percentile, seconds] : match.base->latencies) {
            if (match.measured->latencies.contains(percentile)) continue;
            comparison.unmatched_base.push_back(match.base->name + " " + percentile);
            comparison.missing.push_back(comparison.unmatched_base.back());
        }
    for (const MeasuredRow* const row : matches.only_measured) comparison.unmatched_new.push_back(row->name);
}

// All but what is judged.
Comparison described(const Measurements& base, const Measurements& measured, const Matches& matches,
                     CompareMode mode) {
    Comparison comparison;
    comparison.base_label = base.label;
    comparison.new_label = measured.label;
    comparison.fingerprint_differences = fingerprint_differences(base.facts, measured.facts);
    comparison.other_differences = other_differences(base.facts, measured.facts);
    for (FactDifference& other : primitive_differences(base.facts, measured.facts, matches.rows))
        comparison.other_differences.push_back(std::move(other));
    add_threads_difference(auto_chose_both(base.facts, measured.facts) ? comparison.other_differences
                                                                       : comparison.fingerprint_differences,
                           matches.rows);
    comparison.mode = mode;
    if (mode == CompareMode::automatic)
        comparison.mode =
            comparison.fingerprint_differences.empty() ? CompareMode::gate : CompareMode::report;
    comparison.warnings = unfair_differences(base, measured, matches.rows);
    warn_of_confounding(comparison);
    comparison.bits = compared_bits(base, measured);
    comparison.skipped_base = base.skipped;
    comparison.skipped_new = measured.skipped;
    comparison.failures_new = new_failures(base, measured);
    add_unmatched(comparison, matches, base, measured);
    return comparison;
}

/// "a.json has Train/Adam/batch:64 and 3 more (threads 2), and a row it could not use: X: ...": where nothing
/// matches, that is what a reader has to look at.
std::string what_it_has(const Measurements& side) {
    std::string text = side.label + " has ";
    if (side.rows.empty()) {
        text += "no row";
    } else {
        const std::size_t more = side.rows.size() - 1;
        text += side.rows.front().name + (more > 0 ? fmt::format(" and {} more", more) : "");
    }
    const auto threads = side.facts.find("mnist.config.threads");
    if (threads != side.facts.end()) text += fmt::format(" (threads {})", threads->second);
    if (side.skipped.empty()) return text;
    const SkippedRow& first = side.skipped.front();
    return text +
           fmt::format(", and {} it could not use: {}: {}",
                       side.skipped.size() == 1 ? "a row" : fmt::format("{} rows", side.skipped.size()),
                       first.name, first.reason);
}

}  // namespace

std::string_view word(CompareMode mode) {
    return mode == CompareMode::gate ? "gate" : "report";
}

void require_comparable(const Measurements& base, const Measurements& measured) {
    require_same_data(base, measured);
    if (!matched(base, measured).rows.empty()) return;
    throw InputError({.where = measured.label,
                      .expected = "a benchmark that " + base.label + " has too",
                      .found = fmt::format("none: {}; {}", what_it_has(base), what_it_has(measured)),
                      .remedy =
                          "Measure the same in both: mnist_bench with the same --benchmark_filter, "
                          "--threads and --copies, mnist train with the same --optimizer and --batch-size"});
}

std::vector<std::pair<std::string, std::string>> names_in_common(const Measurements& base,
                                                                 const Measurements& measured) {
    std::vector<std::pair<std::string, std::string>> names;
    for (const Match& match : matched(base, measured).rows)
        names.emplace_back(match.base->name, match.measured->name);
    return names;
}

Comparison compare(const Measurements& base, const Measurements& measured, const CompareSettings& settings) {
    require_comparable(base, measured);
    const std::size_t looks = planned_looks(base) * planned_looks(measured);
    const VerdictSettings verdict = at_level(settings.verdict, looks);
    const Matches found = matched(base, measured);
    Comparison comparison = described(base, measured, found, settings.mode);
    const std::vector<Match> matches = with_latencies(found.rows);
    Table table;
    for (const Match& match : matches) table.add(match, base.facts);
    const auto speed = judge_speed(table.times, verdict);
    const auto accuracy = judge_accuracy(table.accuracies, verdict);
    for (std::size_t i = 0; i < matches.size(); ++i)
        comparison.rows.push_back(compared_row(matches[i], speed[i], accuracy[i]));
    comparison.alpha = verdict.alpha;
    comparison.looks = looks;
    add_more_needed(comparison, verdict);
    const std::vector<RowGroup> groups = groups_of_program(matches, speed);
    comparison.named = judge_groups(groups, table.times, speed, accuracy, verdict);
    comparison.geomeans = geometric_means(matches, speed, groups);
    comparison.rows_can_be_claimed = can_be_claimed(comparison.rows, verdict.alpha);
    comparison.more_repetitions = more_repetitions(base, measured, comparison.rows, verdict.alpha);
    warn_of_figures(comparison, table.times, verdict.alpha);
    comparison.scores = compare_scores(base, measured);
    return comparison;
}

std::vector<Comparison> compare(const Measurements& base, std::span<const Measurements> others,
                                const CompareSettings& settings) {
    std::vector<Comparison> comparisons;
    for (const Measurements& measured : others) comparisons.push_back(compare(base, measured, settings));
    return comparisons;
}

}  // namespace mnist
