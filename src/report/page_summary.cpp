// The first words of a page: who wins by how much, who is first at the target, how builds compare, and
// what a reader must not overlook. What trains fastest is in page_fastest.cpp.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "mnist/compare/verdict.hpp"
#include "mnist/report/comparison_text.hpp"
#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/stats/hypothesis.hpp"
#include "mnist/stats/intervals.hpp"
#include "mnist/stats/summary.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

struct Ranked {
    const RunGroup* group;
    std::vector<double> values;
    double mean;
};

/// Groups by the mean of a value of all their counted runs, best first.
template <class Better>
std::vector<Ranked> ranking(const std::vector<RunGroup>& groups, std::optional<double> RunRecord::*member,
                            Better better) {
    std::vector<Ranked> ranked;
    for (const RunGroup& group : groups) {
        std::vector<double> values = values_of(group, member);
        const std::optional<Summary> summary = summarise(values);
        if (summary && values.size() == group.counted.size())
            ranked.push_back({&group, std::move(values), summary->mean});
    }
    std::ranges::stable_sort(ranked,
                             [&](const Ranked& a, const Ranked& b) { return better(a.mean, b.mean); });
    return ranked;
}

std::uint64_t correct_of(double percent, std::uint64_t samples) {
    return static_cast<std::uint64_t>(std::llround(percent / 100 * static_cast<double>(samples)));
}

bool has_seeds(const Ranked& first, const Ranked& second) {
    return first.values.size() > 1 || second.values.size() > 1;
}

/// Of the winner's lead: Welch's interval over seeds, adjusted for all pairs as in the insights, or with one
/// run Newcombe's over the test set. Empty where neither is defined.
std::optional<Interval> lead(const Ranked& first, const Ranked& second, std::size_t groups,
                             std::uint64_t samples) {
    const double confidence = 1 - 0.05 / (static_cast<double>(groups) * static_cast<double>(groups - 1) / 2);
    if (!has_seeds(first, second))
        return independent_proportions_interval(correct_of(first.mean, samples), samples,
                                                correct_of(second.mean, samples), samples, confidence);
    const auto welch = welch_test(first.values, second.values, confidence);
    return welch ? std::optional(welch->interval) : std::nullopt;
}

/// What a lead says. `is_sure`: more than chance explains.
std::string lead_words(bool is_sure, bool has_seeds) {
    if (is_sure)
        return fmt::format("; the lead is larger than {} explains",
                           has_seeds ? "the spread of the seeds" : "the choice of test images");
    return has_seeds ? "; the spread of the seeds alone could explain that lead"
                     : "; with one run each, chance alone could explain that lead";
}

/// "mnist on AMD EPYC, 2 threads", and the file where there are several, or which of several machines.
std::string place_of(const PageSource& source, bool several) {
    const TrainResult& result = *source.train();
    if (several && source.title != source.name())
        return fmt::format("{} on {}", result.dataset.name, source.title);
    return fmt::format("{} on {}, {} thread{}{}", result.dataset.name, result.machine.cpu_model,
                       result.config.threads, result.config.threads == 1 ? "" : "s",
                       several ? fmt::format(" ({})", source.title) : "");
}

std::string runs_word(const Ranked& ranked) {
    return ranked.values.size() == 1 ? "one run" : fmt::format("mean of {} seeds", ranked.values.size());
}

std::string title_of(const Ranked& ranked) {
    return std::string(title(ranked.group->optimizer));
}

