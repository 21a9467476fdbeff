// Means of rows and of the ends of their intervals.
#include "mnist/compare/groups.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "mnist/stats/clusters.hpp"
#include "mnist/stats/multiplicity.hpp"
#include "mnist/stats/rank_test.hpp"
#include "mnist/stats/summary.hpp"

namespace mnist {
namespace {

constexpr std::size_t kMostNamed = 3;  // groups that a reader takes in at once

/// Groups by `title_of(name)`, in the order of their first rows.
template <class TitleOf>
std::vector<RowGroup> grouped_by(std::span<const std::string> names, TitleOf title_of) {
    std::vector<RowGroup> groups;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string title = title_of(names[i]);
        if (title.empty()) continue;
        const auto [place, is_new] = places.emplace(title, groups.size());
        if (is_new) groups.push_back({.title = title, .rows = {}});
        groups[place->second].rows.push_back(i);
    }
    return groups;
}

/// "bf16" of "Train/Adam/batch:64/precision:bf16" and "/precision:"; empty where the name does not have the
/// key.
std::string setting_of(const std::string& name, std::string_view key) {
    const std::size_t at = name.find(key);
    return at == std::string::npos ? std::string() : family_of(name.substr(at + key.size()));
}

constexpr std::string_view kCopies = "/copies:";

/// " in bf16", ", 2 copies", ", jax": what sets a row apart from the usual ones; empty for those.
std::string set_apart(const std::string& name) {
    const std::string precision = setting_of(name, "/precision:");
    const std::string copies = setting_of(name, kCopies);
    const std::string library = setting_of(name, "/library:");
    return (precision.empty() ? "" : " in " + precision) +
           (copies.empty() ? "" : fmt::format(", {} cop{}", copies, copies == "1" ? "y" : "ies")) +
           (library.empty() ? "" : ", " + library);
}

/// "all", "all in bf16", "all, 2 copies".
std::vector<RowGroup> groups_by_precision(std::span<const std::string> names) {
    return grouped_by(names, [](const std::string& name) { return "all" + set_apart(name); });
}

/// "Adam" of "Train/Adam/batch:64"; empty for rows of anything else.
std::string optimizer_of(const std::string& name) {
    constexpr std::string_view kTrain = "Train/";
    return name.starts_with(kTrain) ? family_of(name.substr(kTrain.size())) : std::string();
}

std::vector<RowGroup> trainings_of(std::span<const std::string> names) {
    std::vector<RowGroup> groups = grouped_by(names, [](const std::string& name) {
        return optimizer_of(name).empty() ? std::string() : "training" + set_apart(name);
    });
    // f32 first, whichever row stands first.
    std::stable_partition(groups.begin(), groups.end(),
                          [](const RowGroup& group) { return group.title == "training"; });
    for (RowGroup& group : groups) group.is_headline = true;
    for (RowGroup& one : grouped_by(names, [](const std::string& name) {
             const std::string optimizer = optimizer_of(name);
             return optimizer.empty() ? optimizer : optimizer + " training" + set_apart(name);
         })) {
        const auto whole =
            std::ranges::find_if(groups, [&](const RowGroup& group) { return group.rows == one.rows; });
        if (whole == groups.end()) {
            groups.push_back(std::move(one));
        } else {
            whole->title = one.title;
        }
    }
    for (RowGroup& group : groups) group.is_training = true;
    return groups;
}

/// `value` of every row of the group; empty unless all rows have one.
template <class Value>
std::optional<std::vector<double>> of_all(const RowGroup& group, Value value) {
    std::vector<double> values;
    for (const std::size_t row : group.rows) {
        const std::optional<double> one = value(row);
        if (!one) return std::nullopt;
        values.push_back(*one);
    }
    return values;
}

std::optional<double> end_of(const std::optional<Interval>& interval, double Interval::*which) {
    return interval ? std::optional((*interval).*which) : std::nullopt;
}

std::optional<AccuracyComparison> joined_accuracy(const RowGroup& group,
                                                  std::span<const std::optional<AccuracyComparison>> accuracy,
                                                  double margin) {
    const auto mean = [&](auto value) -> std::optional<double> {
        const auto values = of_all(group, [&](std::size_t row) -> std::optional<double> {
            return accuracy[row] ? value(*accuracy[row]) : std::nullopt;
        });
        if (!values) return std::nullopt;
        return summarise(*values)->mean;
    };
    const auto difference = mean([](const AccuracyComparison& row) { return std::optional(row.difference); });
    if (!difference) return std::nullopt;
    AccuracyComparison joined;
    joined.difference = *difference;
    joined.paired = std::ranges::all_of(group.rows, [&](std::size_t row) { return accuracy[row]->paired; });
    const auto lower =
        mean([](const AccuracyComparison& row) { return end_of(row.interval, &Interval::lower); });
    const auto upper =
        mean([](const AccuracyComparison& row) { return end_of(row.interval, &Interval::upper); });
    if (lower && upper) joined.interval = Interval{*lower, *upper};
    joined.verdict = accuracy_verdict(joined, margin);
    return joined;
}

/// What one process measured of a group: how far its rows' logarithms lie from the middle of each row.
struct ProcessMean {
    double sum = 0;
    std::size_t rows = 0;
};
using ProcessMeans = std::map<std::uint32_t, ProcessMean>;

/// The mean logarithm of each process.
std::map<std::uint32_t, double> by_process(std::span<const double> values,
                                           std::span<const std::uint32_t> processes) {
    const ClusteredSample sample{values, processes};
    const std::vector<double> means = cluster_log_means(sample);
    const auto places = places_by_cluster(sample);
    std::map<std::uint32_t, double> found;
    for (std::size_t i = 0; i < means.size(); ++i)
        found[processes.empty() ? 0 : processes[places[i].front()]] = means[i];
    return found;
}

std::vector<double> means_of(const ProcessMeans& processes) {
    std::vector<double> means;
    for (const auto& [number, mean] : processes) means.push_back(mean.sum / static_cast<double>(mean.rows));
    return means;
}

/// What slows a process slows all its rows, so the group has one number a process: the mean over its rows.
std::optional<double> test_of_processes(const RowGroup& group, std::span<const TimeSamples> times,
                                        double ratio, double alpha) {
    ProcessMeans base;
    ProcessMeans other;
    for (const std::size_t row : group.rows) {
        const auto before = by_process(times[row].base, times[row].base_processes);
        const auto after = by_process(times[row].new_values, times[row].new_processes);
        double sum = 0;
        for (const auto* const side : {&before, &after})
            for (const auto& [number, mean] : *side) sum += mean;
        const double middle = sum / static_cast<double>(before.size() + after.size());
        const auto add = [&](ProcessMeans& to, const std::map<std::uint32_t, double>& from) {
            for (const auto& [number, mean] : from) {
                to[number].sum += mean - middle;
                ++to[number].rows;
            }
        };
        add(base, before);
        add(other, after);
    }
    const auto test = cluster_test(means_of(base), means_of(other), 1 - alpha);
    if (!test) return std::nullopt;
    return (test->difference > 0) == (ratio > 1) ? test->p : 1;
}

std::optional<double> test_of_repetitions(const RowGroup& group, std::span<const TimeSamples> times,
                                          double ratio) {
    std::vector<SamplePair> pairs;
    for (const std::size_t row : group.rows) pairs.push_back({times[row].base, times[row].new_values});
    const auto test = stratified_rank_test(pairs);
    if (!test) return std::nullopt;
    return (test->z > 0) == (ratio > 1) ? test->p : 1;
}

/// Of the difference of the group as a whole. Ranks or means may lean to one side and the mean ratio to the
/// other: then nothing is shown.
std::optional<double> p_of(const RowGroup& group, std::span<const TimeSamples> times,
                           std::span<const SpeedComparison> speed, double ratio, double alpha) {
    const bool clustered =
        std::ranges::any_of(group.rows, [&](std::size_t row) { return speed[row].clustered; });
    return clustered ? test_of_processes(group, times, ratio, alpha)
                     : test_of_repetitions(group, times, ratio);
}

}  // namespace

