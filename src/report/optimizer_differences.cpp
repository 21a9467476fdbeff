// Statistics in words. What the tests are and when they are undefined stands in the room of statistics.
#include "optimizer_differences.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "mnist/report/text.hpp"
#include "mnist/stats/hypothesis.hpp"
#include "mnist/stats/intervals.hpp"

namespace mnist {
namespace {

constexpr double kAlpha = 0.05;

struct OptimizerScore {
    std::string title;
    std::uint64_t correct;
};

using Pair = std::pair<const RunGroup*, const RunGroup*>;

std::optional<WelchResult> compare(const Pair& pair, double confidence) {
    return welch_test(values_of(*pair.first, &RunRecord::last_accuracy),
                      values_of(*pair.second, &RunRecord::last_accuracy), confidence);
}

/// One of `pairs` comparisons: p is multiplied by their number, and the interval leaves out a share kAlpha /
/// pairs (Bonferroni), so that it excludes 0 exactly where p is below kAlpha. Holm's p values would be
/// sharper, but have no intervals that agree with them.
std::string difference_sentence(const Pair& pair, const WelchResult& welch, double pairs) {
    const double p = std::min(1.0, pairs * welch.p);
    const bool first_is_better = welch.difference >= 0;
    const RunGroup& better = first_is_better ? *pair.first : *pair.second;
    const RunGroup& worse = first_is_better ? *pair.second : *pair.first;
    const Interval interval =
        first_is_better ? welch.interval : Interval{-welch.interval.upper, -welch.interval.lower};
    const std::string evidence =
        fmt::format("{:.2f} points, interval {:.2f} to {:.2f}, {}", std::abs(welch.difference),
                    interval.lower, interval.upper, p < 0.001 ? "p < 0.001" : fmt::format("p = {:.3f}", p));
    if (p < kAlpha) {
        return fmt::format("{} ends above {} beyond the spread of the seeds: {}.", title_of(better),
                           title_of(worse), evidence);
    }
    return fmt::format("{} and {} do not differ beyond the spread of the seeds: {}.", title_of(better),
                       title_of(worse), evidence);
}

}  // namespace

std::vector<std::string> seed_differences(const std::vector<RunGroup>& groups) {
    std::vector<std::string> sentences;
    std::vector<Pair> comparable;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        for (std::size_t j = i + 1; j < groups.size(); ++j) {
            const Pair pair{&groups[i], &groups[j]};
            if (compare(pair, 1 - kAlpha)) {
                comparable.push_back(pair);
            } else {
                sentences.push_back(fmt::format(
                    "{} and {} cannot be compared: fewer than two completed runs each, or no spread.",
                    title_of(groups[i]), title_of(groups[j])));
            }
        }
    }
    const auto pairs = static_cast<double>(comparable.size());
    const double confidence = 1 - kAlpha / pairs;
    for (const Pair& pair : comparable) {
        if (const auto welch = compare(pair, confidence))
            sentences.push_back(difference_sentence(pair, *welch, pairs));
    }
    if (comparable.size() == 1) {
        sentences.emplace_back("This is Welch's t test of the last accuracies, with its 95 % interval.");
    } else if (!comparable.empty()) {
        sentences.push_back(
            fmt::format("These are Welch's t tests of the last accuracies, adjusted for {} comparisons "
                        "(Bonferroni): p times "
                        "{}, and intervals of {:.2f} % each, so that with 95 % all of them hold.",
                        pairs, pairs, 100 * confidence));
    }
    return sentences;
}

std::vector<std::string> single_run_cautions(const std::vector<RunGroup>& groups, std::uint64_t samples) {
    std::vector<std::string> sentences;
    std::vector<OptimizerScore> scores;
    std::vector<std::string> ranges;
    for (const RunGroup& group : groups) {
        const std::vector<double> last = values_of(group, &RunRecord::last_accuracy);
        if (last.empty() || samples == 0) continue;
        const auto correct =
            static_cast<std::uint64_t>(std::llround(last.front() / 100 * static_cast<double>(samples)));
        const std::optional<Interval> interval = wilson_interval(correct, samples);
        if (!interval) continue;
        scores.push_back({title_of(group), correct});
        ranges.push_back(fmt::format("{} {:.2f} to {:.2f} %", title_of(group), 100 * interval->lower,
                                     100 * interval->upper));
    }
    if (scores.empty()) return sentences;
    sentences.push_back(
        fmt::format("One run proves little: the choice of {} test images alone leaves these 95 % intervals: "
                    "{}; other seeds spread further (--seeds 5 shows it).",
                    grouped(samples), listed(ranges)));
    std::vector<std::string> apart;
    std::vector<std::string> alike;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        for (std::size_t j = i + 1; j < scores.size(); ++j) {
            const auto interval =
                independent_proportions_interval(scores[i].correct, samples, scores[j].correct, samples);
            if (!interval) continue;
            (interval->contains(0) ? alike : apart).push_back(scores[i].title + " / " + scores[j].title);
        }
    }
    constexpr std::string_view kBasis = "95 % interval of the difference, as if from independent samples";
    if (!apart.empty())
        sentences.push_back(fmt::format("Beyond that chance ({}): {}.", kBasis, fmt::join(apart, ", ")));
    if (!alike.empty())
        sentences.push_back(fmt::format("Within that chance ({}): {}.", kBasis, fmt::join(alike, ", ")));
    return sentences;
}

}  // namespace mnist
