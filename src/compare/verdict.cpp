// Rules on top of the room `stats`. Claims need significance and size; what falls between is inconclusive.
#include "mnist/compare/verdict.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "mnist/stats/bootstrap.hpp"
#include "mnist/stats/clusters.hpp"
#include "mnist/stats/hodges_lehmann.hpp"
#include "mnist/stats/hypothesis.hpp"
#include "mnist/stats/multiplicity.hpp"
#include "mnist/stats/rank_test.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

SpeedVerdict speed_verdict(const SpeedComparison& row, double alpha) {
    if (row.verdict == SpeedVerdict::disturbed) return row.verdict;
    if (!row.interval || !row.p_adjusted || !row.ratio) return SpeedVerdict::inconclusive;
    const double most = 1 + row.threshold;
    const bool significant = *row.p_adjusted < alpha;
    if (significant && *row.ratio > most && row.interval->lower > 1) return SpeedVerdict::faster;
    if (significant && *row.ratio < 1 / most && row.interval->upper < 1) return SpeedVerdict::slower;
    const bool within = row.interval->lower >= 1 / most && row.interval->upper <= most;
    return within ? SpeedVerdict::equivalent : SpeedVerdict::inconclusive;
}

/// As one of ratios, with the ratio in it: a wild repetition moves means, and the ratio hardly.
Interval as_ratios(const Interval& logarithms, double ratio) {
    return {std::min(std::exp(logarithms.lower), ratio), std::max(std::exp(logarithms.upper), ratio)};
}

void judge_by_repetitions(SpeedComparison& result, const TimeSamples& row, RatioBootstrap& bootstrap) {
    if (const auto interval = bootstrap.interval(row.base, row.new_values))
        result.interval = interval->interval;
    if (const auto test = mann_whitney_test(row.base, row.new_values)) result.p = test->p;
    result.least_p = least_mann_whitney_p(row.base.size(), row.new_values.size());
}

void judge_by_processes(SpeedComparison& result, const TimeSamples& row, const BootstrapSettings& settings) {
    const ClusteredSample base{row.base, row.base_processes};
    const ClusteredSample other{row.new_values, row.new_processes};
    result.least_p = least_cluster_p(result.processes_base, result.processes_new);
    if (!result.ratio) return;
    const auto test = cluster_test(cluster_log_means(base), cluster_log_means(other), settings.confidence);
    if (!test) return;
    // Means may lean to one side and the ratio to the other: then nothing is shown.
    result.p = (test->difference > 0) == (*result.ratio > 1) ? test->p : 1;
    if (test->interval) {
        result.interval = as_ratios(*test->interval, *result.ratio);
    } else if (const auto interval = cluster_bootstrap_ratio_interval(base, other, settings)) {
        result.interval = interval->interval;
    }
}

/// Of a table of many pairs of repetitions each row gets fewer resamples, as all of them together would take
/// minutes: two thousand move the ends of an interval by some per cent of its width.
BootstrapSettings resampling(std::span<const TimeSamples> rows, const VerdictSettings& settings) {
    constexpr double kMostWalked =
        2e9;  // pairs of all rows in all resamples: ten thousand of 2,000 rows of ten
    constexpr double kLeast = 2000;
    constexpr double kBeyond = 10;  // resamples outside of an interval, on both sides together
    double pairs = 1;
    for (const TimeSamples& row : rows)
        if (const std::size_t own = row.base.size() * row.new_values.size(); own <= kMostResampledPairs)
            pairs += static_cast<double>(own);
    const double least = std::ceil(std::max({kMostWalked / pairs, kLeast, kBeyond / settings.alpha}));
    return {.seed = settings.seed,
            .resamples = static_cast<std::uint32_t>(std::min<double>(settings.resamples, least)),
            .confidence = 1 - settings.alpha};
}

