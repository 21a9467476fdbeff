// What two samples of one benchmark allow to be said: about its time, about its accuracy, and about both
// together. Pure functions over whole tables, because what a row may claim depends on how many rows there
// are. Where the numbers come from and how verdicts are shown is elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mnist/stats/intervals.hpp"

namespace mnist {

enum class SpeedVerdict : std::uint8_t {
    faster,
    slower,
    equivalent,    ///< the whole interval lies within the threshold
    inconclusive,  ///< none of these can be said
    disturbed,     ///< the times are not the program's: nothing is claimed
};
enum class AccuracyVerdict : std::uint8_t {
    better,
    worse,
    same,          ///< the whole interval lies within the margin
    inconclusive,  ///< none of these can be said
};
enum class JointVerdict : std::uint8_t {
    improved,   ///< one is better, and the other is known not to be worse
    regressed,  ///< one is worse, and the other is not known to be better
    traded,     ///< one is better, the other worse
    unchanged,  ///< neither differs by more than its threshold
    inconclusive,
    disturbed,  ///< the times are not the program's: nothing is decided
};

/// "faster", "same", "improved", ...: the words of every output.
[[nodiscard]] std::string_view word(SpeedVerdict verdict);
[[nodiscard]] std::string_view word(AccuracyVerdict verdict);
[[nodiscard]] std::string_view word(JointVerdict verdict);

/// With fewer repetitions on a side a row claims nothing about speed: no order of 3 and 3 values has p < 0.1.
inline constexpr std::size_t kLeastRepetitions = 4;

struct VerdictSettings {
    double alpha = 0.05;      ///< chance of any false claim in the whole table, for speed and accuracy each
    double threshold = 0.05;  ///< least change of time that counts, as a share
    double accuracy_margin = 0.3;      ///< in points of percent: what still counts as the same accuracy
    std::uint32_t resamples = 10'000;  ///< of the interval of the ratio
    std::uint64_t seed = 0;            ///< of the resampling
};

/// Seconds of the repetitions of a row, all positive.
struct TimeSamples {
    std::span<const double> base;
    std::span<const double> new_values;
    /// At least this share must count, whatever the settings say: the noise that was measured; 0 without.
    double noise_floor = 0;
    bool disturbed = false;  ///< either side was: it is judged by nobody and makes nobody's evidence weaker
    /// The process that measured each repetition, by its number; empty where one measured all.
    std::span<const std::uint32_t> base_processes{}, new_processes{};
};

/// Accuracy of the repetitions of a row, in percent. `seeds` are empty or as many as the accuracies; a seed
/// that stands several times counts once, with its mean.
struct AccuracySample {
    std::vector<double> percent;
    std::vector<std::uint64_t> seeds;
    std::optional<std::uint64_t> test_samples;
};

struct SpeedComparison {
    SpeedVerdict verdict = SpeedVerdict::inconclusive;
    std::size_t samples_base = 0;
    std::size_t samples_new = 0;
    std::optional<double> ratio;       ///< base time over new time, above 1 is faster; empty without samples
    std::optional<Interval> interval;  ///< of the ratio; empty below kLeastRepetitions and if disturbed
    std::optional<double> p;           ///< raw, two-sided; empty below kLeastRepetitions and if disturbed
    std::optional<double> p_adjusted;  ///< Holm over all rows that have one
    double threshold = 0;              ///< that counted for this row, as a share
    bool raised_by_noise = false;      ///< it is the measured noise, which is above the setting
    std::size_t processes_base = 0;    ///< that measured the repetitions
    std::size_t processes_new = 0;
    bool clustered = false;  ///< judged by processes: see judge_speed
    double least_p = 1;      ///< that so many repetitions, or processes, could have
};

struct AccuracyComparison {
    AccuracyVerdict verdict = AccuracyVerdict::inconclusive;
    double difference = 0;  ///< new minus base, in points of percent
    std::optional<Interval>
        interval;         ///< adjusted for the number of rows; empty where nothing is known of it
    bool paired = false;  ///< by seed
};

/// Adjusts the p values by Holm over all that have one, and gives each its verdict by the rule of
/// judge_speed.
void decide(std::span<SpeedComparison* const> comparisons, double alpha);

/// Above 0 throughout is better, below 0 worse, within the margin the same.
[[nodiscard]] AccuracyVerdict accuracy_verdict(const AccuracyComparison& comparison, double margin);

/// Judges every row's times. A row is faster (slower) when
///   - Mann-Whitney's p, adjusted by Holm over all rows, is below alpha,
///   - the Hodges-Lehmann ratio exceeds the threshold in that direction, and
///   - the bootstrap interval of the ratio (confidence 1 - alpha) excludes 1;
/// equivalent when that interval lies within [1 / (1 + threshold), 1 + threshold]. Fewer than
/// kLeastRepetitions on a side: the ratio and no claim.
///
/// Where a side is of several processes its repetitions are no independent values, and processes count: p is
/// cluster_test's of their means of logarithms, the interval cluster_bootstrap_ratio_interval's, or, with
/// fewer than kLeastClusters processes on a side, Student's around the ratio. Two sides of one process each
/// are judged by their repetitions, since nothing is known of what another process would have brought; so are
/// two whose every process has one repetition, which are independent.
/// Cost: that of bootstrap_ratio_interval a row.
[[nodiscard]] std::vector<SpeedComparison> judge_speed(std::span<const TimeSamples> rows,
                                                       const VerdictSettings& settings);

/// Judges every row's accuracies; rows without any on a side are empty. The interval of the difference is,
/// where there are
///   - the same seeds on both sides, two or more: Student's of the differences by seed,
///   - two or more runs on both sides: Welch's,
///   - one run of the same seed on both sides, or several without any spread: Newcombe's of two proportions
///   of
///     the test set,
/// with confidence 1 - alpha / (rows that have accuracies); anything else has none, and so no claim. Above 0
/// throughout is better, below 0 worse, within the margin the same. Identical accuracies seed by seed have a
/// difference of exactly 0.
[[nodiscard]] std::vector<std::optional<AccuracyComparison>> judge_accuracy(
    std::span<const std::pair<AccuracySample, AccuracySample>> rows, const VerdictSettings& settings);

/// Both together. Without accuracies the speed decides alone.
[[nodiscard]] JointVerdict judge_jointly(SpeedVerdict speed, std::optional<AccuracyVerdict> accuracy);

}  // namespace mnist
