// Verdicts over the whole table at once. Matching is in table.cpp, facts and their differences in
// fairness.cpp, what the figures themselves warn of in cautions.cpp.
#include "mnist/compare/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "cautions.hpp"
#include "fairness.hpp"
#include "mnist/core/error.hpp"
#include "mnist/stats/summary.hpp"
#include "table.hpp"

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
    row.name = match.base->name;
    row.speed = speed;
    row.accuracy = accuracy;
    row.of_machine = match.base->of_machine && match.measured->of_machine;
    row.joint.reset();
    if (!row.of_machine)
        row.joint = judge_jointly(speed.verdict, accuracy ? std::optional(accuracy->verdict) : std::nullopt);
    add_shares(row, match);
    return row;
}

// Rows without a ratio cannot be in a mean; means say how many are.
std::vector<GeometricMean> geometric_means(const std::vector<ComparedRow>& rows) {
    std::vector<std::string> names;
    std::vector<SpeedComparison> speed;
    for (const ComparedRow& row : rows) {
        if (!row.speed.ratio) continue;
        names.push_back(row.name);
        speed.push_back(row.speed);
    }
    std::vector<RowGroup> groups = groups_by_family(names);
    if (!groups.empty()) {
        groups.push_back({.title = "all", .rows = {}});
        for (std::size_t i = 0; i < names.size(); ++i) groups.back().rows.push_back(i);
    }
    std::vector<GeometricMean> means;
    for (const RowGroup& group : groups) {
        const SpeedComparison mean = mean_of_ratios(group, speed);
        if (mean.ratio)
            means.push_back({.family = group.title,
                             .ratio = *mean.ratio,
                             .interval = mean.interval,
                             .rows = group.rows.size()});
    }
    return means;
}

// groups_to_name() of the rows that measure the program, where there are any.
std::vector<RowGroup> groups_of_program(const std::vector<Match>& matches) {
    std::vector<std::string> names;
    std::vector<std::size_t> places;
    const bool only_machine = std::all_of(matches.begin(), matches.end(),
                                          [](const Match& match) { return match.base->of_machine; });
    for (std::size_t i = 0; i < matches.size(); ++i) {
        if (matches[i].base->of_machine && !only_machine) continue;
        names.push_back(matches[i].base->name);
        places.push_back(i);
    }
    std::vector<RowGroup> groups = groups_to_name(names);
    for (RowGroup& group : groups) {
        for (std::size_t& row : group.rows) row = places[row];
    }
    return groups;
}

/// What the base measured and the new file says it could not: a row, or a run of `mnist train`.
std::vector<SkippedRow> new_failures(const Measurements& base, const Measurements& measured) {
    std::unordered_set<std::string> sound;
    for (const MeasuredRow& row : base.rows) sound.insert(row.name);
    for (const auto& [run, sha256] : base.weights) sound.insert(run);
    for (const SkippedRow& row : base.skipped) sound.erase(row.name);
    std::vector<SkippedRow> failures;
    std::copy_if(measured.skipped.begin(), measured.skipped.end(), std::back_inserter(failures),
                 [&](const SkippedRow& row) { return sound.erase(row.name) > 0; });
    return failures;
}

// All but what is judged.
Comparison described(const Measurements& base, const Measurements& measured, CompareMode mode) {
    require_same_data(base, measured);
    Comparison comparison;
    comparison.base_label = base.label;
    comparison.new_label = measured.label;
    comparison.fingerprint_differences = fingerprint_differences(base.facts, measured.facts);
    comparison.mode = mode;
    if (mode == CompareMode::automatic)
        comparison.mode =
            comparison.fingerprint_differences.empty() ? CompareMode::gate : CompareMode::report;
    comparison.warnings = unfair_differences(base, measured);
    comparison.bits = compared_bits(base, measured);
    comparison.skipped_base = base.skipped;
    comparison.skipped_new = measured.skipped;
    comparison.failures_new = new_failures(base, measured);
    return comparison;
}

/// "; a.json: Train/Adam skipped: ...", of the first row: where nothing is left, that is the likely reason.
std::string first_skipped(const Measurements& side) {
    if (side.skipped.empty()) return {};
    const SkippedRow& first = side.skipped.front();
    return fmt::format("; {} has {} it could not use: {}: {}", side.label,
                       side.skipped.size() == 1 ? "a row" : fmt::format("{} rows", side.skipped.size()),
                       first.name, first.reason);
}

}  // namespace

std::string_view word(CompareMode mode) {
    return mode == CompareMode::gate ? "gate" : "report";
}

std::vector<Comparison> compare(const Measurements& base, std::span<const Measurements> others,
                                const CompareSettings& settings) {
    std::vector<Comparison> comparisons;
    std::vector<Match> matches;  // of all comparisons, one after the other
    Table table;
    std::vector<RowGroup> named;
    for (const Measurements& measured : others) {
        Comparison& comparison = comparisons.emplace_back(described(base, measured, settings.mode));
        Matches found = matched(base, measured);
        if (found.rows.empty())
            throw InputError(
                {.where = measured.label,
                 .expected = "a benchmark of " + base.label + " to compare with",
                 .found = "no name that both have" + first_skipped(base) + first_skipped(measured),
                 .remedy = "Measure the same benchmarks in both: the same --benchmark_filter, "
                           "--threads and --batch-size"});
        comparison.unmatched_base = std::move(found.only_base);
        comparison.unmatched_new = std::move(found.only_measured);
        warn_of_copy(comparison, std::all_of(found.rows.begin(), found.rows.end(), [](const Match& match) {
                         return match.base->seconds == match.measured->seconds;
                     }));
        for (const Match& match : found.rows) table.add(match, base.facts);
        for (RowGroup& group : groups_of_program(found.rows)) {
            for (std::size_t& row : group.rows) row += matches.size();
            comparison.named.emplace_back();
            named.push_back(std::move(group));
        }
        matches.insert(matches.end(), found.rows.begin(), found.rows.end());
        comparison.rows.resize(found.rows.size());
    }
    const auto speed = judge_speed(table.times, settings.verdict);
    const auto accuracy = judge_accuracy(table.accuracies, settings.verdict);
    const auto groups = judge_groups(named, table.times, speed, accuracy, settings.verdict);
    const auto drifts = drifting_samples(table.times, settings.verdict.alpha);
    std::size_t row = 0;
    std::size_t group = 0;
    for (Comparison& comparison : comparisons) {
        const std::size_t first = row;
        for (ComparedRow& compared : comparison.rows) {
            compared = compared_row(matches[row], speed[row], accuracy[row]);
            ++row;
        }
        warn_of_machine(comparison);
        warn_of_drift(comparison, std::span(drifts).subspan(first, comparison.rows.size()));
        warn_of_few_repetitions(comparison, speed, settings.verdict.alpha);
        comparison.rows_can_be_claimed = can_be_claimed(comparison.rows, speed, settings.verdict.alpha);
        for (GroupComparison& judged : comparison.named) judged = groups[group++];
        comparison.geomeans = geometric_means(comparison.rows);
    }
    return comparisons;
}

Comparison compare(const Measurements& base, const Measurements& measured, const CompareSettings& settings) {
    return compare(base, std::span(&measured, 1), settings).front();
}

}  // namespace mnist