std::string accuracy_sentence(const PageSource& source, const std::vector<RunGroup>& groups, bool several) {
    const std::vector<Ranked> ranked =
        ranking(groups, &RunRecord::last_accuracy, [](double a, double b) { return a > b; });
    if (ranked.empty()) return {};
    const Ranked& first = ranked.front();
    const auto margin = ranked.size() < 2
                            ? std::nullopt
                            : lead(first, ranked[1], ranked.size(), source.train()->dataset.test_samples);
    const bool is_sure = margin && margin->lower > 0;
    std::string text = fmt::format("{}: {} {} {:.2f} % ({})", place_of(source, several), title_of(first),
                                   is_sure             ? "wins with"
                                   : ranked.size() > 1 ? "is highest with"
                                                       : "ends at",
                                   first.mean, runs_word(first));
    std::vector<std::string> behind;
    for (std::size_t i = 1; i < ranked.size(); ++i)
        behind.push_back(
            fmt::format("{:.2f} points above {}", first.mean - ranked[i].mean, title_of(ranked[i])));
    if (!behind.empty()) text += ", " + listed(behind);
    if (margin) text += lead_words(is_sure, has_seeds(first, ranked[1]));
    return text + ".";
}

/// What spoilt one of them; empty where nothing did.
std::string spoilt_by(const PageSource& source, const std::vector<Ranked>& ranked) {
    for (const Ranked& one : ranked) {
        const RowDisturbance* found = source.disturbance(row_of(source, one.group->optimizer));
        if (found != nullptr && found->is_spoilt) return found->reason;
    }
    return {};
}

/// The shortest time to the target, than which others are longer, and than which that is not known.
std::string target_sentence(const PageSource& source, const std::vector<RunGroup>& groups, bool several) {
    const std::vector<Ranked> ranked =
        ranking(groups, &RunRecord::seconds_to_target, [](double a, double b) { return a < b; });
    if (ranked.empty()) return {};
    const Ranked& first = ranked.front();
    std::vector<std::vector<double>> others;
    for (std::size_t i = 1; i < ranked.size(); ++i) others.push_back(ranked[i].values);
    const std::string spoilt = spoilt_by(source, ranked);
    const std::vector<std::string> faster = faster_words(first.values, others);
    std::vector<std::string> known;
    std::vector<std::string> open;
    for (std::size_t i = 1; i < ranked.size(); ++i) {
        if (spoilt.empty() && !faster[i - 1].empty())
            known.push_back(fmt::format("{} {}", faster[i - 1], title_of(ranked[i])));
        else
            open.push_back(fmt::format("{} ({:.2f} s)", title_of(ranked[i]), ranked[i].mean));
    }
    std::string text =
        fmt::format("{}{} reaches {:g} % after {:.2f} s of training ({})", several ? source.title + ": " : "",
                    title_of(first), source.train()->config.target_accuracy, first.mean, runs_word(first));
    if (!known.empty()) text += ", " + listed(known);
    if (!open.empty()) text += fmt::format("; that it is sooner than {} is not known", listed(open));
    if (!spoilt.empty()) text += fmt::format("; disturbed: {}", spoilt);
    return text + ".";
}

/// What a reader of a comparison's sentence must know of its sides: "threads 1 and 2, day 2026-11-23 and
/// 2026-11-24".
std::string differing(const PageSource& base, const PageSource& measured) {
    constexpr std::array kTold{
        std::pair{"CPU", "mnist.machine.cpu_model"},      std::pair{"cores", "mnist.machine.usable_cores"},
        std::pair{"instructions", "mnist.machine.isa"},   std::pair{"threads", "mnist.config.threads"},
        std::pair{"precision", "mnist.config.precision"}, std::pair{"oneDNN", "mnist.build.onednn"}};
    std::vector<std::string> words;
    const auto add = [&](const char* what, const std::string& one, const std::string& other) {
        if (!one.empty() && !other.empty() && one != other)
            words.push_back(fmt::format("{} {} and {}", what, one, other));
    };
    for (const auto& [what, key] : kTold) add(what, base.fact(key), measured.fact(key));
    constexpr std::size_t kDay = 10;  // of "2026-11-24T15:02:50Z"
    add("day", base.created().substr(0, kDay), measured.created().substr(0, kDay));
    return words.empty() ? "" : fmt::format(" ({})", fmt::join(words, ", "));
}

