// Matching by name, then verdicts over the whole table at once. Facts and their differences are in
// fairness.cpp.
#include "mnist/compare/comparison.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "fairness.hpp"
#include "mnist/core/error.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

struct Match {
    const MeasuredRow* base;
    const MeasuredRow* measured;
};

std::vector<Match> matches(const Measurements& base, const Measurements& measured, Comparison& comparison) {
    std::map<std::string, const MeasuredRow*> by_name;
    for (const MeasuredRow& row : measured.rows) by_name.emplace(row.name, &row);
    std::vector<Match> matched;
    for (const MeasuredRow& row : base.rows) {
        const auto found = by_name.find(row.name);
        if (found == by_name.end()) {
            comparison.unmatched_base.push_back(row.name);
            continue;
        }
        matched.push_back({&row, found->second});
        by_name.erase(found);
    }
    for (const MeasuredRow& row : measured.rows)
        if (by_name.contains(row.name)) comparison.unmatched_new.push_back(row.name);
    return matched;
}

// Noise floors are stored as a share for each family.
double noise_floor(const Measurements& base, const std::string& name) {
    const auto found = base.facts.find("mnist.noise_floor." + family_of(name));
    if (found == base.facts.end()) return 0;
    try {
        const double share = std::stod(found->second);
        return std::isfinite(share) && share > 0 ? share : 0;
    } catch (const std::exception&) {
        return 0;  // not a number: as if it were not there
    }
}

void add_shares(ComparedRow& row, const Match& match) {
    row.base_share = median(match.base->peak_fractions);
    row.new_share = median(match.measured->peak_fractions);
    const auto base_peak = median(match.base->peak_gflops);
    const auto new_peak = median(match.measured->peak_gflops);
    if (!base_peak || !new_peak || !row.speed.ratio || *base_peak <= 0 || *new_peak <= 0) return;
    row.peak_ratio = *new_peak / *base_peak;
    row.efficiency_ratio = *row.speed.ratio / *row.peak_ratio;
}

std::vector<ComparedRow> judged(const std::vector<Match>& matched, const Measurements& base,
                                const VerdictSettings& settings) {
    std::vector<TimeSamples> times;
    std::vector<std::pair<AccuracySample, AccuracySample>> accuracies;
    for (const Match& match : matched) {
        times.push_back({.base = match.base->seconds,
                         .new_values = match.measured->seconds,
                         .noise_floor = noise_floor(base, match.base->name)});
        accuracies.emplace_back(match.base->accuracy, match.measured->accuracy);
    }
    const auto speed = judge_speed(times, settings);
    const auto accuracy = judge_accuracy(accuracies, settings);
    std::vector<ComparedRow> rows;
    for (std::size_t i = 0; i < matched.size(); ++i) {
        ComparedRow& row = rows.emplace_back();
        row.name = matched[i].base->name;
        row.speed = speed[i];
        row.accuracy = accuracy[i];
        row.joint =
            judge_jointly(speed[i].verdict, accuracy[i] ? std::optional(accuracy[i]->verdict) : std::nullopt);
        add_shares(row, matched[i]);
    }
    return rows;
}

std::vector<GeometricMean> means(const std::vector<ComparedRow>& rows) {
    std::vector<std::string> families;
    std::map<std::string, std::vector<double>> ratios;
    for (const ComparedRow& row : rows) {
        if (!row.speed.ratio) continue;
        const std::string family = family_of(row.name);
        if (!ratios.contains(family)) families.push_back(family);
        ratios[family].push_back(*row.speed.ratio);
        ratios["all"].push_back(*row.speed.ratio);
    }
    std::vector<GeometricMean> result;
    if (!families.empty()) families.emplace_back("all");
    for (const std::string& family : families) {
        const std::vector<double>& values = ratios[family];
        if (const auto mean = geometric_mean(values))
            result.push_back({.family = family, .ratio = *mean, .rows = values.size()});
    }
    return result;
}

}  // namespace

std::string_view word(CompareMode mode) {
    return mode == CompareMode::gate ? "gate" : "report";
}

bool Comparison::regressed() const {
    return std::any_of(rows.begin(), rows.end(), [](const ComparedRow& row) {
        return row.joint == JointVerdict::regressed || row.joint == JointVerdict::traded;
    });
}

Comparison compare(const Measurements& base, const Measurements& measured, const CompareSettings& settings) {
    require_same_data(base, measured);
    Comparison comparison;
    comparison.base_label = base.label;
    comparison.new_label = measured.label;
    comparison.fingerprint_differences = fingerprint_differences(base.facts, measured.facts);
    comparison.mode = settings.mode;
    if (settings.mode == CompareMode::automatic)
        comparison.mode =
            comparison.fingerprint_differences.empty() ? CompareMode::gate : CompareMode::report;
    comparison.warnings = unfair_differences(base, measured);
    comparison.bits = compared_bits(base, measured);
    comparison.skipped_base = base.skipped;
    comparison.skipped_new = measured.skipped;
    const std::vector<Match> matched = matches(base, measured, comparison);
    if (matched.empty())
        throw InputError(
            {.where = measured.label,
             .expected = "a benchmark of " + base.label + " to compare with",
             .found = "no name that both have",
             .remedy = "Measure the same benchmarks in both: the same --benchmark_filter and --threads"});
    comparison.rows = judged(matched, base, settings.verdict);
    comparison.geomeans = means(comparison.rows);
    return comparison;
}

}  // namespace mnist