SpeedComparison measured(const TimeSamples& row, const VerdictSettings& settings,
                         const BootstrapSettings& resamples, RatioBootstrap& bootstrap) {
    SpeedComparison result;
    result.samples_base = row.base.size();
    result.samples_new = row.new_values.size();
    result.processes_base = places_by_cluster({row.base, row.base_processes}).size();
    result.processes_new = places_by_cluster({row.new_values, row.new_processes}).size();
    result.clustered =
        std::max(result.processes_base, result.processes_new) > 1 &&
        (row.base.size() > result.processes_base || row.new_values.size() > result.processes_new);
    result.threshold = std::max(settings.threshold, row.noise_floor);
    result.raised_by_noise = row.noise_floor > settings.threshold;
    result.ratio = hodges_lehmann_ratio(row.base, row.new_values);
    result.verdict = row.disturbed ? SpeedVerdict::disturbed : SpeedVerdict::inconclusive;
    if (row.disturbed || std::min(row.base.size(), row.new_values.size()) < kLeastRepetitions) return result;
    if (result.clustered) {
        judge_by_processes(result, row, resamples);
    } else {
        judge_by_repetitions(result, row, bootstrap);
    }
    return result;
}

double mean(const std::vector<double>& values) {
    return summarise(values)->mean;
}

/// A seed that was trained several times (pooled files) is one observation: its mean. The others unchanged.
AccuracySample one_a_seed(const AccuracySample& sample) {
    if (sample.seeds.size() != sample.percent.size()) return sample;
    std::map<std::uint64_t, std::vector<double>> by_seed;
    for (std::size_t i = 0; i < sample.seeds.size(); ++i)
        by_seed[sample.seeds[i]].push_back(sample.percent[i]);
    AccuracySample reduced{.percent = {}, .seeds = {}, .test_samples = sample.test_samples};
    for (const auto& [seed, percent] : by_seed) {
        reduced.seeds.push_back(seed);
        reduced.percent.push_back(mean(percent));
    }
    return reduced;
}

/// new minus base, seed by seed; empty unless both sides have exactly the same seeds, each once.
std::vector<double> differences_by_seed(const AccuracySample& base, const AccuracySample& new_sample) {
    const auto by_seed = [](const AccuracySample& sample) {
        std::map<std::uint64_t, double> map;
        for (std::size_t i = 0; i < sample.seeds.size(); ++i) map.emplace(sample.seeds[i], sample.percent[i]);
        return map;
    };
    const std::map<std::uint64_t, double> before = by_seed(base);
    const std::map<std::uint64_t, double> after = by_seed(new_sample);
    if (before.size() != base.percent.size() || after.size() != new_sample.percent.size() ||
        before.size() != after.size())
        return {};
    std::vector<double> differences;
    for (const auto& [seed, percent] : before) {
        const auto other = after.find(seed);
        if (other == after.end()) return {};
        differences.push_back(other->second - percent);
    }
    return differences;
}

/// One run of the same seed on both sides, or several on both.
bool differs_by_test_set(const AccuracySample& base, const AccuracySample& new_sample) {
    if (base.percent.size() == 1 && new_sample.percent.size() == 1)
        return base.seeds.size() == 1 && base.seeds == new_sample.seeds;
    return base.percent.size() > 1 && new_sample.percent.size() > 1;
}

std::optional<Interval> test_set_interval(const AccuracySample& base, const AccuracySample& new_sample,
                                          double confidence) {
    if (!base.test_samples || !new_sample.test_samples) return std::nullopt;
    const auto correct = [](const AccuracySample& sample) {
        const double n = static_cast<double>(*sample.test_samples);
        return static_cast<std::uint64_t>(std::llround(std::clamp(mean(sample.percent) / 100, 0.0, 1.0) * n));
    };
    const std::optional<Interval> shares = independent_proportions_interval(
        correct(new_sample), *new_sample.test_samples, correct(base), *base.test_samples, confidence);
    if (!shares) return std::nullopt;
    return Interval{shares->lower * 100, shares->upper * 100};
}

AccuracyComparison compared(const AccuracySample& base_runs, const AccuracySample& new_runs,
                            double confidence) {
    const AccuracySample base = one_a_seed(base_runs);
    const AccuracySample new_sample = one_a_seed(new_runs);
    AccuracyComparison result;
    result.difference = mean(new_sample.percent) - mean(base.percent);
    const std::vector<double> differences = differences_by_seed(base, new_sample);
    if (differences.size() > 1) {
        result.paired = true;
        result.difference = mean(differences);
        result.interval = mean_interval(differences, confidence);
        return result;
    }
    if (base.percent.size() > 1 && new_sample.percent.size() > 1) {
        if (const auto welch = welch_test(new_sample.percent, base.percent, confidence)) {
            result.interval = welch->interval;
            return result;
        }
    }
    // Runs without any spread are of a seed that the file does not name, like one run of the same seed on
    // both sides: what is left is the spread of the test set. One run beside several, or beside one of
    // another seed, is no such pair: seeds spread further than the test set.
    if (differs_by_test_set(base, new_sample))
        result.interval = test_set_interval(base, new_sample, confidence);
    return result;
}

}  // namespace

