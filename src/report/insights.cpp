// What a careful reader would say about a result, computed. Claims about optimizers carry their interval; one
// run is called one run.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "mnist/report/run_groups.hpp"
#include "mnist/report/text.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/stats/summary.hpp"
#include "optimizer_differences.hpp"

namespace mnist {
namespace {

std::string target_sentence(const RunGroup& group, double target) {
    const auto reached = std::ranges::count_if(
        group.runs, [](const RunRecord* run) { return run->first_epoch_at_target.has_value(); });
    if (group.runs.size() > 1) {
        return fmt::format("{} reaches {:.2f} % with {} of {} seeds.", title_of(group), target, reached,
                           group.runs.size());
    }
    const RunRecord& run = *group.runs.front();
    if (reached == 1) {
        return fmt::format("{} reaches {:.2f} % in epoch {}.", title_of(group), target,
                           *run.first_epoch_at_target);
    }
    const std::string best = run.best_accuracy ? fmt::format(" (best {:.2f} %)", *run.best_accuracy) : "";
    const std::string course = run.status == RunStatus::diverged      ? " before it diverged"
                               : run.status == RunStatus::interrupted ? " before it was interrupted"
                               : run.epochs.size() == 1               ? " in 1 epoch"
                                                        : fmt::format(" in {} epochs", run.epochs.size());
    return fmt::format("{} does not reach {:.2f} %{}{}.", title_of(group), target, course, best);
}

struct ConfusedPair {
    std::size_t one, other;
    std::uint64_t count;
};

/// Confused pairs, both directions added, most often first.
std::vector<ConfusedPair> confused_pairs(const ConfusionMatrix& matrix) {
    std::vector<ConfusedPair> pairs;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        for (std::size_t j = i + 1; j < matrix.size(); ++j) {
            const std::uint64_t count = matrix[i][j] + matrix[j][i];
            if (count > 0) pairs.push_back({i, j, count});
        }
    }
    std::ranges::stable_sort(pairs,
                             [](const ConfusedPair& a, const ConfusedPair& b) { return a.count > b.count; });
    return pairs;
}

/// "4/9: 33 times", "2/7: 12"; "and" instead of the slash where names have slashes themselves.
std::vector<std::string> pair_words(const std::vector<ConfusedPair>& pairs,
                                    const std::vector<std::string>& names) {
    const bool slashes = std::ranges::any_of(
        names, [](const std::string& name) { return name.find('/') != std::string::npos; });
    std::vector<std::string> words;
    words.reserve(pairs.size());
    for (const ConfusedPair& pair : pairs) {
        words.push_back(fmt::format("{}{}{}: {}{}", names[pair.one], slashes ? " and " : "/",
                                    names[pair.other], grouped(pair.count),
                                    words.empty() ? (pair.count == 1 ? " time" : " times") : ""));
    }
    return words;
}

/// Best and worst recognised class and the three pairs most often confused. Empty where there was no
/// evaluation.
std::string recognition_sentence(const RunGroup& group, const DatasetFacts& dataset) {
    constexpr std::size_t kListedPairs = 3;
    const ConfusionMatrix matrix = summed_confusion(group);
    const std::vector<std::string> names = class_names(dataset, matrix.size());
    struct Recall {
        std::size_t label;
        double percent;
    };
    std::vector<Recall> recalls;
    for (std::size_t i = 0; i < matrix.size(); ++i) {
        const std::uint64_t total = std::accumulate(matrix[i].begin(), matrix[i].end(), std::uint64_t{0});
        if (total > 0)
            recalls.push_back({i, 100 * static_cast<double>(matrix[i][i]) / static_cast<double>(total)});
    }
    if (recalls.empty()) return {};
    std::vector<ConfusedPair> pairs = confused_pairs(matrix);
    if (pairs.empty()) return fmt::format("{} recognises every test image.", title_of(group));
    const auto [worst, best] = std::ranges::minmax_element(
        recalls, [](const Recall& a, const Recall& b) { return a.percent < b.percent; });
    pairs.resize(std::min(pairs.size(), kListedPairs));
    const std::string runs = group.counted.size() > 1 ? fmt::format(" in {} runs", group.counted.size()) : "";
    return fmt::format("{}: best recognised {} ({:.1f} %), worst {} ({:.1f} %); most often confused{} {}.",
                       title_of(group), names[best->label], best->percent, names[worst->label],
                       worst->percent, runs, fmt::join(pair_words(pairs, names), ", "));
}

struct Errors {
    std::string title;
    double mean;  ///< over the counted runs with a matrix
    std::uint64_t samples;
};

std::optional<Errors> errors_of(const RunGroup& group) {
    std::vector<double> errors;
    std::uint64_t samples = 0;
    for (const RunRecord* run : group.counted) {
        const ConfusionMatrix& matrix = run->confusion_matrix;
        if (matrix.empty()) continue;
        std::uint64_t correct = 0;
        samples = 0;
        for (std::size_t i = 0; i < matrix.size(); ++i) {
            correct += matrix[i].at(i);
            samples = std::accumulate(matrix[i].begin(), matrix[i].end(), samples);
        }
        errors.push_back(static_cast<double>(samples - correct));
    }
    const std::optional<Summary> summary = summarise(errors);
    if (!summary) return std::nullopt;
    return Errors{title_of(group), summary->mean, samples};
}

std::string error_sentence(const std::vector<RunGroup>& groups, bool several) {
    std::vector<Errors> all;
    for (const RunGroup& group : groups) {
        if (const std::optional<Errors> errors = errors_of(group)) all.push_back(*errors);
    }
    if (all.empty()) return {};
    std::ranges::stable_sort(all, [](const Errors& a, const Errors& b) { return a.mean < b.mean; });
    const auto number = [several](double x) { return several ? fmt::format("{:.1f}", x) : grouped(x); };
    std::vector<std::string> fewest;
    std::vector<std::string> behind;
    for (const Errors& errors : all) {
        if (errors.mean == all.front().mean) {
            fewest.push_back(errors.title);
        } else {
            behind.push_back(
                fmt::format("{} fewer than {}", number(errors.mean - all.front().mean), errors.title));
        }
    }
    const std::string average = several ? " on average" : "";
    const std::string amount =
        fmt::format("{} of {}{}", number(all.front().mean), grouped(all.front().samples), average);
    if (all.size() == 1)
        return fmt::format("{} errs{} on {} of {} test images.", fewest.front(), average,
                           number(all.front().mean), grouped(all.front().samples));
    return fmt::format("{} {} the fewest errors: {}{}{}{}.", listed(fewest),
                       fewest.size() == 1 ? "makes" : "make", amount, fewest.size() == 1 ? "" : " each",
                       behind.empty() ? "" : ", ", listed(behind));
}

/// Mean over the counted runs after epoch `e`; empty where a run lacks the value.
std::optional<double> mean_at(const RunGroup& group, std::size_t e,
                              std::optional<double> EpochRecord::*member) {
    double sum = 0;
    for (const RunRecord* run : group.counted) {
        if (e >= run->epochs.size() || !(run->epochs[e].*member)) return std::nullopt;
        sum += *(run->epochs[e].*member);
    }
    return sum / static_cast<double>(group.counted.size());
}

/// Overfitting in the plain sense: the test loss has risen clearly from its lowest value, in the last epochs
/// throughout (a single epoch may jump), while the train loss went on falling.
std::string overfit_sentence(const RunGroup& group) {
    constexpr double kClearRise = 1.1;
    constexpr std::size_t kLasting = 3;  // epochs
    if (group.counted.empty() || group.counted.front()->epochs.empty()) return {};
    const std::size_t last = group.counted.front()->epochs.size() - 1;
    std::size_t lowest = last;
    double least = 0;
    for (std::size_t e = 0; e <= last; ++e) {
        const std::optional<double> loss = mean_at(group, e, &EpochRecord::test_loss);
        if (!loss) return {};
        if (e == 0 || *loss < least) {
            lowest = e;
            least = *loss;
        }
    }
    for (std::size_t back = 0; back < kLasting; ++back) {
        const std::optional<double> late =
            back > last ? std::nullopt : mean_at(group, last - back, &EpochRecord::test_loss);
        if (!late || *late < kClearRise * least) return {};
    }
    const std::optional<double> test = mean_at(group, last, &EpochRecord::test_loss);
    const std::optional<double> train = mean_at(group, last, &EpochRecord::train_loss);
    const std::optional<double> train_then = mean_at(group, lowest, &EpochRecord::train_loss);
    if (!test || !train || !train_then || *train >= *train_then) return {};
    return fmt::format(
        "{} overfits: its test loss was lowest after epoch {} ({:.4f}) and has risen to {:.4f}, while "
        "its train loss fell from {:.4f} to {:.4f}.",
        title_of(group), lowest + 1, least, *test, *train_then, *train);
}

}  // namespace

std::vector<std::string> insights(const TrainResult& result) {
    std::vector<std::string> sentences;
    const auto append = [&](std::string sentence) {
        if (!sentence.empty()) sentences.push_back(std::move(sentence));
    };
    std::vector<RunGroup> groups = run_groups(result);
    std::erase_if(groups, [](const RunGroup& group) {
        return std::ranges::all_of(group.runs, [](const RunRecord* run) { return run->epochs.empty(); });
    });
    const bool several = has_several_seeds(groups);
    for (const RunGroup& group : groups) append(target_sentence(group, result.config.target_accuracy));
    for (const RunGroup& group : groups) append(recognition_sentence(group, result.dataset));
    append(error_sentence(groups, several));
    for (std::string& sentence :
         several ? seed_differences(groups) : single_run_cautions(groups, result.dataset.test_samples)) {
        sentences.push_back(std::move(sentence));
    }
    for (const RunGroup& group : groups) append(overfit_sentence(group));
    return sentences;
}

}  // namespace mnist
