// Warnings that the figures themselves give, each with a remedy.
#include "cautions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "mnist/stats/clusters.hpp"
#include "mnist/stats/multiplicity.hpp"
#include "mnist/stats/rank_test.hpp"
#include "mnist/stats/summary.hpp"
#include "mnist/stats/trend.hpp"
#include "undecided.hpp"

namespace mnist {
namespace {

constexpr double kLeastDrift = 0.02;
constexpr std::size_t kUsualSeeds = 5;  // they cost whole trainings

bool is_claim(SpeedVerdict verdict) {
    return verdict == SpeedVerdict::faster || verdict == SpeedVerdict::slower;
}

/// Median of the later half over that of the earlier one; the middle one of an odd number is in neither.
double later_over_earlier(const std::vector<double>& values) {
    const std::span<const double> seconds(values);
    const std::size_t half = seconds.size() / 2;
    return median(seconds.last(half)).value_or(1) / median(seconds.first(half)).value_or(1);
}

/// How far a ratio is from 1, in either direction.
double distance(const std::optional<double>& ratio) {
    return ratio ? std::abs(std::log(*ratio)) : 0;
}

/// Rows that Holm's adjustment counts.
double judged_rows(std::span<const ComparedRow> rows) {
    return static_cast<double>(
        std::ranges::count_if(rows, [](const ComparedRow& row) { return row.speed.p.has_value(); }));
}

/// Whether the least p that so many repetitions, or processes, can have is small enough among so many rows.
bool claimable(const SpeedComparison& row, double judged, double alpha) {
    return row.p && row.least_p * judged < alpha;
}

/// How much longer the later half of a row's repetitions took than the earlier half, as a ratio of medians;
/// empty where the times do not depend on their order.
struct Drift {
    std::optional<double> base, new_values;
};

/// The series that is looked at: one value a process where there are several, since what differs from process
/// to process would pass for a drift.
std::vector<double> in_time(std::span<const double> seconds, std::span<const std::uint32_t> processes) {
    if (processes.empty()) return {seconds.begin(), seconds.end()};
    std::vector<double> series = cluster_log_means({seconds, processes});
    for (double& mean : series) mean = std::exp(mean);
    return series;
}

/// Of every row. Times depend on their order where Mann and Kendall's p, adjusted by Holm over both sides of
/// all rows that have kLeastRepetitions, is below alpha, and the halves differ by more than 2 %.
std::vector<Drift> drifting_samples(std::span<const TimeSamples> rows, double alpha) {
    std::vector<Drift> drifts(rows.size());
    struct Candidate {
        std::optional<double>* drift;
        std::vector<double> seconds;
    };
    std::vector<Candidate> candidates;
    std::vector<double> p_values;
    const auto look = [&](std::optional<double>& drift, std::span<const double> seconds,
                          std::span<const std::uint32_t> processes) {
        std::vector<double> series = in_time(seconds, processes);
        if (series.size() < kLeastRepetitions) return;
        const auto test = mann_kendall_test(series);
        if (!test) return;
        candidates.push_back({&drift, std::move(series)});
        p_values.push_back(test->p);
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].disturbed) continue;
        look(drifts[i].base, rows[i].base, rows[i].base_processes);
        look(drifts[i].new_values, rows[i].new_values, rows[i].new_processes);
    }
    const auto adjusted = holm_adjusted(p_values).value_or(std::vector<double>(p_values.size(), 1.0));
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const double ratio = later_over_earlier(candidates[i].seconds);
        if (adjusted[i] < alpha && distance(ratio) > std::log1p(kLeastDrift)) *candidates[i].drift = ratio;
    }
    return drifts;
}

void warn_of_side(const std::string& label, const std::vector<ComparedRow>& rows,
                  std::span<const Drift> drifts, std::optional<double> Drift::*side,
                  std::vector<std::string>& warnings) {
    const auto most = std::ranges::max_element(
        drifts, [&](const Drift& a, const Drift& b) { return distance(a.*side) < distance(b.*side); });
    if (most == drifts.end() || !((*most).*side)) return;
    const auto others =
        std::ranges::count_if(drifts, [&](const Drift& drift) { return (drift.*side).has_value(); }) - 1;
    const double ratio = *((*most).*side);
    warnings.push_back(fmt::format(
        "{} drifted while it was measured: the later repetitions of {} took {:.3g} % {} than the earlier "
        "ones{}; "
        "measure again on a machine that is idle and has reached its temperature, with "
        "--benchmark_enable_random_interleaving=true",
        label, rows[static_cast<std::size_t>(most - drifts.begin())].name, std::abs(ratio - 1) * 100,
        ratio > 1 ? "longer" : "less",
        others == 0 ? "" : fmt::format(", as did {} more {}", others, others == 1 ? "row" : "rows")));
}

/// Where all repetitions that both have are the same to the last digit: they are of one measurement.
void warn_of_copy(Comparison& comparison, std::span<const TimeSamples> rows) {
    if (!std::ranges::all_of(rows, [](const TimeSamples& row) {
            return std::equal(row.base.begin(), row.base.end(), row.new_values.begin(), row.new_values.end());
        }))
        return;
    comparison.warnings.push_back(
        fmt::format("{} has the same repetitions as {}, to the last digit, so one is a copy of the other: "
                    "measure both",
                    comparison.new_label, comparison.base_label));
}

