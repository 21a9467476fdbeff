// The experiment's part of a page: table, curves with their spread over seeds, matrices, mistakes, insights.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "json_words.hpp"
#include "mnist/core/base64.hpp"
#include "mnist/report/run_groups.hpp"
#include "mnist/report/train_text.hpp"
#include "mnist/stats/summary.hpp"
#include "page_limits.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

ordered_json mean_json(const std::vector<double>& values) {
    const std::optional<Summary> summary = summarise(values);
    if (!summary) return nullptr;
    return {{"n", summary->n}, {"mean", summary->mean}, {"deviation", or_null(summary->standard_deviation)}};
}

/// Mean, lowest and highest over the runs that have the value after epoch `e`; null where none has.
template <class Value>
ordered_json spread_after(const RunGroup& group, std::size_t e, Value value) {
    std::vector<double> values;
    for (const RunRecord* run : group.counted) {
        if (e >= run->epochs.size()) continue;
        if (const std::optional<double> one = value(*run, e)) values.push_back(*one);
    }
    const std::optional<Summary> summary = summarise(values);
    if (!summary) return nullptr;
    return {
        {"mean", rounded(summary->mean)}, {"low", rounded(summary->min)}, {"high", rounded(summary->max)}};
}

std::optional<double> seconds_until(const RunRecord& run, std::size_t e) {
    double seconds = 0;
    for (std::size_t i = 0; i <= e; ++i) seconds += run.epochs[i].train_seconds;
    return seconds;
}

ordered_json curves_json(const RunGroup& group) {
    std::size_t epochs = 0;
    for (const RunRecord* run : group.counted) epochs = std::max(epochs, run->epochs.size());
    const auto member = [](std::optional<double> EpochRecord::*wanted) {
        return [wanted](const RunRecord& run, std::size_t e) { return run.epochs[e].*wanted; };
    };
    ordered_json curves{{"seconds", ordered_json::array()},
                        {"train_loss", ordered_json::array()},
                        {"test_loss", ordered_json::array()},
                        {"test_accuracy", ordered_json::array()}};
    for (std::size_t e = 0; e < epochs; ++e) {
        curves["seconds"].push_back(spread_after(group, e, seconds_until).at("mean"));
        curves["train_loss"].push_back(spread_after(group, e, member(&EpochRecord::train_loss)));
        curves["test_loss"].push_back(spread_after(group, e, member(&EpochRecord::test_loss)));
        curves["test_accuracy"].push_back(spread_after(group, e, member(&EpochRecord::test_accuracy)));
    }
    return curves;
}

/// The most confident mistakes of all counted runs, each image once, with the number of runs that kept it.
ordered_json mistakes_json(const RunGroup& group) {
    struct Kept {
        const Mistake* mistake;
        std::size_t runs;
    };
    std::vector<Kept> kept;
    for (const RunRecord* run : group.counted) {
        for (const Mistake& mistake : run->worst_mistakes) {
            const auto known = std::ranges::find_if(kept, [&](const Kept& k) {
                return k.mistake->image.index == mistake.image.index &&
                       k.mistake->predicted == mistake.predicted;
            });
            if (known == kept.end()) {
                kept.push_back({&mistake, 1});
            } else {
                ++known->runs;
                if (mistake.probability > known->mistake->probability) known->mistake = &mistake;
            }
        }
    }
    std::ranges::stable_sort(
        kept, [](const Kept& a, const Kept& b) { return a.mistake->probability > b.mistake->probability; });
    constexpr std::size_t kShown = 25;
    kept.resize(std::min(kept.size(), kShown));
    return json_list(kept, [](const Kept& one) {
        return ordered_json{{"index", one.mistake->image.index},
                            {"label", one.mistake->image.label},
                            {"predicted", one.mistake->predicted},
                            {"probability", one.mistake->probability},
                            {"runs", one.runs},
                            {"pixels", to_base64(one.mistake->image.pixels)}};
    });
}

std::string_view word(RunStatus status) {
    if (status == RunStatus::completed) return "completed";
    return status == RunStatus::diverged ? "diverged" : "interrupted";
}