std::string family_of(const std::string& name) {
    return name.substr(0, name.find('/'));
}

std::string unnamed_threads(const std::string& name, const std::string& configured, bool chosen) {
    constexpr std::array<std::string_view, 3> kTeams{"Train", "Step", "TimeToAccuracy"};
    const bool team = std::find(kTeams.begin(), kTeams.end(), family_of(name)) != kTeams.end() ||
                      name.starts_with("Infer/batch:1024");
    const bool one_each = chosen && name.find(kCopies) != std::string::npos;
    return team && !one_each ? configured : "1";
}

std::vector<RowGroup> groups_by_family(std::span<const std::string> names) {
    return grouped_by(names, [](const std::string& name) { return family_of(name) + set_apart(name); });
}

std::vector<RowGroup> groups_to_mean(std::span<const std::string> names) {
    std::vector<RowGroup> groups = groups_by_family(names);
    for (RowGroup& all : groups_by_precision(names)) groups.push_back(std::move(all));
    return groups;
}

std::vector<RowGroup> groups_to_name(std::span<const std::string> names) {
    const auto optimizers = grouped_by(names, optimizer_of).size();
    if (optimizers > 0 && optimizers <= kMostNamed) return trainings_of(names);
    std::vector<RowGroup> groups = groups_by_family(names);
    if (groups.size() > kMostNamed) {
        groups = groups_by_precision(names);
        for (RowGroup& all : groups)
            all.title = fmt::format("all {} rows{}", all.rows.size(), set_apart(names[all.rows.front()]));
    }
    for (RowGroup& group : groups) {
        if (group.rows.size() == 1) group.title = names[group.rows.front()];
    }
    for (RowGroup& group : groups) group.is_headline = true;
    return groups;
}