/// In a gate: the rows of the machine that are faster or slower than before.
void warn_of_machine(Comparison& comparison) {
    if (comparison.mode != CompareMode::gate) return;
    constexpr std::size_t kMostListed = 6;
    std::vector<std::string> changed;
    std::size_t count = 0;
    for (const ComparedRow& row : comparison.rows) {
        if (!row.of_machine || !is_claim(row.speed.verdict) || ++count > kMostListed) continue;
        changed.push_back(fmt::format("{} {:.2f}x", row.name, row.speed.ratio.value_or(1)));
    }
    if (count == 0) return;
    if (count > kMostListed) changed.push_back(fmt::format("{} more", count - kMostListed));
    comparison.warnings.push_back(fmt::format(
        "the machine itself changed between the files ({}), and no row says how much of its ratio is the "
        "program's: measure both again, one right after the other",
        fmt::join(changed, ", ")));
}

bool some_clustered(std::span<const ComparedRow> rows) {
    return std::ranges::any_of(rows, [](const ComparedRow& row) { return row.speed.clustered; });
}

bool is_training(const Measurements& side) {
    return side.facts.contains("mnist.config.seeds");
}

/// "a.json is of 2 processes"; of rows that are judged by processes, the fewest.
std::string processes_of(const Comparison& comparison, bool of_base) {
    std::size_t fewest = kLeastClusters;
    for (const ComparedRow& row : comparison.rows) {
        if (!row.speed.clustered || !row.speed.p) continue;
        fewest = std::min(fewest, of_base ? row.speed.processes_base : row.speed.processes_new);
    }
    if (fewest >= kLeastClusters) return {};
    return fmt::format("{} is of {} {}", of_base ? comparison.base_label : comparison.new_label, fewest,
                       fewest == 1 ? "process" : "processes");
}

/// Where rows are judged by processes, and a side has fewer than its ranks could speak of.
void warn_of_few_processes(Comparison& comparison) {
    std::vector<std::string> sides;
    for (const bool of_base : {true, false})
        if (std::string side = processes_of(comparison, of_base); !side.empty())
            sides.push_back(std::move(side));
    if (sides.empty()) return;
    comparison.warnings.push_back(fmt::format(
        "{}: with fewer than {} on a side, what differs from process to process is taken to be normal and "
        "alike on both, which so few cannot show, and little can be claimed: measure both with {}",
        fmt::join(sides, ", and "), kLeastClusters, comparison.more_repetitions));
}

/// Where a row differs by more than its threshold, and no row could be called faster or slower however far
/// apart its samples were.
void warn_of_few_repetitions(Comparison& comparison, double alpha) {
    const double judged = judged_rows(comparison.rows);
    const bool one_could = std::ranges::any_of(
        comparison.rows, [&](const ComparedRow& row) { return claimable(row.speed, judged, alpha); });
    const bool one_should = std::ranges::any_of(comparison.rows, [](const ComparedRow& row) {
        return row.speed.p && distance(row.speed.ratio) > std::log1p(row.speed.threshold);
    });
    if (one_could || !one_should) return;
    comparison.warnings.push_back(fmt::format(
        "with so few {} none of {:.0f} rows can be called faster or slower on its own, however "
        "large its ratio: measure with {}, or fewer rows",
        some_clustered(comparison.rows) ? "processes" : "repetitions", judged, comparison.more_repetitions));
}

}  // namespace

std::string more_repetitions(const Measurements& base, const Measurements& measured,
                             std::span<const ComparedRow> rows, double alpha) {
    const auto count = static_cast<double>(rows.size());
    if (some_clustered(rows)) {
        const std::size_t enough = enough_values(kLeastClusters, count, alpha);
        if (is_training(base) || is_training(measured))
            return fmt::format("{} files a side, each of a run of its own", enough);
        return fmt::format("--processes={}", enough);
    }
    std::vector<std::string> flags;
    if (!is_training(base) || !is_training(measured))
        flags.push_back(
            fmt::format("--benchmark_repetitions={}", enough_values(kUsualRepetitions, count, alpha)));
    if (is_training(base) || is_training(measured))
        flags.push_back(fmt::format("--seeds {}", enough_values(kUsualSeeds, count, alpha)));
    return fmt::format("{}", fmt::join(flags, " and "));
}

void warn_of_figures(Comparison& comparison, std::span<const TimeSamples> samples, double alpha) {
    warn_of_copy(comparison, samples);
    warn_of_machine(comparison);
    const std::vector<Drift> drifts = drifting_samples(samples, alpha);
    warn_of_side(comparison.base_label, comparison.rows, drifts, &Drift::base, comparison.warnings);
    warn_of_side(comparison.new_label, comparison.rows, drifts, &Drift::new_values, comparison.warnings);
    warn_of_few_processes(comparison);
    warn_of_few_repetitions(comparison, alpha);
}

bool can_be_claimed(std::span<const ComparedRow> rows, double alpha) {
    const double judged = judged_rows(rows);
    return std::ranges::any_of(
        rows, [&](const ComparedRow& row) { return !row.of_machine && claimable(row.speed, judged, alpha); });
}

}  // namespace mnist