ordered_json optimizer_json(const RunGroup& group, const PageSource& source, const std::string& speed,
                            bool is_pictured) {
    const std::string row_name = row_of(source, group.optimizer);
    std::vector<double> shares;
    for (const MeasuredRow& row : source.measurements.rows) {
        if (row.name == row_name) shares = row.peak_fractions;
    }
    ordered_json runs = ordered_json::array();
    for (const RunRecord* run : group.runs) {
        runs.push_back({{"seed", run->seed},
                        {"status", word(run->status)},
                        {"message", or_null(run->message)},
                        {"first_epoch_at_target", or_null(run->first_epoch_at_target)},
                        {"disturbed_by", or_null(disturbed_by(run->disturbance))},
                        {"weights_sha256", run->weights_sha256}});
    }
    return {{"optimizer", name(group.optimizer)},
            {"title", title(group.optimizer)},
            {"learning_rate", learning_rate(source.train()->config, group.optimizer)},
            {"best_accuracy", mean_json(values_of(group, &RunRecord::best_accuracy))},
            {"last_accuracy", mean_json(values_of(group, &RunRecord::last_accuracy))},
            {"last_train_loss", mean_json(last_epoch_values(group, &EpochRecord::train_loss))},
            {"last_test_loss", mean_json(last_epoch_values(group, &EpochRecord::test_loss))},
            {"convergence_speed", speed_or_status(group, speed)},
            {"samples_per_second", mean_json(values_of(group, &RunRecord::samples_per_second))},
            {"peak_fraction", mean_json(shares)},
            {"seconds_to_target", mean_json(values_of(group, &RunRecord::seconds_to_target))},
            {"disturbed", disturbance_json(source.disturbance(row_name))},
            {"runs", std::move(runs)},
            {"curves", curves_json(group)},
            {"confusion", summed_confusion(group)},
            {"confusion_runs", group.counted.size()},
            {"mistakes", is_pictured ? mistakes_json(group) : ordered_json::array()}};
}

ordered_json experiment_json(std::size_t place, const PageSource& source, const TrainResult& result,
                             bool is_pictured) {
    const std::vector<RunGroup> groups = run_groups(result);
    const std::vector<std::string> speeds = convergence_speeds(groups, result.config.epochs);
    ordered_json optimizers = ordered_json::array();
    std::size_t classes = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        optimizers.push_back(optimizer_json(groups[i], source, speeds[i], is_pictured));
        classes = std::max(classes, summed_confusion(groups[i]).size());
    }
    return {{"source", place},
            {"dataset", result.dataset.name},
            {"dataset_sha256", result.dataset.sha256},
            {"synthetic", result.dataset.synthetic},
            {"interrupted", result.interrupted},
            {"train_samples", result.dataset.train_samples},
            {"test_samples", result.dataset.test_samples},
            {"rows", result.dataset.rows},
            {"columns", result.dataset.columns},
            {"class_names", class_names(result.dataset, classes)},
            {"epochs", result.config.epochs},
            {"batch_size", result.config.batch_size},
            {"seed", result.config.seed},
            {"seeds", result.config.seeds},
            {"threads", result.config.threads},
            {"schedule", name(result.config.schedule)},
            {"precision", name(result.config.precision)},
            {"target_accuracy", result.config.target_accuracy},
            {"optimizers", std::move(optimizers)},
            {"insights", insights(result)}};
}

}  // namespace

ordered_json experiments_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (const TrainResult* result = sources[i].train())
            list.push_back(experiment_json(i, sources[i], *result, list.size() < kMostPictured));
    }
    return list;
}

ordered_json data_samples_json(const std::vector<PageSource>& sources) {
    constexpr std::uint64_t kMostClasses = 256;  // labels are bytes; a file may claim any number
    ordered_json list = ordered_json::array();
    std::vector<std::string> seen;
    for (const PageSource& source : sources) {
        const TrainResult* result = source.train();
        if (result == nullptr || result->sample_images.empty()) continue;
        if (std::find(seen.begin(), seen.end(), result->dataset.sha256) != seen.end()) continue;
        seen.push_back(result->dataset.sha256);
        ordered_json images = json_list(result->sample_images, [](const SampleImage& image) {
            return ordered_json{
                {"index", image.index}, {"label", image.label}, {"pixels", to_base64(image.pixels)}};
        });
        list.push_back(
            {{"dataset", result->dataset.name},
             {"rows", result->dataset.rows},
             {"columns", result->dataset.columns},
             {"class_names", class_names(result->dataset, std::min(result->dataset.classes, kMostClasses))},
             {"images", std::move(images)}});
    }
    return list;
}

}  // namespace mnist