SpeedComparison mean_of_ratios(const RowGroup& group, std::span<const SpeedComparison> speed) {
    SpeedComparison joined;
    joined.samples_base = speed[group.rows.front()].samples_base;
    joined.samples_new = speed[group.rows.front()].samples_new;
    for (const std::size_t row : group.rows) {
        joined.threshold = std::max(joined.threshold, speed[row].threshold);
        joined.raised_by_noise = joined.raised_by_noise || speed[row].raised_by_noise;
        joined.samples_base = std::min(joined.samples_base, speed[row].samples_base);
        joined.samples_new = std::min(joined.samples_new, speed[row].samples_new);
    }
    const auto mean = [&](auto value) -> std::optional<double> {
        const auto values = of_all(group, [&](std::size_t row) { return value(speed[row]); });
        return values ? geometric_mean(*values) : std::nullopt;
    };
    joined.ratio = mean([](const SpeedComparison& row) { return row.ratio; });
    const auto lower =
        mean([](const SpeedComparison& row) { return end_of(row.interval, &Interval::lower); });
    const auto upper =
        mean([](const SpeedComparison& row) { return end_of(row.interval, &Interval::upper); });
    if (lower && upper) joined.interval = Interval{*lower, *upper};
    return joined;
}

std::vector<GroupComparison> judge_groups(std::span<const RowGroup> groups,
                                          std::span<const TimeSamples> times,
                                          std::span<const SpeedComparison> speed,
                                          std::span<const std::optional<AccuracyComparison>> accuracy,
                                          const VerdictSettings& settings) {
    std::vector<GroupComparison> judged;
    for (const RowGroup& group : groups) {
        const auto called = [&](SpeedVerdict verdict) {
            return static_cast<std::size_t>(std::ranges::count_if(
                group.rows, [&](std::size_t row) { return speed[row].verdict == verdict; }));
        };
        judged.push_back({.title = group.title,
                          .is_headline = group.is_headline,
                          .is_training = group.is_training,
                          .rows = group.rows.size(),
                          .faster = called(SpeedVerdict::faster),
                          .slower = called(SpeedVerdict::slower),
                          .speed = mean_of_ratios(group, speed),
                          .accuracy = joined_accuracy(group, accuracy, settings.accuracy_margin)});
        SpeedComparison& mean = judged.back().speed;
        // Without an interval nothing is claimed, and no p takes part in the adjustment of the others.
        if (mean.interval) mean.p = p_of(group, times, speed, mean.ratio.value_or(1), settings.alpha);
    }
    std::vector<SpeedComparison*> speeds;
    speeds.reserve(judged.size());
    for (GroupComparison& group : judged) speeds.push_back(&group.speed);
    decide(speeds, settings.alpha);
    return judged;
}

}  // namespace mnist
