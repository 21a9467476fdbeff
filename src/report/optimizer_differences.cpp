// Statistics in words. What the tests are and when they are undefined stands in the room of statistics.
#include "optimizer_differences.hpp"

#include <fmt/format.h>

#include <cmath>

#include "mnist/report/text.hpp"
#include "mnist/stats/hypothesis.hpp"
#include "mnist/stats/intervals.hpp"

namespace mnist {
namespace {

constexpr double kAlpha = 0.05;

std::string title_of(const RunGroup& group) {
    return std::string(title(group.optimizer));
}

struct Score {
    std::string title;
    std::uint64_t correct;
};

struct Difference {
    const RunGroup* one;
    const RunGroup* other;
    WelchResult welch;
};

std::string difference_sentence(const Difference& difference, double p) {
    const WelchResult& welch = difference.welch;
    const bool first_is_better = welch.difference >= 0;
    const RunGroup& better = first_is_better ? *difference.one : *difference.other;
    const RunGroup& worse = first_is_better ? *difference.other : *difference.one;
    const Interval interval =
        first_is_better ? welch.interval : Interval{-welch.interval.upper, -welch.interval.lower};
    const std::string evidence =
        fmt::format("{:.2f} points, 95 % interval {:.2f} to {:.2f}, {}", std::abs(welch.difference),
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
    std::vector<Difference> differences;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        for (std::size_t j = i + 1; j < groups.size(); ++j) {
            const auto welch = welch_test(values_of(groups[i], &RunRecord::last_accuracy),
                                          values_of(groups[j], &RunRecord::last_accuracy));
            if (welch) {
                differences.push_back({&groups[i], &groups[j], *welch});
                p_values.push_back(welch->p);
            } else {
                sentences.push_back(fmt::format(
                    "{} and {} cannot be compared: fewer than two completed runs each, or no spread.",
                    title_of(groups[i]), title_of(groups[j])));
            }
        }
    }
    const std::optional<std::vector<double>> adjusted = holm_adjusted(p_values);
    for (std::size_t i = 0; adjusted && i < differences.size(); ++i) {
        sentences.push_back(difference_sentence(differences[i], adjusted->at(i)));
    }
    if (!differences.empty()) {
        sentences.emplace_back(
            "These are Welch's t tests of the last accuracies; p is adjusted by Holm for all pairs.");
    }
    return sentences;
}

std::vector<std::string> single_run_cautions(const std::vector<RunGroup>& groups, std::uint64_t samples) {
    std::vector<std::string> sentences;
    std::vector<Score> scores;
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
