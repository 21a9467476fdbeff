// Time to the target on a page: trainings that stop there, and the record, whose trainings have their length
// beforehand (bench/RECORD.md has the rules). A benchmark that missed the target has no time but a reason; it
// counts among the runs all the same.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "json_words.hpp"
#include "mnist/core/presets.hpp"
#include "mnist/report/run_groups.hpp"
#include "mnist/stats/summary.hpp"
#include "page_bench.hpp"
#include "page_parts.hpp"

namespace mnist {
namespace {

using nlohmann::ordered_json;

constexpr double kRecordTarget = 97;
constexpr std::size_t kRecordSeeds = 10;

/// A row before it is JSON. `seconds` are of the runs that got there.
struct TimeRow {
    std::optional<OptimizerKind> optimizer;
    std::string precision, threads;
    std::optional<std::uint64_t> batch;
    double target = kRecordTarget;
    std::vector<double> seconds;
    std::size_t runs = 0;
    ScheduleKind schedule = ScheduleKind::constant;
    const RowDisturbance* disturbance = nullptr;
    ordered_json record = nullptr;
};

ordered_json time_json(std::size_t place, const TimeRow& row) {
    const std::optional<Summary> summary = summarise(row.seconds);
    const bool all = summary && row.seconds.size() == row.runs;
    return {{"source", place},
            {"optimizer", row.optimizer ? ordered_json(name(*row.optimizer)) : ordered_json(nullptr)},
            {"title", row.optimizer ? ordered_json(title(*row.optimizer)) : ordered_json(nullptr)},
            {"precision", row.precision},
            {"threads", row.threads},
            {"batch", or_null(row.batch)},
            {"target", row.target},
            {"seconds", estimate_json(row.seconds)},
            {"worst", all ? ordered_json(summary->max) : ordered_json(nullptr)},
            {"reached", row.seconds.size()},
            {"runs", row.runs},
            {"schedule", name(row.schedule)},
            {"disturbed", disturbance_json(row.disturbance)},
            {"record", row.record}};
}

/// What the record says beside its time. `accuracies` are of all runs after their last epoch; `objections` is
/// why it does not count by the rules, as far as a file shows that.
ordered_json record_json(const std::string& recipe, const std::vector<double>& accuracies,
                         const std::set<std::uint64_t>& seeds, const TimeRow& row,
                         std::vector<std::string> objections) {
    std::set<std::uint64_t> wanted;
    for (std::uint64_t seed = 0; seed < kRecordSeeds; ++seed) wanted.insert(seed);
    if (seeds != wanted || row.runs != kRecordSeeds)
        objections.push_back(
            fmt::format("{} run{}, not one of each seed 0 to 9", row.runs, row.runs == 1 ? "" : "s"));
    if (row.seconds.size() != row.runs)
        objections.push_back(
            fmt::format("{} of {} missed {:g} %", row.runs - row.seconds.size(), row.runs, kRecordTarget));
    const std::optional<Summary> summary = summarise(accuracies);
    return {{"recipe", recipe},
            {"lowest_accuracy", summary ? ordered_json(summary->min) : ordered_json(nullptr)},
            {"median_accuracy", summary ? ordered_json(summary->median) : ordered_json(nullptr)},
            {"objections", std::move(objections)}};
}

/// Whether a training ran the record's recipe of its precision, with any seeds and threads: any other
/// training by a cycle is a training.
bool is_record(const TrainConfig& config) {
    TrainConfig recipe = config;
    apply_record_recipe(recipe, config.precision);
    const TrainConfig usual;
    return config.optimizers == recipe.optimizers && config.hidden == recipe.hidden &&
           config.epochs == recipe.epochs && config.batch_size == recipe.batch_size &&
           config.adam_beta1 == usual.adam_beta1 && config.adam_beta2 == recipe.adam_beta2 &&
           config.adam_epsilon == usual.adam_epsilon && config.schedule == recipe.schedule &&
           config.peak_lr == recipe.peak_lr && config.warmup == recipe.warmup && config.shuffle &&
           config.target_accuracy == recipe.target_accuracy;
}

std::vector<std::string> objections_to(const TrainResult& result) {
    constexpr std::size_t kTrainSamples = 60'000;
    constexpr std::size_t kTestSamples = 10'000;
    std::vector<std::string> objections;
    const DatasetFacts& data = result.dataset;
    if (data.synthetic || data.name != "mnist" || data.train_samples != kTrainSamples ||
        data.test_samples != kTestSamples)
        objections.emplace_back("not of MNIST as published");
    if (result.initial_weights_sha256) objections.emplace_back("began with stored weights");
    if (result.interrupted) objections.emplace_back("interrupted");
    if (!result.resumed.empty()) objections.emplace_back("resumed: its seconds are of several processes");
    if (result.config.jobs > 1) objections.emplace_back("trained beside other runs");
    return objections;
}

std::string recipe_of(const TrainConfig& config, OptimizerKind kind) {
    std::string text =
        fmt::format("{}, {} epochs of batch {}, {} to {}, warm-up {}", title(kind), config.epochs,
                    config.batch_size, name(config.schedule), learning_rate(config, kind), config.warmup);
    if (const OptimizerNumber squares = optimizer(kind).squares)
        text += fmt::format(", beta2 {}", config.*squares);
    return text;
}

/// Seconds and accuracies of whole trainings, of which only the end counts.
void add_record(TimeRow& row, const RunGroup& group, const TrainResult& result) {
    std::vector<double> accuracies;
    std::set<std::uint64_t> seeds;
    row.seconds.clear();
    for (const RunRecord* run : group.runs) {
        if (run->status == RunStatus::interrupted) continue;
        seeds.insert(run->seed);
        if (run->last_accuracy) accuracies.push_back(*run->last_accuracy);
        if (run->status != RunStatus::completed || run->last_accuracy.value_or(0) < kRecordTarget) continue;
        row.seconds.push_back(training_seconds(*run));
    }
    row.record =
        record_json(recipe_of(result.config, group.optimizer), accuracies, seeds, row, objections_to(result));
}

void add_times(ordered_json& list, std::size_t place, const TrainResult& result, const PageSource& source) {
    for (const RunGroup& group : run_groups(result)) {
        const auto runs = std::ranges::count_if(
            group.runs, [](const RunRecord* run) { return run->status != RunStatus::interrupted; });
        if (runs == 0) continue;
        TimeRow row{.optimizer = group.optimizer,
                    .precision = std::string(name(result.config.precision)),
                    .threads = source.fact("mnist.config.threads"),
                    .batch = result.config.batch_size,
                    .target = result.config.target_accuracy,
                    .seconds = values_of(group, &RunRecord::seconds_to_target),
                    .runs = static_cast<std::size_t>(runs),
                    .schedule = result.config.schedule,
                    .disturbance = source.disturbance(row_of(source, group.optimizer))};
        if (is_record(result.config)) add_record(row, group, result);
        list.push_back(time_json(place, row));
    }
}

/// The repetitions of a benchmark that trains to the target.
struct TrainingRows {
    std::vector<double> seconds, accuracies;
    std::set<std::uint64_t> seeds;
    std::string label;
    std::size_t failed = 0;
};

std::map<std::string, TrainingRows> training_rows(const BenchResult& result) {
    std::map<std::string, TrainingRows> all;
    for (const BenchRepetition& repetition : result.repetitions) {
        const auto seconds = counter_of(repetition, "seconds_to_target");
        if (family_of(repetition.name) != "TimeToAccuracy" || !seconds) continue;
        TrainingRows& rows = all[repetition.name];
        rows.seconds.push_back(*seconds);
        rows.label = repetition.label;
        if (const auto accuracy = counter_of(repetition, "test_accuracy"))
            rows.accuracies.push_back(*accuracy);
        const auto seed = counter_of(repetition, "seed");
        constexpr double kMostSeeds = 1e15;  // whole numbers up to here are exact
        if (seed && *seed >= 0 && *seed <= kMostSeeds) rows.seeds.insert(static_cast<std::uint64_t>(*seed));
    }
    for (const SkippedRow& row : result.skipped) {
        if (family_of(row.name) == "TimeToAccuracy" && row.reason.starts_with("failed"))
            ++all[row.name].failed;
    }
    return all;
}

void add_times(ordered_json& list, std::size_t place, const BenchResult& result, const PageSource& source) {
    for (const auto& [name, rows] : training_rows(result)) {
        const BenchWords words = bench_words(name);
        const bool record = words.plain == std::vector<std::string>{"Record"};
        const auto target = words.number("target");
        if (!record && (!words.optimizer || !target)) continue;
        TimeRow row{.optimizer = words.optimizer,
                    .precision = precision_of(words),
                    .threads = threads_of(name, source),
                    .batch = words.number("batch"),
                    .target = record ? kRecordTarget : static_cast<double>(*target),
                    .seconds = rows.seconds,
                    .runs = rows.seconds.size() + rows.failed,
                    .schedule = record ? ScheduleKind::one_cycle : ScheduleKind::constant,
                    .disturbance = source.disturbance(name)};
        if (record) {
            std::vector<std::string> objections;
            if (source.fact("mnist.dataset.name") != "mnist" ||
                source.fact("mnist.dataset.synthetic") == "true")
                objections.emplace_back("not of MNIST as published");
            // What follows the recipe names the kernels that ran.
            row.record = record_json(rows.label.substr(0, rows.label.find(';')), rows.accuracies, rows.seeds,
                                     row, std::move(objections));
        }
        list.push_back(time_json(place, row));
    }
}

}  // namespace

ordered_json times_json(const std::vector<PageSource>& sources) {
    ordered_json list = ordered_json::array();
    for (std::size_t i = 0; i < sources.size(); ++i)
        std::visit([&](const auto& content) { add_times(list, i, content, sources[i]); },
                   sources[i].source->content);
    return list;
}

}  // namespace mnist
