// The purpose stands first: these are short and alike in length, and a long command behind them moves
// nothing.
#include "mnist/report/next_steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "mnist/core/datasets.hpp"
#include "mnist/report/text.hpp"

namespace mnist {
std::string next_steps(const std::vector<NextStep>& steps) {
    std::size_t width = 0;
    for (const NextStep& step : steps) width = std::max(width, step.purpose.size());
    std::string text = steps.empty() ? "" : "\nNext:\n";
    for (const NextStep& step : steps)
        text += fmt::format("  {:{}}  {}\n", printable(step.purpose), width, printable(step.command));
    return text;
}

std::string train_words(const TrainResult& result, std::uint64_t seeds) {
    const TrainConfig& config = result.config;
    const TrainConfig usual;
    std::string command = "train";
    const auto flag = [&command](std::string_view name, const std::string& value) {
        command += fmt::format(" --{} {}", name, value);
    };
    // fmt writes the shortest text that reads back to the same number.
    const auto number = [&flag](std::string_view name, auto value, auto standard) {
        if (value != standard) flag(name, fmt::format("{}", value));
    };
    const std::string& dataset = result.dataset.name;
    if (std::ranges::any_of(kDatasets, [&](const DatasetRow& row) { return row.word == dataset; })) {
        flag("dataset", dataset);
    } else {
        flag("data-dir", "FOLDER");
    }
    if (config.optimizers != usual.optimizers) {
        std::vector<std::string_view> words;
        for (const OptimizerKind kind : config.optimizers) words.push_back(name(kind));
        flag("optimizer", fmt::format("{}", fmt::join(words, ",")));
    }
    number("epochs", config.epochs, usual.epochs);
    number("batch-size", config.batch_size, usual.batch_size);
    number("test-batch-size", config.test_batch_size, usual.test_batch_size);
    if (config.hidden != usual.hidden) flag("hidden", fmt::format("{}", fmt::join(config.hidden, ",")));
    if (config.precision != usual.precision) flag("precision", std::string(name(config.precision)));
    for (const OptimizerSetting& setting : kOptimizerSettings)
        if (!setting.help.empty()) number(setting.key, config.*setting.value, usual.*setting.value);
    if (config.schedule != usual.schedule) {
        flag("schedule", std::string(name(config.schedule)));
        if (config.peak_lr) flag("peak-lr", fmt::format("{}", *config.peak_lr));
        number("warmup", config.warmup, usual.warmup);
    }
    number("seed", config.seed, usual.seed);
    number("seeds", seeds, usual.seeds);
    // Loaders that auto chose belong to its workers.
    // With jobs a thread each is what auto means.
    const bool auto_again = config.threads_auto && config.loader_threads == usual.loader_threads &&
                            (config.jobs == 1 || config.threads == 1);
    number("jobs", config.jobs, usual.jobs);
    number("threads", auto_again ? usual.threads : config.threads, usual.threads);
    number("loader-threads", config.loader_threads, usual.loader_threads);
    if (!config.shuffle) command += " --no-shuffle";
    number("target-accuracy", config.target_accuracy, usual.target_accuracy);
    if (result.initial_weights_sha256) flag("init-model", "FILE");
    return command;
}

}  // namespace mnist