/// Each pair while a reader can take them in, else who is first.
void add_comparisons(std::vector<std::string>& sentences, const std::vector<PageSource>& sources,
                     const PageComparisons& comparisons) {
    constexpr std::size_t kMostPairs = 3;
    if (comparisons.compared.size() <= kMostPairs) {
        for (const PageComparison& pair : comparisons.compared)
            sentences.push_back(fmt::format(
                "{} against {}{}: {}.", names_of(sources, pair.measured), names_of(sources, pair.base),
                differing(sources[pair.base.front()], sources[pair.measured.front()]),
                comparison_summary(pair.comparison)));
        return;
    }
    for (const PageRanking& ranking : comparisons.ranked) {
        if (ranking.files.rankings.empty()) continue;
        sentences.push_back(fmt::format("{} results beside each other. {}.",
                                        ranking.files.comparisons.size() + 1,
                                        ranking_summary(ranking.files)));
    }
    sentences.push_back(
        fmt::format("{} comparisons of two are below, under Comparison.", comparisons.compared.size()));
}

void add_cautions(std::vector<std::string>& sentences, const PageSource& source) {
    if (source.fact("mnist.dataset.synthetic") == "true")
        sentences.push_back(
            fmt::format("{} is of synthetic digits: its figures are not those of real MNIST.", source.title));
    const TrainResult* result = source.train();
    if (result != nullptr ? result->interrupted : source.fact("mnist.interrupted") == "true")
        sentences.push_back(fmt::format("{} was interrupted and holds the state until then.", source.title));
    if (result != nullptr && !result->resumed.empty())
        sentences.push_back(
            fmt::format("{} was resumed from a checkpoint: {}.", source.title, whose_seconds(*result)));
    if (result != nullptr && result->config.jobs > 1)
        sentences.push_back(fmt::format("{}: {}", source.title, side_by_side(*result)));
    if (!source.disturbances.empty()) {
        std::size_t repetitions = 0;
        for (const MeasuredRow& row : source.measurements.rows) repetitions += row.seconds.size();
        std::size_t disturbed = 0;
        const RowDisturbance* worst = nullptr;
        for (const auto& [name, row] : source.disturbances) {
            disturbed += row.disturbed;
            if (worst == nullptr || row.disturbed > worst->disturbed) worst = &row;
        }
        sentences.push_back(fmt::format("{}: {} of {} repetitions were disturbed ({}){}.", source.title,
                                        disturbed, repetitions, worst->reason,
                                        worst->is_spoilt ? "; rows that are marked so decide nothing" : ""));
    }
    if (source.fact("mnist.build.build_type") == "Debug")
        sentences.push_back(fmt::format("{} is of a Debug build: its speed says little.", source.title));
    if (!source.measurements.skipped.empty())
        sentences.push_back(
            fmt::format("{}: {} left out, see its facts at the end.", source.title,
                        source.measurements.skipped.size() == 1
                            ? "a row was"
                            : fmt::format("{} rows were", source.measurements.skipped.size())));
}

}  // namespace

std::vector<std::string> summary_sentences(const std::vector<PageSource>& sources,
                                           const std::vector<ThroughputSeries>& series,
                                           const PageComparisons& comparisons) {
    std::vector<std::string> sentences;
    const auto append = [&](std::string sentence) {
        if (!sentence.empty()) sentences.push_back(std::move(sentence));
    };
    const bool several = std::ranges::count_if(
                             sources, [](const PageSource& source) { return source.train() != nullptr; }) > 1;
    const auto add_trainings = [&] {
        for (const PageSource& source : sources) {
            if (source.train() == nullptr) continue;
            const std::vector<RunGroup> groups = run_groups(*source.train());
            append(accuracy_sentence(source, groups, several));
            append(target_sentence(source, groups, several));
        }
    };
    constexpr std::size_t kFewSources = 3;  // of more, what is said of all comes before what is of one
    if (sources.size() <= kFewSources) add_trainings();
    append(throughput_sentence(sources, series));
    add_comparisons(sentences, sources, comparisons);
    for (const PageSource& source : sources) add_cautions(sentences, source);
    if (sources.size() > kFewSources) add_trainings();
    return sentences;
}

}  // namespace mnist