std::string_view word(SpeedVerdict verdict) {
    constexpr std::array kWords{"faster", "slower", "equivalent", "inconclusive", "disturbed"};
    return kWords.at(static_cast<std::size_t>(verdict));
}

std::string_view word(AccuracyVerdict verdict) {
    constexpr std::array kWords{"better", "worse", "same", "inconclusive"};
    return kWords.at(static_cast<std::size_t>(verdict));
}

std::string_view word(JointVerdict verdict) {
    constexpr std::array kWords{"improved", "regressed", "traded", "unchanged", "inconclusive", "disturbed"};
    return kWords.at(static_cast<std::size_t>(verdict));
}

AccuracyVerdict accuracy_verdict(const AccuracyComparison& comparison, double margin) {
    if (!comparison.interval) return AccuracyVerdict::inconclusive;
    if (comparison.interval->lower >= -margin && comparison.interval->upper <= margin)
        return AccuracyVerdict::same;
    if (comparison.interval->lower > 0) return AccuracyVerdict::better;
    if (comparison.interval->upper < 0) return AccuracyVerdict::worse;
    return AccuracyVerdict::inconclusive;
}

void decide(std::span<SpeedComparison* const> comparisons, double alpha) {
    std::vector<double> p_values;
    for (const SpeedComparison* const comparison : comparisons) {
        if (comparison->p) p_values.push_back(*comparison->p);
    }
    const std::vector<double> adjusted = holm_adjusted(p_values).value_or(std::vector<double>{});
    auto next = adjusted.begin();
    for (SpeedComparison* const comparison : comparisons) {
        if (comparison->p && next != adjusted.end()) comparison->p_adjusted = *next++;
        comparison->verdict = speed_verdict(*comparison, alpha);
    }
}

std::vector<SpeedComparison> judge_speed(std::span<const TimeSamples> rows, const VerdictSettings& settings) {
    std::vector<SpeedComparison> results;
    const BootstrapSettings resamples = resampling(rows, settings);
    RatioBootstrap bootstrap(resamples);
    for (const TimeSamples& row : rows) results.push_back(measured(row, settings, resamples, bootstrap));
    std::vector<SpeedComparison*> pointers;
    pointers.reserve(results.size());
    for (SpeedComparison& result : results) pointers.push_back(&result);
    decide(pointers, settings.alpha);
    return results;
}

std::vector<std::optional<AccuracyComparison>> judge_accuracy(
    std::span<const std::pair<AccuracySample, AccuracySample>> rows, const VerdictSettings& settings) {
    const auto has_both = [](const auto& row) {
        return !row.first.percent.empty() && !row.second.percent.empty();
    };
    const auto comparisons = std::ranges::count_if(rows, has_both);
    std::vector<std::optional<AccuracyComparison>> results;
    for (const auto& row : rows) {
        results.emplace_back();
        if (!has_both(row)) continue;
        const double confidence = 1 - settings.alpha / static_cast<double>(comparisons);
        AccuracyComparison result = compared(row.first, row.second, confidence);
        result.verdict = accuracy_verdict(result, settings.accuracy_margin);
        results.back() = result;
    }
    return results;
}

JointVerdict judge_jointly(SpeedVerdict speed, std::optional<AccuracyVerdict> accuracy) {
    // What made it slow changed no bit.
    if (speed == SpeedVerdict::disturbed)
        return accuracy == AccuracyVerdict::worse ? JointVerdict::regressed : JointVerdict::disturbed;
    // Without accuracies nothing about them can be worse.
    const AccuracyVerdict quality = accuracy.value_or(AccuracyVerdict::same);
    const bool gain = speed == SpeedVerdict::faster || quality == AccuracyVerdict::better;
    const bool loss = speed == SpeedVerdict::slower || quality == AccuracyVerdict::worse;
    const bool unknown = speed == SpeedVerdict::inconclusive || quality == AccuracyVerdict::inconclusive;
    if (gain && loss) return JointVerdict::traded;
    if (loss) return JointVerdict::regressed;
    if (unknown) return JointVerdict::inconclusive;
    return gain ? JointVerdict::improved : JointVerdict::unchanged;
}

}  // namespace mnist
